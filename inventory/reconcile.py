"""What follows for the tables from what a device said: pure rules, no database.

Two questions: which known device is this (`Marks`, `same_device`), and what do its rows become
(`device_changes`, `interfaces_told`, `radios_told`, `links_told`). Nothing here touches intent:
a device's name, site, room and lifecycle are a person's word. What was once told of a device's
identity is not erased by a reading that does not tell it; a figure that was not told this time is
None, because an old one would be a false reading.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inventory.models.device import Device, Health
from inventory.observation import Interface, Neighbour, Observation
from inventory.roles import DeviceRole
from inventory.sentences import N_, Sentence

_ETHERNET = 6  # IANAifType ethernetCsmacd
_GROUP_BIT = 0x01  # IEEE 802-2014, 8.2: individual/group
_LOCAL_BIT = 0x02  # IEEE 802-2014, 8.2: universally or locally administered
_VIRTUAL_ROUTER = ("00005e0001", "00005e0002")  # RFC 9568, 7.3: one address, several routers
# What makers leave in the field of the serial number: as good as none.
_NO_SERIALS = frozenset(
    {"0", "none", "n/a", "na", "unknown", "default string", "to be filled by o.e.m.", "0123456789"}
)
_SYS_UPTIME_WRAP_S = 2**32 / 100  # SNMPv2-MIB sysUpTime counts hundredths in 32 bits: 497 days
_CLOCK_DOUBT_S = 30.0
_BUSY_PERCENT = 95.0


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells one device from all others: its serial, and the addresses of its ports."""

    serial: str | None
    base_mac: str | None
    macs: frozenset[str]


def marks(observation: Observation) -> Marks:
    """Return the marks of what was observed; `base_mac` is the lowest universal Ethernet address.

    Where every address is locally administered (virtual machines, some Linux), the lowest of those.
    """
    macs = {port.mac for port in observation.interfaces if _individual(port.mac)}
    ethernet = {port.mac for port in observation.interfaces if port.type == _ETHERNET} & macs
    candidates = sorted(str(mac) for mac in ethernet or macs)
    universal = [mac for mac in candidates if not int(mac[:2], 16) & _LOCAL_BIT]
    base = next(iter(universal or candidates), None)
    return Marks(
        serial_told(observation.identity.serial),
        base,
        frozenset(str(mac) for mac in macs),
    )


def serial_told(serial: str | None) -> str | None:
    """Return a serial number that can tell devices apart, None for a maker's filler."""
    bare = (serial or "").strip()
    if not bare.strip("0 -.:") or bare.lower() in _NO_SERIALS:
        return None
    return bare


def _individual(mac: str | None) -> bool:
    if mac is None or len(mac) != 12 or mac.startswith(_VIRTUAL_ROUTER):
        return False
    return mac != "0" * 12 and not int(mac[:2], 16) & _GROUP_BIT


def same_device(seen: Marks, serial: str | None, base_mac: str | None) -> bool | None:
    """Tell whether `seen` is the device known by `serial` and `base_mac`; None: they do not tell.

    A port's address outweighs a serial: firmware changes what it calls the serial number, a device
    does not change its soldered address.
    """
    if base_mac is not None and base_mac in seen.macs:
        return True
    if serial is not None and seen.serial is not None:
        return serial == seen.serial
    if base_mac is not None and seen.macs:
        return False
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """Something worth an event: its kind, what a person reads (French), and the figures."""

    kind: str
    message: str
    body: dict[str, Any] = field(default_factory=dict)


def device_changes(
    device: Device, observation: Observation, family_role: str | None
) -> tuple[dict[str, Any], list[Told]]:
    """Return the columns of `device` that change, and what is worth telling about it."""
    seen, identity = marks(observation), observation.identity
    new: dict[str, Any] = {
        "serial": seen.serial,
        "vendor": identity.vendor,
        "model": identity.model,
        "firmware": identity.firmware,
        "family": None if identity.family == "generic" else identity.family,
    }
    # The base address is a mark: it stays as long as the device still has it.
    if device.base_mac is None or device.base_mac not in seen.macs:
        new["base_mac"] = seen.base_mac
    if device.role is DeviceRole.OTHER and family_role:
        new["role"] = DeviceRole(family_role)
    changes = {
        name: value
        for name, value in new.items()
        if value is not None and value != getattr(device, name)
    }
    return changes, list(_worth_telling(device, changes))


def _worth_telling(device: Device, changes: Mapping[str, Any]) -> Iterable[Told]:
    for column, kind, text in (
        (
            "serial",
            "device.serial_changed",
            N_("Le numéro de série de %(name)s a changé\u00a0: %(before)s → %(after)s"),
        ),
        (
            "firmware",
            "device.firmware_changed",
            N_("La version du micrologiciel de %(name)s a changé\u00a0: %(before)s → %(after)s"),
        ),
    ):
        old = getattr(device, column)
        if old is not None and column in changes:
            yield Told(
                kind,
                Sentence(text, name=device.name, before=old, after=changes[column]),
                {"before": old, "after": changes[column]},
            )


def interfaces_told(observation: Observation) -> dict[str, dict[str, Any]]:
    """Return the columns of each port by the name it is kept by; a name told twice is made two."""
    told: dict[str, dict[str, Any]] = {}
    for port in observation.interfaces:
        name = port.name or port.description or f"ifIndex {port.index}"
        if name in told:
            name = f"{name} (ifIndex {port.index})"
        told[name] = _interface(port)
    return told


def _interface(port: Interface) -> dict[str, Any]:
    return {
        "if_index": port.index,
        "description": port.description,
        "alias": port.alias,
        "kind": port.type,
        "admin": port.admin,
        "oper": port.oper,
        "speed_bps": port.speed_bps,
        "mtu": port.mtu,
        "mac": port.mac,
    }


# What is a figure of the moment; the other columns say what the thing is.
INTERFACE_FIGURES = ("admin", "oper", "speed_bps")
RADIO_FIGURES = ("channel", "width_mhz", "tx_power_dbm", "clients")


def radios_told(observation: Observation) -> dict[int, dict[str, Any]]:
    """Return the columns of each radio by its index."""
    return {
        radio.index: {
            "name": radio.name,
            "band": radio.band,
            "channel": radio.channel,
            "width_mhz": radio.width_mhz,
            "tx_power_dbm": radio.tx_power_dbm,
            "clients": radio.clients,
        }
        for radio in observation.radios
    }


LinkKey = tuple[str, str, str]


def links_told(
    observation: Observation, remote_device: Callable[[Neighbour], int | None]
) -> dict[LinkKey, dict[str, Any]]:
    """Return the columns of each link by (local interface, protocol, remote key)."""
    told: dict[LinkKey, dict[str, Any]] = {}
    for heard in observation.neighbours:
        who = chassis_mac(heard.chassis_id) or heard.chassis_id or heard.system_name or ""
        if not who.strip():
            continue
        key = (heard.local_interface or "", heard.protocol, f"{who} {heard.port_id or ''}".strip())
        told[key] = {
            "remote_system_name": heard.system_name,
            "remote_port": heard.port_id,
            "remote_chassis_id": heard.chassis_id,
            "remote_device_id": remote_device(heard),
        }
    return told


def chassis_mac(chassis_id: str | None) -> str | None:
    """Return the 12 lower-case hex digits of a chassis id that is an address, else None."""
    bare = "".join(c for c in (chassis_id or "").lower() if c not in ":-. ")
    return bare if len(bare) == 12 and all(c in "0123456789abcdef" for c in bare) else None


def remote_resolver(
    by_mac: Mapping[str, int], by_name: Mapping[str, int | None]
) -> Callable[[Neighbour], int | None]:
    """Return the function that finds a neighbour's device among those of the same site.

    By its chassis address first; by its system name where that is the name of one device only
    (`by_name` holds None for a name that several have).
    """

    def resolve(heard: Neighbour) -> int | None:
        found = by_mac.get(chassis_mac(heard.chassis_id) or "")
        return found if found is not None else by_name.get((heard.system_name or "").lower())

    return resolve


def was_rebooted(
    before_s: float | None, before_at: datetime, now_s: float | None, now: datetime
) -> bool | None:
    """Tell whether a device restarted between two readings, by its uptimes in seconds.

    None when an uptime was not told, or when the counter of 497 days may just have wrapped.
    """
    if before_s is None or now_s is None:
        return None
    expected_s = before_s + (now - before_at).total_seconds()
    if now_s >= before_s:
        # A restart long ago leaves an uptime that is higher than before and still far too low.
        return now_s < expected_s - max(_CLOCK_DOUBT_S, 0.01 * expected_s)
    return None if expected_s >= _SYS_UPTIME_WRAP_S - _CLOCK_DOUBT_S else True


def health_of(observation: Observation) -> Health:
    """Return how a device that answered does: degraded when out of CPU or memory, or half read."""
    busy = any(
        metric.name in ("cpu_percent", "memory_percent") and metric.value >= _BUSY_PERCENT
        for metric in observation.metrics
    )
    return Health.DEGRADED if busy or observation.problems else Health.OK
