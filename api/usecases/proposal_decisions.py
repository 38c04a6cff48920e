"""Who sees which proposals, and what people decide about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import Session, col, select

from api.usecases.identification import bring_here, known_device
from api.usecases.proposals import accept_as, make_device
from api.usecases.scope import Right, Viewer, sites_within, visible_sites
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.events import record_event
from inventory.models import (
    Device,
    DeviceRole,
    Proposal,
    ProposalState,
    Site,
    SiteReason,
    Zone,
)
from inventory.proposals import Found, Place
from inventory.reconcile import Marks
from inventory.sentences import N_, Sentence


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """What to look for; None: everything."""

    state: ProposalState | None = ProposalState.OPEN
    zone_id: int | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal with the names of its zone and of the site that it is proposed for."""

    row: Proposal
    zone: str
    site: str | None


def visible_proposals(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on Proposal and its Zone that holds what `viewer` may see.

    What is proposed for a site that it sees, or was found in such a site's zone. A proposal for no
    site is seen by those who see every site.
    """
    if viewer.everywhere(Right.SEE):
        return true()
    sites = select(col(Site.id)).where(visible_sites(viewer))
    return or_(col(Proposal.site_id).in_(sites), col(Zone.site_id).in_(sites))


def list_proposals(
    session: Session,
    viewer: Viewer | None,
    wanted: ProposalFilter,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[ProposalLine]:
    """Return proposals, newest first, those before the id `before`; no viewer: all that are."""
    query = _lines(viewer)
    for column, value in (
        (Proposal.state, wanted.state),
        (Proposal.zone_id, wanted.zone_id),
        (Proposal.site_id, wanted.site_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(col(Proposal.id) < before)
    rows = session.exec(query.order_by(col(Proposal.id).desc()).limit(limit)).all()
    return [ProposalLine(row, zone, site) for row, zone, site in rows]


def read_line(session: Session, viewer: Viewer | None, proposal_id: int) -> ProposalLine:
    """Return a proposal that `viewer` may see, with its names; no viewer: any. Raises NotFound."""
    found = session.exec(_lines(viewer).where(Proposal.id == proposal_id)).first()
    if found is None:
        raise NotFound(
            Sentence("La proposition %(proposal_id)s n’existe pas", proposal_id=proposal_id),
            todo=Sentence("lancez\u00a0: preau proposal list"),
        )
    row, zone, site = found
    return ProposalLine(row, zone, site)


def find_proposal(session: Session, viewer: Viewer | None, proposal_id: int) -> Proposal:
    """Return a proposal that `viewer` may see; no viewer: any. Raises NotFound."""
    return read_line(session, viewer, proposal_id).row


def _lines(viewer: Viewer | None) -> Any:
    query = (
        select(Proposal, Zone.name, Site.name)
        .join(Zone, col(Zone.id) == Proposal.zone_id)
        .join(Site, col(Site.id) == Proposal.site_id, isouter=True)
    )
    return query if viewer is None else query.where(visible_proposals(viewer))


def accept(
    session: Session,
    proposal: Proposal,
    *,
    viewer: Viewer | None,
    actor: str,
    site_id: int | None = None,
    name: str | None = None,
    role: DeviceRole | None = None,
) -> Device:
    """Make a proposal a device at `site_id`, or where it is proposed, and return the device.

    A refused one may be accepted after all. A device that is known by now is that one. Raises
    InvalidInput without a site, NotAllowed where the viewer may not, Conflict when it is accepted.
    """
    if proposal.state is ProposalState.ACCEPTED:
        raise _decided(proposal)
    if site_id is not None and site_id != proposal.site_id:
        proposal.site_id, proposal.site_reason = site_id, SiteReason.PERSON
    if proposal.site_id is None:
        raise InvalidInput(
            Sentence("Aucun site n’est connu pour %(name)s", name=proposal.name),
            where=Sentence("proposition %(proposal_id)s", proposal_id=proposal.id or 0),
            todo=Sentence("dites sur quel site il se trouve"),
        )
    _demand(session, viewer, proposal.site_id)
    proposal.name = (name or "").strip() or proposal.name
    proposal.role = role or proposal.role
    zone = session.get_one(Zone, proposal.zone_id)
    device = known_device(session, zone, _as_found(proposal))
    if device is None:
        device = make_device(session, zone, proposal)
    elif proposal.answered and proposal.host is not None:
        bring_here(session, zone, device, proposal.host)
    accept_as(session, proposal, device, decided_by=actor)
    return device


def refuse(
    session: Session, proposal: Proposal, *, viewer: Viewer | None, actor: str, reason: str
) -> None:
    """Refuse a proposal: seen again it stays refused, until its identity changes.

    Raises InvalidInput without a reason, NotAllowed where the viewer may not, Conflict when it was
    decided before.
    """
    if proposal.state is not ProposalState.OPEN:
        raise _decided(proposal)
    if not reason.strip():
        raise InvalidInput(
            Sentence("Un refus demande une raison"),
            where=Sentence("proposition %(proposal_id)s", proposal_id=proposal.id or 0),
        )
    _demand(session, viewer, proposal.site_id)
    proposal.state = ProposalState.REFUSED
    proposal.decided_at = clock.now()
    proposal.decided_by = actor
    proposal.reason = reason.strip()
    session.add(proposal)
    record_event(
        session,
        "proposal.refused",
        Sentence(
            "%(device)s refusé\u00a0: %(reason)s", device=proposal.name, reason=reason.strip()
        ),
        site_id=proposal.site_id,
        body={"proposal_id": proposal.id},
    )


def may_decide(session: Session, viewer: Viewer, proposals: Sequence[Proposal]) -> set[int]:
    """Return the ids of those of `proposals` that `viewer` may decide about."""
    if viewer.everywhere(Right.ACCEPT_DEVICES):
        return {row.id for row in proposals if row.id is not None}
    site_ids = {row.site_id for row in proposals if row.site_id is not None}
    allowed = set(
        session.exec(
            select(Site.id).where(
                col(Site.id).in_(site_ids), sites_within(viewer, Right.ACCEPT_DEVICES)
            )
        )
    )
    return {row.id for row in proposals if row.id is not None and row.site_id in allowed}


def _demand(session: Session, viewer: Viewer | None, site_id: int | None) -> None:
    if viewer is None or viewer.everywhere(Right.ACCEPT_DEVICES):
        return
    within = sites_within(viewer, Right.ACCEPT_DEVICES)
    if session.exec(select(Site.id).where(Site.id == site_id, within)).first() is None:
        raise NotAllowed(
            Sentence("Votre rôle n’y décide d’aucun équipement"),
            todo=Sentence("demandez à un ingénieur réseau"),
        )


_DECIDED = {
    ProposalState.ACCEPTED: N_("%(name)s a déjà été accepté par %(decided_by)s"),
    ProposalState.REFUSED: N_("%(name)s a déjà été refusé par %(decided_by)s"),
}


def _decided(proposal: Proposal) -> Conflict:
    return Conflict(
        Sentence(
            _DECIDED[proposal.state], name=proposal.name, decided_by=proposal.decided_by or ""
        ),
        where=Sentence("proposition %(proposal_id)s", proposal_id=proposal.id or 0),
    )


def _as_found(proposal: Proposal) -> Found:
    return Found(
        Place(proposal.source, proposal.seen_by, proposal.seen_by_id, proposal.site_id),
        name=proposal.name,
        marks=Marks(proposal.serial, next(iter(proposal.macs), None), frozenset(proposal.macs)),
        host=proposal.host,
        answered=proposal.answered,
    )
