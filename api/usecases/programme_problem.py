"""From rows to what is planned: the sites that wait, their scores, and what is taken already."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from api.usecases.site_priorities import facts_of_sites
from inventory.errors import InvalidInput
from inventory.models import Dossier, FundingSource, Lot, ProgrammePlan, ProgrammePlanSite, Site
from inventory.models.planning import DraftState
from inventory.programme.dossier import Measure, Status
from inventory.programme.planning.cost import estimate
from inventory.programme.planning.facts import SiteFacts
from inventory.programme.planning.problem import (
    PlanFunding,
    PlanLot,
    PlanSite,
    Problem,
    Quarter,
    Slot,
)
from inventory.programme.planning.rules import Rules, planning_rules
from inventory.programme.planning.score import score
from inventory.programme.planning.windows import works_days, works_fit
from inventory.sentences import Sentence

_QUARTER = re.compile(r"(20[0-9]{2})-T([1-4])")
# A site of these no longer holds money of a source.
_RELEASED = (Status.DECLINED, Status.INELIGIBLE)
# A site of these was built: it no longer takes a lot's time.
_BUILT = (
    *_RELEASED,
    Status.PROVISIONALLY_ACCEPTED,
    Status.IN_SERVICE,
    Status.FINALLY_ACCEPTED,
    Status.MAINTAINED,
    Status.DECOMMISSIONED,
)


def waiting_rows(
    session: Session, plan: ProgrammePlan, statuses: Sequence[Status]
) -> list[ProgrammePlanSite]:
    """Return a row, not yet kept, for each site that waits in one of `statuses`, by score."""
    assert plan.id is not None
    found = session.exec(
        select(Site, Dossier)
        .join(Dossier, col(Dossier.site_id) == col(Site.id))
        .where(col(Dossier.status).in_([each.value for each in statuses]))
        .where(col(Site.closed_on).is_(None))
    ).all()
    # Equipment alone is ordered without being planned.
    sites = [site for site, dossier in found if Measure.CONNECTIVITY in dossier.measures]
    facts = facts_of_sites(session, [site.id or 0 for site in sites])
    rules = planning_rules(plan.rules_version)
    quarters = [
        Quarter(year, number)
        for year in range(plan.first_year, plan.first_year + plan.years)
        for number in (1, 2, 3, 4)
    ]
    rows = [_row(plan.id, site, facts[site.id or 0], rules, quarters) for site in sites]
    return sorted(rows, key=lambda row: (-row.score, row.site_id))


def _row(
    plan_id: int, site: Site, facts: SiteFacts, rules: Rules, quarters: Sequence[Quarter]
) -> ProgrammePlanSite:
    assert site.id is not None
    points = score(facts, rules)
    cost = estimate(facts, rules)
    days = works_days(cost.access_points, rules)
    return ProgrammePlanSite(
        plan_id=plan_id,
        site_id=site.id,
        area=site.commune or site.province or "?",
        score=points.points,
        score_parts=[
            {"criterion": part.criterion, "weight": part.weight, "told": part.told,
             "points": part.points}
            for part in points.parts
        ],
        cost=cost.amount,
        cost_assumed=cost.assumed,
        open_quarters=[str(each) for each in quarters if works_fit(facts, days, each)],
    )  # fmt: skip


def problem_of(session: Session, plan: ProgrammePlan) -> Problem:
    """Return what a plan is about: its own sites, today's lots and sources, what is taken."""
    rules = planning_rules(plan.rules_version)
    found = session.exec(
        select(ProgrammePlanSite, Site.name)
        .join(Site, col(Site.id) == col(ProgrammePlanSite.site_id))
        .where(ProgrammePlanSite.plan_id == plan.id)
        .order_by(col(ProgrammePlanSite.id))
    ).all()
    own = {row.site_id for row, _ in found}
    spent = committed(session, own, rules)
    return Problem(
        first_year=plan.first_year,
        years=plan.years,
        sites=tuple(_site(row, name) for row, name in found),
        lots=tuple(
            PlanLot(lot.id or 0, lot.name, lot.sites_per_year)
            for lot in session.exec(select(Lot).order_by(Lot.name))
        ),
        funding=tuple(
            PlanFunding(
                source.id or 0,
                source.code,
                None if source.ceiling is None else source.ceiling - spent[source.id or 0],
                source.starts_on,
                source.ends_on,
            )
            for source in session.exec(select(FundingSource).order_by(FundingSource.code))
        ),
        sites_per_year=plan.sites_per_year,
        quarter_share=rules.capacity.quarter_share,
        days_to_acceptance=rules.works.days_to_acceptance,
        optimiser=rules.optimiser,
        load=_load(session, own),
    )


def slot_of(row: ProgrammePlanSite) -> Slot | None:
    """Return where a row places its site, None: nowhere."""
    if row.excluded or row.year is None or row.quarter is None:
        return None
    if row.lot_id is None or row.funding_source_id is None:
        return None
    return Slot(Quarter(row.year, row.quarter), row.lot_id, row.funding_source_id)


def put(row: ProgrammePlanSite, slot: Slot | None) -> None:
    """Let a row place its site at `slot`, None: nowhere."""
    row.year = slot.quarter.year if slot else None
    row.quarter = slot.quarter.number if slot else None
    row.lot_id = slot.lot_id if slot else None
    row.funding_source_id = slot.funding_id if slot else None


def read_quarter(text: str) -> Quarter:
    """Return the quarter that `str(Quarter)` wrote; raises InvalidInput for another text."""
    match = _QUARTER.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(Sentence("Un trimestre s’écrit 2027-T3"), where=text[:20])
    return Quarter(int(match[1]), int(match[2]))


def committed(session: Session, without: set[int], rules: Rules) -> defaultdict[int, Decimal]:
    """Return the estimated cost (EUR) of what each source pays already, but for sites `without`."""
    held = session.exec(
        select(Dossier.site_id, Dossier.funding_source_id)
        .where(col(Dossier.funding_source_id).is_not(None))
        .where(col(Dossier.status).not_in([each.value for each in _RELEASED]))
    ).all()
    taken = {site_id: source for site_id, source in held if site_id not in without}
    facts = facts_of_sites(session, taken)
    spent: defaultdict[int, Decimal] = defaultdict(Decimal)
    for site_id, source in taken.items():
        spent[source or 0] += estimate(facts[site_id], rules).amount
    return spent


def _load(session: Session, without: set[int]) -> Counter[tuple[int, Quarter]]:
    """Return the sites that applied plans put into each lot and quarter and that are not built."""
    rows = session.exec(
        select(ProgrammePlanSite)
        .join(ProgrammePlan, col(ProgrammePlan.id) == col(ProgrammePlanSite.plan_id))
        .join(Dossier, col(Dossier.site_id) == col(ProgrammePlanSite.site_id))
        .where(ProgrammePlan.state == DraftState.APPLIED, col(ProgrammePlanSite.scheduled))
        .where(col(Dossier.status).not_in([each.value for each in _BUILT]))
    )
    slots = [slot for row in rows if row.site_id not in without and (slot := slot_of(row))]
    return Counter((slot.lot_id, slot.quarter) for slot in slots)


def _site(row: ProgrammePlanSite, name: str) -> PlanSite:
    return PlanSite(
        row.site_id,
        name,
        row.area,
        row.score,
        row.cost,
        frozenset(read_quarter(each) for each in row.open_quarters),
        pinned=slot_of(row) if row.pinned else None,
        excluded=row.excluded,
    )


def days_of(plan: ProgrammePlan) -> tuple[date, date]:
    """Return the first and the last day of a plan."""
    return date(plan.first_year, 1, 1), date(plan.first_year + plan.years - 1, 12, 31)
