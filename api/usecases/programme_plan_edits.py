"""A draft changed by people: a site moved, pinned, freed or excluded; copied, compared, dropped."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.usecases.programme_names import checked_name
from api.usecases.programme_plans import find_plan, rows_of
from api.usecases.programme_problem import problem_of, put, slot_of
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import ProgrammePlan, ProgrammePlanSite, Site
from inventory.models.planning import DraftState
from inventory.programme.planning.breaches import Breach, breaches
from inventory.programme.planning.comparison import Moved, compare
from inventory.programme.planning.problem import Slot
from inventory.sentences import Sentence

_MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Edited:
    """A site of a draft after it was changed; `broken`: what the whole draft breaks now."""

    row: ProgrammePlanSite
    version: int
    broken: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A site that two drafts place differently, with its name."""

    name: str
    moved: Moved


def plan_site(session: Session, plan_id: int, site_id: int) -> ProgrammePlanSite:
    """Return the row of a site in a plan; raises NotFound."""
    row = session.exec(
        select(ProgrammePlanSite).where(
            ProgrammePlanSite.plan_id == plan_id, ProgrammePlanSite.site_id == site_id
        )
    ).first()
    if row is None:
        raise NotFound(
            Sentence(
                "Le site %(site_id)s n’est pas dans le plan %(plan_id)s",
                site_id=site_id,
                plan_id=plan_id,
            )
        )
    return row


def pin(
    session: Session,
    plan_id: int,
    site_id: int,
    slot: Slot | None,
    *,
    version: int | None = None,
    reason: str | None = None,
) -> Edited:
    """Fix a site of a draft at `slot`, or where it is (None), and say what the draft breaks now.

    The optimiser never moves it again. Raises Conflict for a plan that is no draft, another
    version, or a site without a place; InvalidInput for a lot, source or quarter not of the plan.
    """
    plan, row = _editable(session, plan_id, site_id, version)
    slot = slot or slot_of(row)
    if slot is None:
        raise Conflict(
            Sentence("Le site n’a pas de place dans ce plan"),
            todo=Sentence("donnez le trimestre, le lot et la source"),
        )
    problem = problem_of(session, plan)
    if slot.quarter not in problem.quarters:
        raise InvalidInput(
            Sentence("%(quarter)s n’est pas dans ce plan", quarter=str(slot.quarter))
        )
    if slot.lot_id not in {lot.id for lot in problem.lots}:
        raise InvalidInput(Sentence("Le lot %(lot_id)s n’existe pas", lot_id=slot.lot_id))
    if slot.funding_id not in {source.id for source in problem.funding}:
        raise InvalidInput(
            Sentence(
                "La source de financement %(funding_id)s n’existe pas", funding_id=slot.funding_id
            )
        )
    put(row, slot)
    row.pinned, row.excluded, row.reason = True, False, _reason(reason)
    return _kept(session, plan, row)


def free(session: Session, plan_id: int, site_id: int, *, version: int | None = None) -> Edited:
    """Give a site of a draft back to the optimiser, where it is; raises as `pin` does."""
    plan, row = _editable(session, plan_id, site_id, version)
    row.pinned, row.excluded, row.reason = False, False, None
    return _kept(session, plan, row)


def exclude(
    session: Session, plan_id: int, site_id: int, *, reason: str, version: int | None = None
) -> Edited:
    """Take a site out of a draft, with the reason; raises as `pin` does."""
    given = _reason(reason)
    if given is None:
        raise InvalidInput(Sentence("Dites pourquoi le site reste hors du plan"))
    plan, row = _editable(session, plan_id, site_id, version)
    put(row, None)
    row.pinned, row.excluded, row.reason = False, True, given
    return _kept(session, plan, row)


def copy_plan(session: Session, plan_id: int, name: str, *, actor: str) -> ProgrammePlan:
    """Make another draft of the same sites, pins and exclusions, which waits to be solved anew.

    Scores and costs are those of the first, so that the two compare.
    """
    plan = find_plan(session, plan_id)
    copied = ProgrammePlan(
        name=checked_name(name),
        state=DraftState.SOLVING,
        first_year=plan.first_year,
        years=plan.years,
        rules_version=plan.rules_version,
        sites_per_year=plan.sites_per_year,
        based_on_id=plan.id,
        created_by=actor,
        created_at=clock.now(),
    )
    session.add(copied)
    session.flush()
    assert copied.id is not None
    new = {"id", "plan_id", "outcome", "scheduled"}
    session.add_all(
        ProgrammePlanSite(plan_id=copied.id, **row.model_dump(exclude=new))
        for row in rows_of(session, plan_id)
    )
    session.flush()
    return copied


def discard(session: Session, plan_id: int, *, version: int | None = None) -> ProgrammePlan:
    """Drop a plan that was not applied; raises Conflict for one that was, or another version."""
    plan = find_plan(session, plan_id, lock=True)
    _refuse_version(plan, version)
    if plan.state is DraftState.APPLIED:
        raise Conflict(
            Sentence("Le plan %(plan_id)s a été appliqué\u00a0: il reste", plan_id=plan_id)
        )
    plan.state = DraftState.DISCARDED
    plan.version += 1
    session.add(plan)
    session.flush()
    return plan


def differences(session: Session, before_id: int, after_id: int) -> tuple[Difference, ...]:
    """Return the sites that two plans place differently; raises NotFound."""
    for each in (before_id, after_id):
        find_plan(session, each)
    one, other = (
        {row.site_id: slot for row in rows_of(session, each) if (slot := slot_of(row))}
        for each in (before_id, after_id)
    )
    moved = compare(one, other)
    names = _names(session, before_id, after_id)
    return tuple(Difference(names[each.site_id], each) for each in moved)


def _names(session: Session, *plan_ids: int) -> dict[int, str]:
    found = session.exec(
        select(Site.id, Site.name).where(
            col(Site.id).in_(
                select(ProgrammePlanSite.site_id).where(
                    col(ProgrammePlanSite.plan_id).in_(plan_ids)
                )
            )
        )
    )
    return {site_id: name for site_id, name in found if site_id is not None}


def _editable(
    session: Session, plan_id: int, site_id: int, version: int | None
) -> tuple[ProgrammePlan, ProgrammePlanSite]:
    plan = find_plan(session, plan_id, lock=True)
    _refuse_version(plan, version)
    if plan.state is not DraftState.DRAFT:
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0», ce n’est pas un projet",
                plan_id=plan_id,
                state=Sentence(plan.state.label),
            ),
            todo=Sentence("changez-en une copie"),
        )
    return plan, plan_site(session, plan_id, site_id)


def _refuse_version(plan: ProgrammePlan, version: int | None) -> None:
    if version is not None and version != plan.version:
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s est à la version %(version)s, non plus à la %(expected)s",
                plan_id=plan.id or 0,
                version=plan.version,
                expected=version,
            ),
            todo=Sentence("regardez de nouveau"),
        )


def _kept(session: Session, plan: ProgrammePlan, row: ProgrammePlanSite) -> Edited:
    assert plan.id is not None
    plan.version += 1
    session.add(plan)
    session.add(row)
    session.flush()
    return Edited(row, plan.version, broken_by(session, plan))


def broken_by(session: Session, plan: ProgrammePlan) -> tuple[Breach, ...]:
    """Return what a plan breaks as its rows stand."""
    rows: Sequence[ProgrammePlanSite] = rows_of(session, plan.id or 0)
    placed = {row.site_id: slot for row in rows if (slot := slot_of(row)) is not None}
    return breaches(problem_of(session, plan), placed)


def _reason(text: str | None) -> str | None:
    given = (text or "").replace("\0", "").strip()
    if len(given) > _MAX_REASON:
        raise InvalidInput(Sentence("Une raison a au plus %(most)s caractères", most=_MAX_REASON))
    return given or None
