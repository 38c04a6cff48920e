"""Incidents as people look them up: those of a site or of all that a person may see."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, func, select

from api.usecases.scope import Viewer, visible_sites
from inventory.models import Device, Incident, Site

MAX_ROWS = 200


class Phase(StrEnum):
    """Whether an incident goes on."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident with the names of its cause, of its site and of what it shadows."""

    row: Incident
    device: str
    site: str
    shadowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Some incidents, newest first; `next` is the id that the next page begins before."""

    incidents: tuple[IncidentLine, ...]
    next: int | None


def list_incidents(
    session: Session,
    viewer: Viewer,
    *,
    phase: Phase | None = None,
    site_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> IncidentPage:
    """Return the incidents that `viewer` may see, newest first, at most `limit` of them."""
    limit = max(1, min(limit, MAX_ROWS))
    query = (
        select(Incident, Device.name, Site.name)
        .join(Device, col(Device.id) == col(Incident.device_id))
        .join(Site, col(Site.id) == col(Incident.site_id))
        .where(visible_sites(viewer))
    )
    if phase is not None:
        closed = col(Incident.closed_at)
        query = query.where(closed.is_(None) if phase is Phase.OPEN else closed.is_not(None))
    if site_id is not None:
        query = query.where(Incident.site_id == site_id)
    if before is not None:
        query = query.where(col(Incident.id) < before)
    rows = session.exec(query.order_by(col(Incident.id).desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    names = _names(session, {each for row, _, _ in shown for each in row.shadowed_ids})
    lines = tuple(
        IncidentLine(
            row,
            device,
            site,
            tuple(names[each] for each in row.shadowed_ids if each in names),
        )
        for row, device, site in shown
    )
    return IncidentPage(lines, shown[-1][0].id if len(rows) > limit else None)


def count_open(session: Session) -> int:
    """Return how many incidents are open in the whole installation."""
    return session.exec(select(func.count()).where(col(Incident.closed_at).is_(None))).one()


def _names(session: Session, device_ids: set[int]) -> dict[int, str]:
    rows = session.exec(
        select(Device.id, Device.name).where(col(Device.id).in_(sorted(device_ids)))
    )
    return {device_id: name for device_id, name in rows if device_id is not None}
