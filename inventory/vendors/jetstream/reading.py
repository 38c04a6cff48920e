"""Reads JetStream and Omada switches: identity, load and LLDP stand in TP-Link's own MIBs."""

from dataclasses import replace

from inventory.observation import Identity, Neighbour, Observation
from inventory.vendors.mib import MibView, mac, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, Reading, under
from inventory.vendors.standard import figures, observation, system

# TPLINK-MIB tplinkProducts.
_PRODUCTS = "1.3.6.1.4.1.11863.5"
# TPLINK-SYSINFO-MIB tpSysInfoHwVersion, SwVersion, SerialNum.
_SYSTEM = "1.3.6.1.4.1.11863.6.1.1"
_MODEL, _FIRMWARE, _SERIAL = (oid(f"{_SYSTEM}.{column}.0") for column in (5, 6, 8))
# TPLINK-SYSMONITOR-MIB: CPU in the last five seconds, memory; per cent, index the unit.
_CPU = oid("1.3.6.1.4.1.11863.6.4.1.1.1.1.2")
_MEMORY = oid("1.3.6.1.4.1.11863.6.4.1.2.1.1.2")
# TPLINK-LLDPINFO-MIB's neighbours, index (ifIndex, neighbour): our port, then theirs.
_LLDP = "1.3.6.1.4.1.11863.6.35.1.2.2.1"
_PORT, _CHASSIS, _REMOTE_PORT, _NAME, _DESCR = (
    oid(f"{_LLDP}.{column}") for column in (1, 4, 6, 9, 10)
)
_COLUMNS = (
    *observation.COLUMNS, oid(_SYSTEM), _CPU, _MEMORY, _PORT, _CHASSIS, _REMOTE_PORT, _NAME, _DESCR,
)  # fmt: skip


def _recognise(view: MibView) -> int:
    return BY_PRODUCT if under(view, _PRODUCTS) else NOT_OURS


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, _identity(view))
    names = {port.index: port.name for port in read.interfaces}
    own = (
        *figures.column(view, _CPU, "cpu_percent", "%", keep=figures.percent),
        *figures.column(view, _MEMORY, "memory_percent", "%", keep=figures.percent),
    )
    return replace(
        read,
        neighbours=read.neighbours or _neighbours(view, names),
        metrics=(*read.metrics, *own),
    )


def _identity(view: MibView) -> Identity:
    return system.identity(
        view,
        "jetstream",
        vendor="TP-Link",
        model=view.text(_MODEL),
        serial=view.text(_SERIAL),
        firmware=view.text(_FIRMWARE),
    )


def _neighbours(view: MibView, names: dict[int, str | None]) -> tuple[Neighbour, ...]:
    ports, descriptions = view.texts(_REMOTE_PORT), view.texts(_DESCR)
    systems, chassis = view.texts(_NAME), view.texts(_CHASSIS)
    return tuple(
        Neighbour(
            local_interface=names.get(index[0]) or view.text((*_PORT, *index)),
            protocol="lldp",
            system_name=systems.get(index),
            port_id=ports.get(index),
            chassis_id=mac(chassis[index].encode()) or chassis[index] if index in chassis else None,
            platform=descriptions.get(index),
        )
        for index in sorted({*systems, *chassis})
        if index
    )


READING = Reading(recognise=_recognise, columns=_COLUMNS, observe=_observe)
