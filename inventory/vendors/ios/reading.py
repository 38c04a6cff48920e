"""Reads IOS and IOS-XE: the standard MIBs, and Cisco's for CPU, memory, temperature and VLANs."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from inventory.observation import Identity, Metric, Observation
from inventory.vendors.ios.vlans import COLUMNS as VLAN_COLUMNS
from inventory.vendors.ios.vlans import vlans
from inventory.vendors.mib import MibView, dotted, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, Reading, under
from inventory.vendors.standard import entity, figures, observation, system

_CISCO = "1.3.6.1.4.1.9"
_SMALL_BUSINESS = "1.3.6.1.4.1.9.6"
# CISCO-PROCESS-MIB cpmCPUTotal5minRev; OLD-CISCO-CPU-MIB avgBusy5 on devices before it.
_CPU_5_MIN = oid("1.3.6.1.4.1.9.9.109.1.1.1.1.8")
_OLD_CPU_5_MIN = oid("1.3.6.1.4.1.9.2.1.58")
# CISCO-MEMORY-POOL-MIB ciscoMemoryPoolTable: name, used, free (octets).
_POOL_NAME, _POOL_USED, _POOL_FREE = (
    oid(f"1.3.6.1.4.1.9.9.48.1.1.1.{column}") for column in (2, 5, 6)
)
# CISCO-ENVMON-MIB ciscoEnvMonTemperatureStatusTable: description, value (°C), state.
_TEMPERATURE_DESCR = oid("1.3.6.1.4.1.9.9.13.1.3.1.2")
_TEMPERATURE = oid("1.3.6.1.4.1.9.9.13.1.3.1.3")
_TEMPERATURE_STATE = oid("1.3.6.1.4.1.9.9.13.1.3.1.6")
_NO_READING = {5, 6}  # CiscoEnvMonState notPresent, notFunctioning
_COLUMNS = (
    *observation.COLUMNS, *VLAN_COLUMNS, _CPU_5_MIN, _OLD_CPU_5_MIN, _POOL_NAME, _POOL_USED,
    _POOL_FREE, _TEMPERATURE_DESCR, _TEMPERATURE, _TEMPERATURE_STATE,
)  # fmt: skip

_IOS = re.compile(r"Cisco IOS|Internetwork Operating System|\bIOS \(tm\)")
# XE names itself in the image or the platform: CAT9K_IOSXE, IOS-XE Software, LINUX_IOSD.
_XE = re.compile(r"IOS[- ]?XE|LINUX_IOSD|CAT3K_CAA")
_VERSION = re.compile(r"\bVersion ([^,\s]+)")
_PLATFORM = re.compile(r"(?:Software,|\(tm\)) ([\w-]+) Software")


def _recognise(view: MibView, *, xe: bool) -> int:
    if not under(view, _CISCO) or under(view, _SMALL_BUSINESS):
        return NOT_OURS
    words = view.text(SYS_DESCR) or ""
    return BY_PRODUCT if _IOS.search(words) and bool(_XE.search(words)) is xe else NOT_OURS


def _observe(view: MibView, *, family: str) -> Observation:
    read = observation.observe(view, _identity(view, family))
    # Cisco's own sensors tell what HOST-RESOURCES and ENTITY-SENSOR do not.
    own = (*_cpu(view), *_memory(view), *_temperatures(view))
    return replace(read, vlans=vlans(view) or read.vlans, metrics=(*read.metrics, *own))


def _identity(view: MibView, family: str) -> Identity:
    boxes = entity.chassis(entity.entities(view))
    first = boxes[0] if boxes else None
    words = view.text(SYS_DESCR) or ""
    version, platform = _VERSION.search(words), _PLATFORM.search(words)
    return system.identity(
        view,
        family,
        vendor="Cisco",
        model=(first.model if first else None) or (platform[1] if platform else None),
        serial=first.serial if first else None,
        firmware=version[1] if version else (first.software if first else None),
        members=entity.members(boxes),
    )


def _cpu(view: MibView) -> list[Metric]:
    for root in (_CPU_5_MIN, _OLD_CPU_5_MIN):
        found = figures.column(view, root, "cpu_percent", "%", keep=figures.percent)
        if found:
            return found
    return []


def _memory(view: MibView) -> list[Metric]:
    names, free = view.texts(_POOL_NAME), view.integers(_POOL_FREE)
    found = []
    for index, used in view.integers(_POOL_USED).items():
        whole = used + free.get(index, 0)
        if index in free and whole > 0:
            share = round(100.0 * used / whole, 2)
            source = dotted((*_POOL_USED, *index))
            found.append(Metric("memory_percent", names.get(index), share, "%", source))
    return found


def _temperatures(view: MibView) -> list[Metric]:
    states = view.integers(_TEMPERATURE_STATE)
    silent = {
        dotted((*_TEMPERATURE, *index)) for index, state in states.items() if state in _NO_READING
    }
    found = figures.column(
        view,
        _TEMPERATURE,
        "temperature_celsius",
        "°C",
        labels=view.texts(_TEMPERATURE_DESCR),
        # 0 is what a sensor that is not fitted answers.
        keep=lambda degrees: figures.celsius(degrees) and degrees != 0,
    )
    return [metric for metric in found if metric.oid not in silent]


def _reading(family: str, *, xe: bool) -> Reading:
    observe: Callable[[MibView], Observation] = partial(_observe, family=family)
    return Reading(recognise=partial(_recognise, xe=xe), columns=_COLUMNS, observe=observe)


READING = _reading("ios", xe=False)
IOSXE_READING = _reading("iosxe", xe=True)
