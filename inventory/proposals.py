"""What discovery found, as values, and which rules accept it. Pure: no database, no device."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from inventory.models.discovery import ProposalSource
from inventory.observation import AccessPoint, Neighbour, Observation
from inventory.reconcile import Marks, chassis_mac, marks, serial_told
from inventory.roles import DeviceRole

# The most telling capability first: an access point bridges too, and a switch may route.
_ROLE_OF_CAPABILITY = {
    "wlan_access_point": DeviceRole.ACCESS_POINT,
    "bridge": DeviceRole.SWITCH,
    "router": DeviceRole.ROUTER,
}


_MOST_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found. `seen_by` is who hears it on `port`, or lists it, by its name.

    `device_id` is that one's number, None where it is no device (yet).
    """

    source: ProposalSource
    seen_by: str | None = None
    device_id: int | None = None
    site_id: int | None = None
    port: str | None = None
    protocol: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found. `answered`: it told all this itself, over SNMP, at `host`."""

    place: Place
    name: str
    marks: Marks
    host: str | None = None
    answered: bool = False
    unread_because: str | None = None
    role: DeviceRole = DeviceRole.OTHER
    family: str = "generic"
    vendor: str | None = None
    model: str | None = None
    firmware: str | None = None
    description: str | None = None
    capabilities: frozenset[str] = field(default_factory=frozenset)


def readable(text: str | None) -> str | None:
    """Return a stranger's words without what a terminal or a database would stumble over.

    None where nothing readable is left; at most 255 characters.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in text or "")
    return " ".join(shown.split())[:_MOST_CHARACTERS].strip() or None


def found_device(place: Place, host: str, seen: Observation, role: str | None) -> Found:
    """Return a device that was read at `host`; `role` is that of its family."""
    identity = seen.identity
    return Found(
        place,
        name=readable(identity.sysname) or host,
        marks=marks(seen),
        host=host,
        answered=True,
        role=DeviceRole(role or DeviceRole.OTHER),
        family=identity.family,
        vendor=identity.vendor,
        model=identity.model,
        firmware=identity.firmware,
        description=readable(identity.sys_descr),
    )


def found_neighbour(
    place: Place,
    neighbour: Neighbour,
    *,
    hosts: Iterable[str] = (),
    capabilities: frozenset[str] = frozenset(),
    why: str | None = None,
) -> Found | None:
    """Return a device that others hear, and that was not read because of `why`.

    None where it tells nothing that it could be known by again.
    """
    mac, host = chassis_mac(neighbour.chassis_id), next(iter(hosts), None)
    name = readable(neighbour.system_name) or readable(neighbour.chassis_id) or host
    if name is None:
        return None
    said = readable(neighbour.platform)
    return Found(
        place,
        name=name,
        marks=_told_marks(None, mac),
        host=host,
        unread_because=why,
        role=role_of_capabilities(capabilities),
        # CDP names the product; LLDP describes the system, software and all.
        model=said if neighbour.protocol == "cdp" else None,
        description=said if neighbour.protocol != "cdp" else None,
        capabilities=capabilities,
    )


def found_access_point(
    place: Place, point: AccessPoint, *, vendor: str | None = None
) -> Found | None:
    """Return an access point that its controller lists; None where it tells neither mark."""
    told = _told_marks(serial_told(point.serial), point.mac)
    if told.serial is None and told.base_mac is None:
        return None
    return Found(
        place,
        name=readable(point.name) or told.serial or told.base_mac or "",
        marks=told,
        host=point.ip,
        role=DeviceRole.ACCESS_POINT,
        vendor=vendor,
        model=readable(point.model),
        firmware=point.firmware,
    )


def _told_marks(serial: str | None, mac: str | None) -> Marks:
    return Marks(serial, mac, frozenset({mac} if mac else ()))


def role_of_capabilities(capabilities: frozenset[str]) -> DeviceRole:
    """Return what a device is for, by the words of LLDP for what it does."""
    for word, role in _ROLE_OF_CAPABILITY.items():
        if word in capabilities:
            return role
    return DeviceRole.OTHER


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a rule asks of what was found: all that is not None must hold."""

    zone_id: int | None = None
    source: ProposalSource | None = None
    family: str | None = None
    oui: str | None = None
    name_pattern: str | None = None
    answered: bool | None = None

    def hold(self, found: Found, zone_id: int) -> bool:
        """Tell whether `found`, in this zone, is what the rule speaks of."""
        return all(
            (
                self.zone_id in (None, zone_id),
                self.source in (None, found.place.source),
                self.family in (None, found.family),
                self.answered in (None, found.answered),
                self.oui is None or any(mac.startswith(self.oui) for mac in found.marks.macs),
                self.name_pattern is None
                or fnmatchcase(found.name.lower(), self.name_pattern.lower()),
            )
        )
