"""How far the programme is at the sites that a person may see: by place, by step, over time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from api.usecases.scope import Viewer, visible_sites
from inventory.models import (
    Dossier,
    DossierTransition,
    Implantation,
    School,
    Site,
    SiteImplantation,
)
from inventory.programme.cantons import canton_of
from inventory.programme.dossier import Status
from inventory.programme.dossier.machine import BRUSSELS
from inventory.programme.progress import Standing, Tally, tally


@dataclass(frozen=True, slots=True)
class ProgressFilter:
    """Which sites to count; None: all that the person may see."""

    province: str | None = None
    education_network: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Tallies in all, by canton's id and by province; None: those whose place is not known."""

    whole: Tally
    by_canton: Mapping[str | None, Tally]
    by_province: Mapping[str | None, Tally]
    statuses: Mapping[Status, int]


def programme_progress(session: Session, viewer: Viewer, wanted: ProgressFilter) -> Progress:
    """Return how far the sites are; one query, whose rows are as many as communes and statuses."""
    rows: Sequence[Any] = session.execute(
        sa_select(
            col(Site.commune),
            col(Site.province),
            col(Dossier.status),
            col(Dossier.status_before_hold),
            func.count().label("sites"),
        )
        .join(Dossier, col(Dossier.site_id) == col(Site.id))
        .where(*_conditions(viewer, wanted))
        .group_by(
            col(Site.commune),
            col(Site.province),
            col(Dossier.status),
            col(Dossier.status_before_hold),
        )
    ).all()
    whole: Counter[Standing] = Counter()
    cantons: dict[str | None, Counter[Standing]] = {}
    provinces: dict[str | None, Counter[Standing]] = {}
    statuses: Counter[Status] = Counter()
    for row in rows:
        held = Status(row.status_before_hold) if row.status_before_hold else None
        standing = Standing(Status(row.status), held)
        canton = canton_of(row.commune)
        whole[standing] += row.sites
        statuses[standing.status] += row.sites
        cantons.setdefault(canton.id if canton else None, Counter())[standing] += row.sites
        provinces.setdefault(row.province, Counter())[standing] += row.sites
    return Progress(
        whole=tally(whole),
        by_canton={place: tally(counted) for place, counted in cantons.items()},
        by_province={place: tally(counted) for place, counted in provinces.items()},
        statuses=statuses,
    )


def put_in_service(
    session: Session, viewer: Viewer, wanted: ProgressFilter
) -> list[tuple[date, int]]:
    """Return, by first day of a month in Brussels, how many sites were put in service in it.

    A site counts once, when it was first put in service. Months without any are left out.
    """
    first = (
        sa_select(func.min(col(DossierTransition.at)).label("at"))
        .join(Dossier, col(Dossier.id) == col(DossierTransition.dossier_id))
        .join(Site, col(Site.id) == col(Dossier.site_id))
        .where(col(DossierTransition.to_status) == Status.IN_SERVICE)
        .where(*_conditions(viewer, wanted))
        .group_by(col(DossierTransition.dossier_id))
    )
    moments: Iterable[Any] = session.scalars(first)
    months = Counter(moment.astimezone(BRUSSELS).date().replace(day=1) for moment in moments)
    return sorted(months.items())


def education_networks(session: Session, viewer: Viewer) -> list[str]:
    """Return the education networks of the sites that `viewer` may see, in order."""
    query = (
        sa_select(col(School.education_network))
        .join(Implantation, col(Implantation.school_id) == col(School.id))
        .join(SiteImplantation, col(SiteImplantation.implantation_id) == col(Implantation.id))
        .join(Site, col(Site.id) == col(SiteImplantation.site_id))
        .where(visible_sites(viewer), col(School.education_network).is_not(None))
        .distinct()
        .order_by(col(School.education_network))
    )
    return [name for name in session.scalars(query) if name]


def _conditions(viewer: Viewer, wanted: ProgressFilter) -> list[ColumnElement[bool]]:
    found = [visible_sites(viewer), col(Site.closed_on).is_(None)]
    if wanted.province:
        found.append(col(Site.province) == wanted.province)
    if wanted.education_network:
        served = (
            sa_select(col(SiteImplantation.site_id))
            .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
            .join(School, col(School.id) == col(Implantation.school_id))
            .where(col(School.education_network) == wanted.education_network)
        )
        found.append(col(Site.id).in_(served))
    return found
