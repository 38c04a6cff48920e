"""What devices tell by themselves: traps and informs, as the families declare them.

A family's folder lists its `NOTIFICATIONS` as data, with the MIB module and the name in it; the
standard ones stand in `standard.notifications`. `understand` is the one registry of them all: a
snmpTrapOID means the same whoever sends it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from inventory.vendors import mib
from inventory.vendors.mib import MibView, Oid

_IF_NAME = mib.oid("1.3.6.1.2.1.31.1.1.1.1")  # IF-MIB ifName
_IF_DESCR = mib.oid("1.3.6.1.2.1.2.2.1.2")  # IF-MIB ifDescr
_MAC_OCTETS = 6


class Meaning(StrEnum):
    """What a notification says, whatever its sender calls it."""

    LINK_DOWN = "link_down"
    LINK_UP = "link_up"
    COLD_START = "cold_start"
    WARM_START = "warm_start"
    AUTHENTICATION_FAILURE = "authentication_failure"
    ACCESS_POINT_DOWN = "access_point_down"
    ACCESS_POINT_UP = "access_point_up"
    NEIGHBOURS_CHANGED = "neighbours_changed"
    POE_ON = "poe_on"
    POE_OFF = "poe_off"
    PARTS_CHANGED = "parts_changed"


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification of a MIB module, and which of its objects say what it is about.

    `interface`: its value is an ifIndex, or its instance ends with one. `place`: the instance of
    this object is what there is to say where. `mac` and `label`: of the access point; a label's
    instance may be its MAC address. `states` maps the values of `state` to what they mean, and
    `meaning` is then what any other value means.
    """

    trap: Oid
    name: str
    meaning: Meaning
    interface: Oid | None = None
    place: Oid | None = None
    mac: tuple[Oid, ...] = ()
    label: tuple[Oid, ...] = ()
    address: tuple[Oid, ...] = ()
    state: Oid | None = None
    states: Mapping[int, Meaning] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a notification said; what it did not say is None.

    `mac` (12 lower-case hex digits) and `label` are an access point's, `address` is whose request
    was refused, `place` is an instance with dots.
    """

    notification: Notification
    meaning: Meaning
    if_index: int | None = None
    if_name: str | None = None
    if_descr: str | None = None
    place: str | None = None
    mac: str | None = None
    label: str | None = None
    address: str | None = None

    @property
    def subject(self) -> str:
        """What of its sender it is about, as a key: empty for the sender itself."""
        told = (self.if_index, self.if_name or self.if_descr, self.place, self.mac or self.label)
        return "/".join(str(each) for each in told if each is not None)


def understand(trap: Oid, objects: MibView) -> Told | None:
    """Return what a notification says, None for one that no family declares."""
    notification = notifications().get(trap)
    if notification is None:
        return None
    index = _interface(notification, objects)
    mac, label = _access_point(notification, objects)
    return Told(
        notification,
        _meaning(notification, objects),
        if_index=index,
        if_name=_first_text(objects, _IF_NAME) if notification.interface else None,
        if_descr=_first_text(objects, _IF_DESCR) if notification.interface else None,
        place=_instance(notification.place, objects),
        mac=mac,
        label=label,
        address=_address(notification, objects),
    )


@cache
def notifications() -> Mapping[Oid, Notification]:
    """Return every notification that is understood, by its snmpTrapOID."""
    # The families declare notifications with this module's own words.
    from inventory.vendors.family import families  # noqa: PLC0415
    from inventory.vendors.standard.notifications import NOTIFICATIONS  # noqa: PLC0415

    listed = [*NOTIFICATIONS]
    for family in families().values():
        listed += family.notifications
    return {each.trap: each for each in listed}


def _meaning(notification: Notification, objects: MibView) -> Meaning:
    if notification.state is None:
        return notification.meaning
    values = objects.integers(notification.state).values()
    return next(
        (notification.states[value] for value in values if value in notification.states),
        notification.meaning,
    )


def _interface(notification: Notification, objects: MibView) -> int | None:
    """Return the ifIndex: the object's value; some agents send the object without one."""
    if notification.interface is None:
        return None
    column = objects.column(notification.interface)
    for instance, value in column.items():
        index = mib.integer(value)
        return index if index is not None and index > 0 else instance[-1]
    for root in (_IF_NAME, _IF_DESCR, *_OTHER_INTERFACE_COLUMNS):
        for instance in objects.column(root):
            return instance[-1]
    return None


_OTHER_INTERFACE_COLUMNS = (
    mib.oid("1.3.6.1.2.1.2.2.1.7"),  # IF-MIB ifAdminStatus
    mib.oid("1.3.6.1.2.1.2.2.1.8"),  # IF-MIB ifOperStatus
)


def _access_point(notification: Notification, objects: MibView) -> tuple[str | None, str | None]:
    macs = list(_macs(notification, objects))
    labels = (_first_text(objects, root) for root in notification.label)
    return next(iter(macs), None), next((label for label in labels if label), None)


def _macs(notification: Notification, objects: MibView) -> Iterator[str]:
    for root in notification.mac:
        for value in objects.column(root).values():
            found = mib.mac(value)
            if found is not None:
                yield found
    for root in (*notification.mac, *notification.label):
        for instance in objects.column(root):
            if len(instance) == _MAC_OCTETS and max(instance) <= 0xFF:
                yield bytes(instance).hex()


def _address(notification: Notification, objects: MibView) -> str | None:
    for root in notification.address:
        for value in objects.column(root).values():
            if isinstance(value, bytes) and len(value) == 4:
                return ".".join(map(str, value))
    return None


def _instance(root: Oid | None, objects: MibView) -> str | None:
    if root is None:
        return None
    return next((mib.dotted(instance) for instance in objects.column(root)), None)


def _first_text(objects: MibView, root: Oid) -> str | None:
    return next(iter(objects.texts(root).values()), None)
