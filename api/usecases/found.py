"""Keeping what a discovery found in one zone: devices with their observations, and proposals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from api.usecases.proposal_rules import rules_in_force
from api.usecases.proposals import Considered, Desk, Verdict
from api.usecases.readings import record_failure, record_observation, role_of
from collectors.outcome import Outcome
from collectors.sightings import Seen, Sighting
from collectors.target import SnmpTarget
from inventory.errors import DeviceError
from inventory.models import Device, ManagementEndpoint, ProposalSource, Protocol, Zone
from inventory.observation import Observation
from inventory.proposals import (
    Found,
    Place,
    found_access_point,
    found_device,
    found_neighbour,
    readable,
)
from inventory.reconcile import marks, same_device

log = structlog.get_logger()

Reading = Outcome[SnmpTarget, Observation]


@dataclass(frozen=True, slots=True)
class Answer:
    """An address that answered. `way` is who led there; None: the address itself was asked for."""

    reading: Reading
    way: Sighting | None = None
    source: ProposalSource = ProposalSource.RANGE


@dataclass
class Kept:
    """What a discovery's finds became, by name. `unread` says by address why it was not read."""

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    def note(self, found: Found, considered: Considered) -> None:
        """Add what became of one find."""
        name = considered.device.name if considered.device else found.name
        {
            Verdict.ACCEPTED: self.new,
            Verdict.KNOWN: self.known,
            Verdict.PROPOSED: self.proposed,
            Verdict.REFUSED: self.refused,
        }[considered.verdict].append(name)


@dataclass
class Finder:
    """Writes what was found in one zone, in one transaction. `at` is when it was read."""

    session: Session
    zone: Zone
    at: datetime
    actor: str
    kept: Kept = field(default_factory=Kept)
    _by_host: dict[str, tuple[str, Device | None]] = field(default_factory=dict)
    _read: list[tuple[Device, Reading]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._desk = Desk(self.session, self.zone, rules_in_force(self.session), self.actor)

    def answers(self, answers: Iterable[Answer]) -> list[Device]:
        """Take what answered, who led there before what it led to; returns the devices.

        A device that answers at several addresses is one, read once.
        """
        for answer in answers:
            self._answer(answer)
        # Everyone has a row before anyone's neighbours are looked up.
        for device, reading in self._read:
            self._record(device, reading)
        for device, reading in self._read:
            self._access_points(device, reading.unwrap())
        return [device for device, _ in self._read]

    def seen(self, seen: Sequence[Seen]) -> None:
        """Take what was heard and not read."""
        for each in seen:
            heard = each.sighting.heard
            found = found_neighbour(
                self._place(each.sighting, ProposalSource.NEIGHBOUR),
                heard.neighbour,
                hosts=each.hosts,
                capabilities=heard.capabilities,
                why=each.sentence(),
            )
            if found is not None:
                self.consider(found)

    def _answer(self, answer: Answer) -> None:
        host = answer.reading.key.host
        try:
            seen = answer.reading.unwrap()
            source = ProposalSource.NEIGHBOUR if answer.way else answer.source
            found = found_device(
                self._place(answer.way, source), host, seen, role_of(seen.identity.family)
            )
            with self.session.begin_nested():
                considered = self._desk.consider(found)
        except (DeviceError, SQLAlchemyError) as error:
            self.kept.unread[host] = _why(error)
            self._keep_failure(answer.reading)
            return
        self._by_host[host] = (found.name, considered.device)
        device = considered.device
        if device is not None and any(device.id == known.id for known, _ in self._read):
            return
        if device is not None:
            self._read.append((device, answer.reading))
        self.kept.note(found, considered)

    def _record(self, device: Device, reading: Reading) -> None:
        try:
            with self.session.begin_nested():
                record_observation(
                    self.session,
                    device,
                    reading.unwrap(),
                    at=self.at,
                    duration_s=reading.duration_s,
                )
        except SQLAlchemyError as error:
            self.kept.unread[reading.key.host] = _why(error)

    def _access_points(self, controller: Device, seen: Observation) -> None:
        """Take a controller's own list; one of a cluster that answers for all is in it too."""
        place = Place(ProposalSource.CONTROLLER, controller.name, controller.id, controller.site_id)
        own = marks(seen)
        for point in seen.access_points:
            found = found_access_point(place, point, vendor=seen.identity.vendor)
            if found is None or same_device(own, found.marks.serial, found.marks.base_mac):
                continue
            self.consider(found)

    def consider(self, found: Found) -> None:
        """Take what others say of a device that was not read itself."""
        try:
            with self.session.begin_nested():
                considered = self._desk.consider(found)
        except SQLAlchemyError as error:
            self.kept.unread[found.name] = _why(error)
            return
        if considered.verdict is not Verdict.KNOWN:
            self.kept.note(found, considered)

    def _place(self, way: Sighting | None, source: ProposalSource) -> Place:
        if way is None:
            return Place(source)
        name, device = self._by_host.get(way.by_host, (way.by_host, None))
        neighbour = way.heard.neighbour
        return Place(
            source,
            seen_by=name,
            device_id=device.id if device else None,
            site_id=device.site_id if device else None,
            port=readable(neighbour.local_interface),
            protocol=neighbour.protocol,
        )

    def _keep_failure(self, reading: Reading) -> None:
        if reading.error is None:
            return
        device = self.session.exec(
            select(Device)
            .join(ManagementEndpoint)
            .where(
                ManagementEndpoint.zone_id == self.zone.id,
                ManagementEndpoint.host == reading.key.host,
                ManagementEndpoint.protocol == Protocol.SNMP,
            )
        ).first()
        if device is not None:
            record_failure(self.session, device, reading.error)


def _why(error: Exception) -> str:
    if isinstance(error, DeviceError):
        return str(error)
    log.error("discovery_row_refused", error=str(getattr(error, "orig", error)))
    return f"the product failed on it: {type(error).__name__}"
