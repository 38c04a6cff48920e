"""Notifications as events: tied to a device, a site and a port, in one short transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.trap_texts import entry_text
from collectors.traps.episodes import Entry
from inventory import clock
from inventory.events import record_event
from inventory.models import Device, Event, Interface, Link
from inventory.sentences import wording
from inventory.vendors.notification import Meaning, Told

_ACCESS_POINT = (Meaning.ACCESS_POINT_DOWN, Meaning.ACCESS_POINT_UP)
# What makes the next reading of a site worth its while.
_WORTH_READING = frozenset(
    {
        Meaning.LINK_DOWN,
        Meaning.LINK_UP,
        Meaning.POE_ON,
        Meaning.POE_OFF,
        Meaning.ACCESS_POINT_DOWN,
        Meaning.ACCESS_POINT_UP,
        Meaning.COLD_START,
        Meaning.WARM_START,
    }
)
_OF_A_PORT = (Meaning.LINK_DOWN, Meaning.LINK_UP, Meaning.POE_ON, Meaning.POE_OFF)


@dataclass(frozen=True, slots=True)
class Written:
    """What a transaction wrote: the events' rows by entry, and the sites worth reading now."""

    rows: list[tuple[Entry, Event]] = field(default_factory=list)
    site_ids: set[int] = field(default_factory=set)


def write_entries(session: Session, entries: Sequence[Entry]) -> Written:
    """Write new events and count up those that stand; devices that are gone are left out."""
    known = _Known(session, entries)
    written = Written()
    for entry in entries:
        device = known.devices.get(entry.device_id)
        if device is None:
            continue
        subject = _subject(known, device, entry.told)
        row = _write(session, entry, device, subject)
        written.rows.append((entry, row))
        site_id = subject.owner.site_id
        if entry.is_new and site_id is not None and _worth_reading(entry.told, subject):
            written.site_ids.add(site_id)
    session.flush()
    return written


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a notification is about: whose event it is, the port, and what is at its cable's end."""

    owner: Device
    port: str | None = None
    neighbour: str | None = None


class _Known:
    """The devices of a batch with their ports and cables, in a few queries."""

    def __init__(self, session: Session, entries: Iterable[Entry]) -> None:
        told = [(entry.device_id, entry.told) for entry in entries]
        ids = {device_id for device_id, _ in told}
        self.devices = _by_id(session, ids)
        with_port = {d for d, each in told if each and each.meaning in _OF_A_PORT}
        self.ports: dict[tuple[int, int], str] = {}
        self.neighbours: dict[tuple[int, str], str] = {}
        if with_port:
            self._read_ports(session, with_port)
        macs = {each.mac for _, each in told if each and each.mac}
        self.by_mac: dict[str, list[Device]] = {}
        if macs:
            for row in session.exec(select(Device).where(col(Device.base_mac).in_(macs))):
                self.by_mac.setdefault(row.base_mac or "", []).append(row)
        labels = {each.label for _, each in told if each and each.label}
        self.by_label: dict[tuple[int, str], Device] = {}
        if labels:
            named = select(Device).where(
                col(Device.controller_id).in_(ids), col(Device.name).in_(labels)
            )
            for row in session.exec(named):
                self.by_label[row.controller_id or 0, row.name] = row

    def _read_ports(self, session: Session, ids: set[int]) -> None:
        ports = select(Interface).where(
            col(Interface.device_id).in_(ids), col(Interface.if_index).is_not(None)
        )
        for port in session.exec(ports):
            self.ports[port.device_id, port.if_index or 0] = port.name
        links = (
            select(Link, Device.name)
            .join(Device, col(Device.id) == Link.remote_device_id)
            .where(col(Link.device_id).in_(ids))
        )
        for link, name in session.exec(links):
            self.neighbours[link.device_id, link.local_interface] = name

    def access_point(self, controller: Device, told: Told) -> Device | None:
        """Return the access point that a controller speaks of, None when it is not known."""
        candidates = self.by_mac.get(told.mac or "", [])
        own = [each for each in candidates if each.controller_id == controller.id]
        if own or len(candidates) == 1:
            return (own or candidates)[0]
        return self.by_label.get((controller.id or 0, told.label or ""))


def _subject(known: _Known, device: Device, told: Told | None) -> _Subject:
    if told is None:
        return _Subject(device)
    if told.meaning in _ACCESS_POINT:
        point = known.access_point(device, told)
        return _Subject(point or device, neighbour=point.name if point else None)
    if told.meaning not in _OF_A_PORT or device.id is None:
        return _Subject(device)
    port = told.if_name
    if port is None and told.if_index is not None:
        port = known.ports.get((device.id, told.if_index), told.if_descr)
    return _Subject(device, port, known.neighbours.get((device.id, port or "")))


def _worth_reading(told: Told | None, subject: _Subject) -> bool:
    """Tell whether it says something of devices that we watch, and not of a pupil's laptop."""
    if told is None or told.meaning not in _WORTH_READING:
        return False
    return told.meaning not in _OF_A_PORT or subject.neighbour is not None


def _write(session: Session, entry: Entry, device: Device, subject: _Subject) -> Event:
    text = entry_text(entry, device.name, subject.port, subject.neighbour)
    body = _body(entry, device, subject)
    row = session.get(Event, entry.row_id) if entry.row_id is not None else None
    if row is None:
        kind = entry.told.meaning.value if entry.told else "limited"
        return record_event(
            session,
            f"trap.{kind}",
            text,
            site_id=subject.owner.site_id,
            device_id=subject.owner.id,
            body=body,
        )
    row.message, row.wording, row.body = str(text), wording(text), body
    if entry.told is not None:  # what an unstable subject said last
        row.kind = f"trap.{entry.told.meaning.value}"
    session.add(row)
    return row


def _body(entry: Entry, device: Device, subject: _Subject) -> dict[str, Any]:
    told = entry.told
    body: dict[str, Any] = {
        "count": entry.count,
        "last_at": clock.now().isoformat(timespec="seconds"),
        "source": entry.source,
        "sender_id": device.id,
    }
    if told is not None:
        parts = {
            "notification": told.notification.name,
            "interface": subject.port or told.place,
            "if_index": told.if_index,
            "mac": told.mac,
            "label": told.label,
            "address": told.address,
        }
        body |= {name: value for name, value in parts.items() if value is not None}
    return body


def _by_id(session: Session, ids: set[int]) -> dict[int, Device]:
    found = session.exec(select(Device).where(col(Device.id).in_(ids)))
    return {row.id: row for row in found if row.id is not None}
