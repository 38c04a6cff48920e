"""Findings over all the sites that a person may see."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from api.usecases.scope import Right, Viewer, visible_sites
from inventory.findings.finding import Severity
from inventory.models import FindingRow, Site


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
