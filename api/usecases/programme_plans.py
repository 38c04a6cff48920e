"""Drafts of the programme's plan: made, solved, read. Solving runs in the jobs process."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from api.usecases.programme_names import checked_name
from api.usecases.programme_problem import (
    days_of,
    problem_of,
    put,
    slot_of,
    waiting_rows,
)
from api.usecases.progress import Progress
from api.usecases.sites import search_terms
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import ProgrammePlan, ProgrammePlanSite, Site
from inventory.models.planning import DraftState
from inventory.programme.dossier import Status
from inventory.programme.planning.breaches import Breach, breaches
from inventory.programme.planning.calendar import provisional_years
from inventory.programme.planning.problem import Problem
from inventory.programme.planning.rules import DEFAULT_RULES, planning_rules
from inventory.sentences import Sentence, wording

CANDIDATES = (Status.CADASTRE_VALIDATED, Status.ENROLMENT_REQUESTED)
"""Statuses of sites that can be planned; only the last of them can be scheduled."""

_MAX_YEARS = 10
_SHOWN_CONFLICTS = 5
_NO_SITE = Sentence("Aucune école n’attend d’être programmée.")
_NO_LOT = Sentence("Il n’y a encore aucun lot, ou aucune source de financement.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan is asked for: years, and who is planned. None: as the rules say."""

    name: str
    first_year: int
    years: int = 6
    sites_per_year: int | None = None
    statuses: tuple[Status, ...] = (Status.ENROLMENT_REQUESTED,)
    rules_version: str = DEFAULT_RULES


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of a plan: its sites, of how many at most, by lot and by source, and their cost."""

    year: int
    sites: int
    most: int
    cost: Decimal
    by_lot: dict[str, int]
    by_source: dict[str, int]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What a plan takes of a source (EUR). `left`: before the plan; None: no ceiling is told."""

    code: str
    used: Decimal
    left: Decimal | None
    sites: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A plan by year and source, with what it breaks and what rests on provisional dates."""

    plan: ProgrammePlan
    years: tuple[YearLine, ...]
    sources: tuple[SourceLine, ...]
    lots: tuple[str, ...]
    placed: int
    unplaced: int
    excluded: int
    pinned: int
    assumed: int
    breaches: tuple[Breach, ...]
    provisional_years: tuple[str, ...]


def make_plan(session: Session, wanted: Wanted, *, actor: str) -> ProgrammePlan:
    """Make a plan that waits to be solved, with a row for each site that can be planned.

    Raises InvalidInput for years, capacities or statuses that cannot be planned, NotFound for
    unknown rules.
    """
    rules = planning_rules(wanted.rules_version)
    starts_in = wanted.first_year - clock.now().year
    if not (-1 <= starts_in <= 20 and 1 <= wanted.years <= _MAX_YEARS):
        raise InvalidInput(
            Sentence(
                "Un plan commence vers aujourd’hui et prend de 1 à %(most)s ans", most=_MAX_YEARS
            ),
            where=Sentence(
                "%(first_year)s, %(years)s ans", first_year=wanted.first_year, years=wanted.years
            ),
        )
    if not wanted.statuses or not set(wanted.statuses) <= set(CANDIDATES):
        raise InvalidInput(
            Sentence("Les sites de ces statuts ne se planifient pas"),
            todo=Sentence("certains de\u00a0: %(choices)s", choices=", ".join(CANDIDATES)),
        )
    yearly = (
        rules.capacity.sites_per_year if wanted.sites_per_year is None else wanted.sites_per_year
    )
    if not 0 < yearly <= 100_000:
        raise InvalidInput(Sentence("Le programme prend de 1 à 100\u00a0000 sites par an"))
    plan = ProgrammePlan(
        name=checked_name(wanted.name),
        state=DraftState.SOLVING,
        first_year=wanted.first_year,
        years=wanted.years,
        rules_version=rules.version,
        sites_per_year=yearly,
        created_by=actor,
        created_at=clock.now(),
    )
    session.add(plan)
    session.flush()
    session.add_all(waiting_rows(session, plan, wanted.statuses))
    session.flush()
    return plan


def solve_plan(
    database: Database, plan_id: int, *, actor: str, on_progress: Progress | None = None
) -> ProgrammePlan:
    """Place the sites of a plan that waits to be solved, and return it.

    No session is open while the optimiser works. What a person pinned or excluded stays; where
    the pinned sites alone break something the plan fails, with the sentence that says what.
    """
    from inventory.programme.planning.proposing import propose  # noqa: PLC0415 - scipy is slow

    with database.read() as session:
        plan = find_plan(session, plan_id)
        if plan.state is not DraftState.SOLVING:
            raise Conflict(
                Sentence(
                    "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0»\u00a0: "
                    "il n’est plus à calculer",
                    plan_id=plan_id,
                    state=Sentence(plan.state.label),
                ),
                todo=Sentence("proposez-en un autre"),
            )
        problem, version = problem_of(session, plan), plan.version
    if on_progress is not None:
        on_progress("placing sites", 0, len(problem.sites))
    failure = _hopeless(problem)
    started = time.monotonic()
    proposal = None if failure else propose(problem)
    took = time.monotonic() - started
    with database.write(actor) as session:
        plan = find_plan(session, plan_id, lock=True)
        if plan.version != version or plan.state is not DraftState.SOLVING:
            raise Conflict(
                Sentence("Le plan %(plan_id)s a changé pendant son calcul", plan_id=plan_id),
                todo=Sentence("proposez-en un autre"),
            )
        if proposal is None or proposal.conflicts:
            reasons = [each.sentence for each in proposal.conflicts] if proposal else []
            _fail(plan, failure or _in_conflict(reasons))
        else:
            for row in rows_of(session, plan_id):
                if not row.pinned:
                    put(row, proposal.placed.get(row.site_id))
            plan.state, plan.method = DraftState.DRAFT, proposal.method.value
            plan.points, plan.bound = proposal.points, proposal.bound
            plan.gap, plan.lots_gap = proposal.gap, proposal.lots_gap
            plan.solved_in_s = round(took, 1)
        session.add(plan)
    with database.read() as session:
        return find_plan(session, plan_id)


def _hopeless(problem: Problem) -> Sentence | None:
    if not problem.sites:
        return _NO_SITE
    return None if problem.lots and problem.funding else _NO_LOT


def _in_conflict(reasons: Sequence[Sentence]) -> Sentence:
    return Sentence(
        "Les décisions épinglées se contredisent\u00a0: %(reasons)s",
        reasons=tuple(reasons[:_SHOWN_CONFLICTS]),
    )


def _fail(plan: ProgrammePlan, sentence: Sentence) -> None:
    plan.state, plan.message, plan.wording = DraftState.FAILED, str(sentence), wording(sentence)


def find_plan(session: Session, plan_id: int, *, lock: bool = False) -> ProgrammePlan:
    """Return a plan; raises NotFound. `lock` keeps others from changing it."""
    query = select(ProgrammePlan).where(ProgrammePlan.id == plan_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound(Sentence("Le plan %(plan_id)s du programme n’existe pas", plan_id=plan_id))
    return found


def list_plans(
    session: Session, *, before: int | None = None, limit: int = 50
) -> tuple[list[ProgrammePlan], int | None]:
    """Return plans, newest first, and the id after which the list goes on (None: its end)."""
    query = select(ProgrammePlan).where(ProgrammePlan.state != DraftState.DISCARDED)
    if before is not None:
        query = query.where(col(ProgrammePlan.id) < before)
    found = list(session.exec(query.order_by(col(ProgrammePlan.id).desc()).limit(limit + 1)))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def rows_of(session: Session, plan_id: int) -> list[ProgrammePlanSite]:
    """Return every row of a plan, the highest score first."""
    return list(
        session.exec(
            select(ProgrammePlanSite)
            .where(ProgrammePlanSite.plan_id == plan_id)
            .order_by(col(ProgrammePlanSite.id))
        )
    )


def summary(session: Session, plan_id: int) -> Summary:
    """Return a plan by year, lot and source, with what it breaks; raises NotFound."""
    plan = find_plan(session, plan_id)
    problem = problem_of(session, plan)
    rows = rows_of(session, plan_id)
    placed = {row.site_id: slot for row in rows if (slot := slot_of(row)) is not None}
    excluded = sum(row.excluded for row in rows)
    return Summary(
        plan,
        _years(plan, problem, rows),
        _sources(problem, rows),
        tuple(lot.name for lot in problem.lots),
        placed=len(placed),
        unplaced=len(rows) - len(placed) - excluded,
        excluded=excluded,
        pinned=sum(row.pinned for row in rows),
        assumed=sum(row.cost_assumed for row in rows),
        breaches=breaches(problem, placed),
        provisional_years=provisional_years(*days_of(plan)),
    )


def _years(
    plan: ProgrammePlan, problem: Problem, rows: Sequence[ProgrammePlanSite]
) -> tuple[YearLine, ...]:
    lots = {lot.id: lot.name for lot in problem.lots}
    sources = {source.id: source.code for source in problem.funding}
    by_year: defaultdict[int, list[ProgrammePlanSite]] = defaultdict(list)
    for row in rows:
        if slot_of(row) is not None and row.year is not None:
            by_year[row.year].append(row)
    return tuple(
        YearLine(
            year,
            len(by_year[year]),
            plan.sites_per_year,
            sum((row.cost for row in by_year[year]), Decimal(0)),
            dict(Counter(lots.get(row.lot_id or 0, "?") for row in by_year[year])),
            dict(Counter(sources.get(row.funding_source_id or 0, "?") for row in by_year[year])),
        )
        for year in range(plan.first_year, plan.first_year + plan.years)
    )


def _sources(problem: Problem, rows: Sequence[ProgrammePlanSite]) -> tuple[SourceLine, ...]:
    used: defaultdict[int, Decimal] = defaultdict(Decimal)
    count: Counter[int] = Counter()
    for row in rows:
        slot = slot_of(row)
        if slot is not None:
            used[slot.funding_id] += row.cost
            count[slot.funding_id] += 1
    return tuple(
        SourceLine(each.code, used[each.id], each.left, count[each.id]) for each in problem.funding
    )


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows of a plan: of a year, a lot, a source, a state; None: any."""

    year: int | None = None
    lot_id: int | None = None
    funding_source_id: int | None = None
    state: str | None = None
    text: str = ""


ROW_STATES = ("placed", "unplaced", "pinned", "excluded")


def list_rows(
    session: Session, plan_id: int, wanted: RowFilter, *, after: int | None = None, limit: int = 50
) -> tuple[list[tuple[ProgrammePlanSite, Site]], int | None]:
    """Return rows of a plan with their sites, the highest score first, and where it goes on."""
    query = (
        select(ProgrammePlanSite, Site)
        .join(Site, col(Site.id) == col(ProgrammePlanSite.site_id))
        .where(ProgrammePlanSite.plan_id == plan_id)
    )
    for column, value in (
        (ProgrammePlanSite.year, wanted.year),
        (ProgrammePlanSite.lot_id, wanted.lot_id),
        (ProgrammePlanSite.funding_source_id, wanted.funding_source_id),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    placed = col(ProgrammePlanSite.year).is_not(None)
    states = {
        "placed": placed & ~col(ProgrammePlanSite.excluded),
        "unplaced": ~placed & ~col(ProgrammePlanSite.excluded),
        "pinned": col(ProgrammePlanSite.pinned),
        "excluded": col(ProgrammePlanSite.excluded),
    }
    if wanted.state is not None:
        query = query.where(states[wanted.state])
    for term in search_terms(wanted.text):
        query = query.where(col(Site.search_key).contains(term, autoescape=True))
    if after is not None:
        query = query.where(col(ProgrammePlanSite.id) > after)
    found = list(session.exec(query.order_by(col(ProgrammePlanSite.id)).limit(limit + 1)))
    return found[:limit], found[limit - 1][0].id if len(found) > limit else None
