"""CPU, memory and temperature as IOS and IOS-XE tell them, in Cisco's own MIBs."""

from collections.abc import Mapping

from inventory.observation import Metric
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard import figures, health
from inventory.vendors.standard.entity import ENT_PHYSICAL

_MGMT = "1.3.6.1.4.1.9.9"
# CISCO-PROCESS-MIB cpmCPUTotalTable: entPhysicalIndex (0: none), load in the last 5 minutes, and
# that before its revision; OLD-CISCO-CPU-MIB avgBusy5 on devices before it.
_CPU_PART, _CPU_5_MIN_REV, _CPU_5_MIN = (
    oid(f"{_MGMT}.109.1.1.1.1.{column}") for column in (2, 8, 5)
)
_OLD_CPU_5_MIN = oid("1.3.6.1.4.1.9.2.1.58")
# CISCO-MEMORY-POOL-MIB ciscoMemoryPoolTable: name, used, free (octets).
_POOL = health.MemoryShare(
    used=oid(f"{_MGMT}.48.1.1.1.5"),
    free=oid(f"{_MGMT}.48.1.1.1.6"),
    labels=oid(f"{_MGMT}.48.1.1.1.2"),
)
# CISCO-ENHANCED-MEMPOOL-MIB cempMemPoolTable, index (entPhysicalIndex, pool): name, used, free, and
# the same in 64 bits.
_ENHANCED_NAME = oid(f"{_MGMT}.221.1.1.1.1.3")
_ENHANCED = tuple(
    health.MemoryShare(
        used=oid(f"{_MGMT}.221.1.1.1.1.{used}"),
        free=oid(f"{_MGMT}.221.1.1.1.1.{free}"),
        labels=_ENHANCED_NAME,
    )
    for used, free in ((18, 20), (7, 8))
)
# CISCO-PROCESS-MIB cpmCPUMemoryUsed, -Free (kB), where there is no pool.
_PROCESS_MEMORY = health.MemoryShare(
    used=oid(f"{_MGMT}.109.1.1.1.1.12"), free=oid(f"{_MGMT}.109.1.1.1.1.13")
)
# CISCO-ENVMON-MIB ciscoEnvMonTemperatureStatusTable: description, value (°C), state.
_ENVMON_DESCR, _ENVMON_VALUE, _ENVMON_STATE = (
    oid(f"{_MGMT}.13.1.3.1.{column}") for column in (2, 3, 6)
)
_NO_READING = {5, 6}  # CiscoEnvMonState notPresent, notFunctioning
# CISCO-ENTITY-SENSOR-MIB entSensorValueTable: as ENTITY-SENSOR-MIB, before it.
_SENSOR = f"{_MGMT}.91.1.1.1.1"
_TYPE, _SCALE, _PRECISION, _VALUE, _STATUS = (oid(f"{_SENSOR}.{column}") for column in range(1, 6))
_CELSIUS, _OK, _UNITS = 8, 1, 9
_NAMES, _DESCRIPTIONS = (*ENT_PHYSICAL, 7), (*ENT_PHYSICAL, 2)
COLUMNS = (
    _CPU_PART, _CPU_5_MIN_REV, _CPU_5_MIN, _OLD_CPU_5_MIN, *_POOL.columns,
    *(column for share in _ENHANCED for column in share.columns), *_PROCESS_MEMORY.columns,
    _ENVMON_DESCR, _ENVMON_VALUE, _ENVMON_STATE, _TYPE, _SCALE, _PRECISION, _VALUE, _STATUS,
)  # fmt: skip


def cpu(view: MibView) -> list[Metric]:
    """Return the load of each processor in the last five minutes."""
    names, parts = view.texts(_NAMES), view.integers(_CPU_PART)
    labels = {index: name for index, part in parts.items() if (name := names.get((part,)))}
    for root in (_CPU_5_MIN_REV, _CPU_5_MIN, _OLD_CPU_5_MIN):
        found = figures.column(view, root, "cpu_percent", "%", labels=labels, keep=figures.percent)
        if found:
            return found
    return []


def memory(view: MibView) -> list[Metric]:
    """Return the memory in use of each pool, from the first of Cisco's MIBs that tells."""
    for place in (_POOL, *_ENHANCED, _PROCESS_MEMORY):
        if found := place.metrics(view):
            return found
    return []


def temperatures(view: MibView) -> list[Metric]:
    """Return the temperatures of the chassis, and those of parts such as transceivers."""
    states = view.integers(_ENVMON_STATE)
    silent = {
        dotted((*_ENVMON_VALUE, *index)) for index, state in states.items() if state in _NO_READING
    }
    chassis = figures.column(
        view,
        _ENVMON_VALUE,
        "temperature_celsius",
        "°C",
        labels=view.texts(_ENVMON_DESCR),
        # 0 is what a sensor that is not fitted answers.
        keep=lambda degrees: figures.celsius(degrees) and degrees != 0,
    )
    return [*(metric for metric in chassis if metric.oid not in silent), *_parts(view)]


def _parts(view: MibView) -> list[Metric]:
    names = {**view.texts(_DESCRIPTIONS), **view.texts(_NAMES)}
    values, states = view.integers(_VALUE), view.integers(_STATUS)
    found = []
    for index, kind in view.integers(_TYPE).items():
        if kind != _CELSIUS or index not in values or states.get(index, _OK) != _OK:
            continue
        degrees = _scaled(view, index, values)
        if degrees is not None and figures.celsius(degrees):
            source = dotted((*_VALUE, *index))
            found.append(Metric("temperature_celsius", names.get(index), degrees, "°C", source))
    return found


def _scaled(view: MibView, index: Oid, values: Mapping[Oid, int]) -> float | None:
    """Return the value times 10^(3 × (scale − 9) − precision); None for a scale that is none."""
    scale = view.integer((*_SCALE, *index))
    exponent = 3 * ((_UNITS if scale is None else scale) - _UNITS)
    exponent -= view.integer((*_PRECISION, *index)) or 0
    if abs(exponent) > 30:
        return None
    value = values[index]
    return value / 10**-exponent if exponent < 0 else float(value * 10**exponent)
