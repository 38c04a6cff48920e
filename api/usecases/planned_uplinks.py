"""Access points whose networks the planned ports of their switches do not carry."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from api.usecases.deployment_targets import Subject
from api.usecases.intents import IntentBook
from inventory.errors import InvalidInput, PreauError
from inventory.intent.uplinks import Uplink, refuse_uncarried
from inventory.models import Device, DeviceRole, Lifecycle, Link

_STANDING = (Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY)


def with_uplinks_judged(session: Session, subjects: Sequence[Subject]) -> list[Subject]:
    """Return the subjects; one whose WLAN no planned port carries to it has that as its error."""
    points = [s for s in subjects if s.role is DeviceRole.ACCESS_POINT and s.intent is not None]
    sites = {subject.site_id for subject in points if subject.site_id is not None}
    ports = _planned_ports(session, sites)
    own = _own_ports(session, [subject.device_id for subject in points], ports)
    return [
        _judged(each, own.get(each.device_id), ports.get(each.site_id, {})) for each in subjects
    ]


_SitePorts = dict[tuple[int, str], Uplink]


def _planned_ports(session: Session, sites: set[int]) -> dict[int | None, _SitePorts]:
    """Return the planned switch ports of each site, by device and port name."""
    found: dict[int | None, _SitePorts] = {}
    book = IntentBook(session)
    switches = session.exec(
        select(Device)
        .where(
            col(Device.site_id).in_(sites),
            Device.role == DeviceRole.SWITCH,
            col(Device.lifecycle).in_(_STANDING),
        )
        .order_by(col(Device.id))
    ).all()
    for switch in switches:
        try:
            intent = book.of_device(switch)
        except PreauError:
            continue  # it is told at the switch itself
        of_site = found.setdefault(switch.site_id, {})
        for port in intent.ports:
            of_site[switch.id or 0, port.name] = Uplink(switch.name, port)
    return found


def _own_ports(
    session: Session, device_ids: Sequence[int], ports: dict[int | None, _SitePorts]
) -> dict[int, Uplink]:
    """Return the planned port on which each access point was last heard by its switch."""
    planned = {key: uplink for of_site in ports.values() for key, uplink in of_site.items()}
    heard = session.exec(
        select(Link)
        .where(
            col(Link.remote_device_id).in_(device_ids),
            col(Link.device_id).in_({device_id for device_id, _ in planned}),
        )
        .order_by(col(Link.last_seen_at))
    ).all()
    found: dict[int, Uplink] = {}
    for link in heard:
        uplink = planned.get((link.device_id, link.local_interface))
        if uplink is not None and link.remote_device_id is not None:
            found[link.remote_device_id] = uplink
    return found


def _judged(subject: Subject, own: Uplink | None, ports: _SitePorts) -> Subject:
    if subject.error is not None or subject.intent is None:
        return subject
    if subject.role is not DeviceRole.ACCESS_POINT:
        return subject
    try:
        refuse_uncarried(subject.intent, own, list(ports.values()))
    except InvalidInput as error:
        return replace(subject, error=error)
    return subject
