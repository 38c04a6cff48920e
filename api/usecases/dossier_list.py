"""The dossiers that a person may see, by where they stand; the schools and authorities of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast
from sqlmodel import Session, col, select

from api.usecases.brussels import today
from api.usecases.scope import Viewer, visible_sites
from api.usecases.sites import Position, search_terms, site_after
from inventory.models import (
    DeadlineClock,
    Dossier,
    Implantation,
    Lot,
    OrganisingAuthority,
    School,
    Site,
    SiteImplantation,
)
from inventory.programme.dossier import Measure, Status

MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class DossierFilter:
    """What to look for; None or empty: everything. `late`: a term of it is over."""

    text: str = ""
    status: Status | None = None
    province: str | None = None
    lot: str | None = None
    measure: Measure | None = None
    late: bool | None = None


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One dossier in a list, with its site."""

    site_id: int
    site: str
    commune: str | None
    province: str | None
    status: Status
    status_before_hold: Status | None
    measures: tuple[str, ...]
    lot: str | None
    version: int
    updated_at: datetime
    search_key: str


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school (établissement) with its organising authority and the sites that serve it."""

    id: int
    fase: int
    name: str
    education_network: str | None
    organising_authority_id: int | None
    organising_authority: str | None
    commune: str | None


def list_dossiers(
    session: Session,
    viewer: Viewer,
    wanted: DossierFilter,
    *,
    after: Position | None = None,
    limit: int = 50,
) -> tuple[tuple[DossierLine, ...], Position | None]:
    """Return dossiers in the order of their sites' search keys, and where the next page begins."""
    limit = max(1, min(limit, MAX_ROWS))
    query = (
        select(Site, Dossier, Lot.name)
        .join(Dossier, col(Dossier.site_id) == col(Site.id))
        .outerjoin(Lot, col(Lot.id) == col(Dossier.lot_id))
        .where(visible_sites(viewer), col(Site.closed_on).is_(None), *_conditions(wanted))
        .order_by(col(Site.search_key), col(Site.id))
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(site_after(after))
    lines = [_line(site, dossier, lot) for site, dossier, lot in session.exec(query)]
    shown = tuple(lines[:limit])
    more = Position(shown[-1].search_key, shown[-1].site_id) if len(lines) > limit else None
    return shown, more


def list_schools(
    session: Session,
    viewer: Viewer,
    *,
    education_network: str | None = None,
    organising_authority_id: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[SchoolLine]:
    """Return the schools of the sites that `viewer` may see, in the order of their ids."""
    query = (
        select(School, OrganisingAuthority.name)
        .outerjoin(
            OrganisingAuthority,
            col(OrganisingAuthority.id) == col(School.organising_authority_id),
        )
        .where(col(School.id).in_(_visible_schools(viewer)))
    )
    if education_network is not None:
        query = query.where(School.education_network == education_network)
    if organising_authority_id is not None:
        query = query.where(School.organising_authority_id == organising_authority_id)
    if after is not None:
        query = query.where(col(School.id) > after)
    return [
        SchoolLine(
            id=school.id or 0,
            fase=school.fase,
            name=school.name,
            education_network=school.education_network,
            organising_authority_id=school.organising_authority_id,
            organising_authority=authority,
            commune=school.commune,
        )
        for school, authority in session.exec(query.order_by(col(School.id)).limit(limit))
    ]


def list_authorities(
    session: Session, viewer: Viewer, *, after: int | None = None, limit: int = 50
) -> list[OrganisingAuthority]:
    """Return the organising authorities of the schools that `viewer` may see, by their ids."""
    schools = _visible_schools(viewer)
    theirs = select(School.organising_authority_id).where(col(School.id).in_(schools))
    query = select(OrganisingAuthority).where(col(OrganisingAuthority.id).in_(theirs))
    if after is not None:
        query = query.where(col(OrganisingAuthority.id) > after)
    return list(session.exec(query.order_by(col(OrganisingAuthority.id)).limit(limit)))


def _conditions(wanted: DossierFilter) -> list[ColumnElement[bool]]:
    found = [
        col(Site.search_key).contains(term, autoescape=True) for term in search_terms(wanted.text)
    ]
    if wanted.status is not None:
        found.append(col(Dossier.status) == wanted.status)
    if wanted.province is not None:
        found.append(col(Site.province) == wanted.province)
    if wanted.lot is not None:
        found.append(col(Lot.name) == wanted.lot)
    if wanted.measure is not None:
        measures = cast(col(Dossier.measures), String)  # names of ours alone, in a list of JSON
        found.append(measures.contains(f'"{wanted.measure}"', autoescape=True))
    if wanted.late is not None:
        late = (
            select(DeadlineClock.id)
            .where(DeadlineClock.dossier_id == Dossier.id, col(DeadlineClock.due_on) < today())
            .where(col(DeadlineClock.closed_on).is_(None), col(DeadlineClock.held_on).is_(None))
            .exists()
        )
        found.append(late if wanted.late else ~late)
    return found


def _visible_schools(viewer: Viewer) -> Any:
    return (
        select(Implantation.school_id)
        .join(SiteImplantation, col(SiteImplantation.implantation_id) == col(Implantation.id))
        .join(Site, col(Site.id) == col(SiteImplantation.site_id))
        .where(visible_sites(viewer))
    )


def _line(site: Site, dossier: Dossier, lot: str | None) -> DossierLine:
    held = dossier.status_before_hold
    return DossierLine(
        site_id=dossier.site_id,
        site=site.name,
        commune=site.commune,
        province=site.province,
        status=Status(dossier.status),
        status_before_hold=Status(held) if held else None,
        measures=tuple(dossier.measures),
        lot=lot,
        version=dossier.version,
        updated_at=dossier.updated_at,
        search_key=site.search_key,
    )
