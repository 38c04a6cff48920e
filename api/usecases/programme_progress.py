"""How far the programme is at the sites that a person may see: by place, by step, over time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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
    ProgrammePlan,
    ProgrammePlanSite,
    School,
    Site,
    SiteImplantation,
)
from inventory.models.planning import DraftState
from inventory.programme.cantons import canton_of
from inventory.programme.dossier import Status
from inventory.programme.dossier.machine import BRUSSELS
from inventory.programme.progress import Milestone, Standing, Tally, tally_reached

_Held = tuple[str, str | None]
"""A dossier's status and, on hold, the one to which it returns, as the row holds them."""
_Counted = Counter[Milestone | None]


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
    # Rows of plain values: thousands of them, and a session would look at each as at an entity.
    rows = (
        session.connection()
        .execute(
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
        )
        .all()
    )
    whole = _Counted()
    cantons: defaultdict[str | None, _Counted] = defaultdict(_Counted)
    provinces: defaultdict[str | None, _Counted] = defaultdict(_Counted)
    canton_ids: dict[str | None, str | None] = {}
    reached: dict[_Held, Milestone | None] = {}
    statuses: Counter[str] = Counter()
    for commune, province, status, before_hold, sites in rows:
        if commune not in canton_ids:
            canton = canton_of(commune)
            canton_ids[commune] = canton.id if canton else None
        held = (status, before_hold)
        if held not in reached:
            reached[held] = _standing(*held).reached
        milestone = reached[held]
        whole[milestone] += sites
        cantons[canton_ids[commune]][milestone] += sites
        provinces[province][milestone] += sites
        statuses[status] += sites
    return Progress(
        whole=tally_reached(whole),
        by_canton={place: tally_reached(counted) for place, counted in cantons.items()},
        by_province={place: tally_reached(counted) for place, counted in provinces.items()},
        statuses={Status(status): sites for status, sites in statuses.items()},
    )


def _standing(status: str, before_hold: str | None) -> Standing:
    return Standing(Status(status), Status(before_hold) if before_hold else None)


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


def applied_plan(session: Session) -> dict[date, int]:
    """Return, by first day of a quarter, how many sites the applied plans place in it.

    A site counts once, where the plan that was applied last places it.
    """
    rows: Iterable[Any] = session.execute(
        sa_select(
            col(ProgrammePlanSite.site_id),
            col(ProgrammePlanSite.year),
            col(ProgrammePlanSite.quarter),
        )
        .join(ProgrammePlan, col(ProgrammePlan.id) == col(ProgrammePlanSite.plan_id))
        .where(col(ProgrammePlan.state) == DraftState.APPLIED)
        .where(col(ProgrammePlanSite.excluded).is_(False))
        .where(col(ProgrammePlanSite.year).is_not(None))
        .where(col(ProgrammePlanSite.quarter).is_not(None))
        .order_by(col(ProgrammePlan.decided_at), col(ProgrammePlan.id))
    ).all()
    last = {site_id: date(year, 3 * quarter - 2, 1) for site_id, year, quarter in rows}
    return dict(sorted(Counter(last.values()).items()))


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
