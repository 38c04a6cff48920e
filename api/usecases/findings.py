"""Findings over all the sites that a person may see."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from api.usecases.scope import Right, Viewer, sites_within, visible_sites
from api.usecases.waivers import waive
from inventory.errors import InvalidInput, NotAllowed, NotFound
from inventory.findings.finding import Severity
from inventory.models import Device, FindingRow, Site, Waiver
from inventory.sentences import Sentence


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What to look for; None: everything."""

    severity: Severity | None = None
    rule_id: str | None = None
    resolved: bool = False


def visible_findings(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on FindingRow that holds what `viewer` may see."""
    if viewer.everywhere(Right.SEE):
        return true()
    return col(FindingRow.site_id).in_(select(Site.id).where(visible_sites(viewer)))


def waive_finding(
    session: Session, viewer: Viewer, finding_id: int, *, reason: str, ends_at: datetime
) -> Waiver:
    """Accept an open finding of a device for a while, in the name of `viewer`; return the waiver.

    Raises NotFound, NotAllowed without the right to judge the site, and InvalidInput for a finding
    of no device, an empty reason or an end that is past.
    """
    query = select(FindingRow).where(FindingRow.id == finding_id, visible_findings(viewer))
    finding = session.exec(query.where(col(FindingRow.resolved_at).is_(None))).first()
    if finding is None:
        raise NotFound(Sentence("Il n’y a pas de constat ouvert n°%(id)s", id=finding_id))
    within = select(Site.id).where(Site.id == finding.site_id, sites_within(viewer, Right.JUDGE))
    if not viewer.everywhere(Right.JUDGE) and session.exec(within).first() is None:
        raise NotAllowed(Sentence("Votre rôle n’accepte pas de constat de ce site"))
    device = session.get(Device, finding.device_id) if finding.device_id else None
    if device is None:
        raise InvalidInput(Sentence("Ce constat ne porte sur aucun équipement"))
    return waive(
        session, device, finding.rule_id, reason=reason, ends_at=ends_at, actor=viewer.actor
    )


def list_findings(
    session: Session,
    viewer: Viewer,
    wanted: FindingFilter,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[FindingRow]:
    """Return findings, newest first, those before the id `before`."""
    closed = col(FindingRow.resolved_at)
    query = select(FindingRow).where(
        visible_findings(viewer), closed.is_not(None) if wanted.resolved else closed.is_(None)
    )
    if wanted.severity:
        query = query.where(FindingRow.severity == wanted.severity)
    if wanted.rule_id:
        query = query.where(FindingRow.rule_id == wanted.rule_id)
    if before is not None:
        query = query.where(col(FindingRow.id) < before)
    return list(session.exec(query.order_by(col(FindingRow.id).desc()).limit(limit)))
