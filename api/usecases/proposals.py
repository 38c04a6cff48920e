"""What becomes of something that discovery found.

`Desk.consider` is the one door from "found" to "device": a known device stays what it is, what
somebody refused stays refused, a rule may accept, and for the rest a person is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Session

from api.usecases.identification import bring_here, known_device
from api.usecases.proposal_book import ProposalBook
from api.usecases.proposal_rules import Rule, first_that_accepts
from inventory import clock
from inventory.events import record_event
from inventory.models import (
    Device,
    DeviceRole,
    Lifecycle,
    Proposal,
    ProposalSource,
    ProposalState,
    SiteReason,
    Zone,
)
from inventory.proposals import Found
from inventory.sentences import Sentence


class Verdict(StrEnum):
    """What became of something that was found."""

    KNOWN = "known"
    ACCEPTED = "accepted"
    PROPOSED = "proposed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Considered:
    """What became of something found: a device, or a proposal without one."""

    verdict: Verdict
    device: Device | None = None
    proposal: Proposal | None = None


@dataclass
class Desk:
    """One discovery's view of a zone: what is proposed there, and the rules that accept."""

    session: Session
    zone: Zone
    rules: Sequence[Rule]
    actor: str
    book: ProposalBook = field(init=False)

    def __post_init__(self) -> None:
        if self.zone.id is None:
            raise ValueError("the zone has no id yet; flush first")
        self.book = ProposalBook(self.session, self.zone.id)

    def consider(self, found: Found) -> Considered:
        """Return what becomes of `found`; its rows are written, what it said is not recorded."""
        session, zone = self.session, self.zone
        device = known_device(session, zone, found)
        proposal = self.book.find(found)
        if device is not None:
            self._meet(device, found)
            if proposal is not None and proposal.state is ProposalState.OPEN:
                self._settle(proposal, device, decided_by=self.actor)
            return Considered(Verdict.KNOWN, device)
        if proposal is not None and proposal.state is ProposalState.REFUSED:
            proposal.last_seen_at = clock.now()
            return Considered(Verdict.REFUSED, proposal=proposal)
        is_new = proposal is None
        proposal = self._keep(proposal, found)
        rule = first_that_accepts(self.rules, found, zone, proposal.site_id)
        if rule is None:
            if is_new:
                _tell(session, proposal)
            return Considered(Verdict.PROPOSED, proposal=proposal)
        if rule.site_id is not None:
            proposal.site_id, proposal.site_reason = rule.site_id, SiteReason.RULE
        proposal.role = rule.role or proposal.role
        proposal.rule_id = rule.row_id
        device = make_device(session, zone, proposal)
        self._settle(proposal, device, decided_by=f"rule:{rule.name}")
        return Considered(Verdict.ACCEPTED, device, proposal)

    def _meet(self, device: Device, found: Found) -> None:
        if found.answered and found.host is not None:
            bring_here(self.session, self.zone, device, found.host)
        elif found.place.source is ProposalSource.CONTROLLER:
            _tie(device, found)
            self.session.add(device)

    def _settle(self, proposal: Proposal, device: Device, *, decided_by: str) -> None:
        accept_as(self.session, proposal, device, decided_by=decided_by)
        self.book.remove(proposal)

    def _keep(self, row: Proposal | None, found: Found) -> Proposal:
        now = clock.now()
        if row is None:
            row = Proposal(
                zone_id=self.zone.id or 0,
                source=found.place.source,
                name=found.name,
                first_seen_at=now,
                last_seen_at=now,
            )
        row.last_seen_at = now
        # What answered tells more of itself than what others say of it.
        if found.answered or not row.answered:
            _bring(row, found)
        if row.site_reason is not SiteReason.PERSON:
            row.site_id, row.site_reason = _site(self.zone, found)
        self.session.add(row)
        self.session.flush()
        self.book.add(row)
        return row


def _bring(row: Proposal, found: Found) -> None:
    macs = sorted(found.marks.macs, key=lambda mac: (mac != found.marks.base_mac, mac))
    told = {
        "name": found.name,
        "role": None if found.role is DeviceRole.OTHER else found.role,
        "family": None if found.family == "generic" else found.family,
        "vendor": found.vendor,
        "model": found.model,
        "firmware": found.firmware,
        "description": found.description,
        "serial": found.marks.serial,
        "macs": macs or None,
        "host": found.host,
        "capabilities": sorted(found.capabilities) or None,
        "source": found.place.source,
        "seen_by": found.place.seen_by,
        "seen_by_id": found.place.device_id,
        "seen_on": found.place.port,
        "protocol": found.place.protocol,
    }
    for column, value in told.items():
        if value is not None and getattr(row, column) != value:
            setattr(row, column, value)
    row.answered = found.answered
    row.unread_because = found.unread_because


def _site(zone: Zone, found: Found) -> tuple[int | None, SiteReason | None]:
    if zone.site_id is not None:
        return zone.site_id, SiteReason.ZONE
    if found.place.site_id is None:
        return None, None
    listed = found.place.source is ProposalSource.CONTROLLER
    return found.place.site_id, SiteReason.CONTROLLER if listed else SiteReason.NEIGHBOUR


def _tie(device: Device, found: Found) -> None:
    """Say which controller runs an access point, and what it knows of one that told nothing."""
    if found.place.device_id not in (None, device.id):
        device.controller_id = found.place.device_id
    for column in ("vendor", "model", "firmware"):
        if getattr(device, column) is None:
            setattr(device, column, getattr(found, column))


def make_device(session: Session, zone: Zone, proposal: Proposal) -> Device:
    """Return the new device that a proposal is of, at the site that is proposed.

    Only what answered over SNMP is given an address to be polled at: what never did would count as
    down from its first hour.
    """
    device = Device(
        name=proposal.name,
        role=proposal.role,
        family=proposal.family,
        vendor=proposal.vendor,
        model=proposal.model,
        firmware=proposal.firmware,
        serial=proposal.serial,
        base_mac=next(iter(proposal.macs), None),
        site_id=proposal.site_id,
        lifecycle=Lifecycle.ACTIVE if proposal.answered else Lifecycle.INSTALLED,
        controller_id=(
            proposal.seen_by_id if proposal.source is ProposalSource.CONTROLLER else None
        ),
    )
    session.add(device)
    session.flush()
    if proposal.answered and proposal.host is not None:
        bring_here(session, zone, device, proposal.host, new=True)
    else:
        message = Sentence("%(device)s ajouté à l’inventaire", device=device.name)
        record_event(
            session, "device.discovered", message, site_id=device.site_id, device_id=device.id
        )
    return device


def accept_as(session: Session, proposal: Proposal, device: Device, *, decided_by: str) -> None:
    """Note that a proposal is this device now."""
    proposal.state = ProposalState.ACCEPTED
    proposal.device_id = device.id
    proposal.decided_at = clock.now()
    proposal.decided_by = decided_by
    proposal.reason = None
    session.add(proposal)


def _tell(session: Session, proposal: Proposal) -> None:
    message = Sentence("%(device)s attend une décision", device=proposal.name)
    record_event(
        session,
        "proposal.made",
        message,
        site_id=proposal.site_id,
        body={"proposal_id": proposal.id},
    )
