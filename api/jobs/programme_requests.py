"""Plans of the programme that people ask for: the optimiser works in the jobs process."""

from sqlmodel import Session

from api.jobs.queue import enqueue
from api.usecases.programme_plan_decision import refuse_application
from api.usecases.programme_plan_edits import copy_plan
from api.usecases.programme_plans import Wanted, find_plan, make_plan
from api.usecases.scope import Right, Viewer
from inventory.errors import Conflict, NotAllowed
from inventory.models import Job, ProgrammePlan
from inventory.models.planning import DraftState
from inventory.sentences import Sentence

SOLVE, PRICE, APPLY = "programme_plan", "programme_prices", "programme_apply"


def request_plan(session: Session, viewer: Viewer, wanted: Wanted) -> ProgrammePlan:
    """Make a plan in the name of `viewer`, queue its solving and return it.

    Raises NotAllowed without the right to plan the programme, and as `make_plan` does.
    """
    refuse_planner(viewer)
    plan = make_plan(session, wanted, actor=viewer.actor)
    _enqueue(session, viewer, SOLVE, plan)
    return plan


def request_copy(session: Session, viewer: Viewer, plan_id: int, name: str) -> ProgrammePlan:
    """Make another draft that keeps a plan's pins and exclusions, and queue its solving."""
    refuse_planner(viewer)
    plan = copy_plan(session, plan_id, name, actor=viewer.actor)
    _enqueue(session, viewer, SOLVE, plan)
    return plan


def request_prices(session: Session, viewer: Viewer, plan_id: int) -> Job:
    """Queue the working out of what each constraint of a draft costs."""
    refuse_planner(viewer)
    plan = find_plan(session, plan_id)
    if plan.state is not DraftState.DRAFT:
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0», ce n’est pas un projet",
                plan_id=plan_id,
                state=Sentence(plan.state.label),
            )
        )
    return _enqueue(session, viewer, PRICE, plan)


def request_application(
    session: Session, viewer: Viewer, plan_id: int, version: int | None = None
) -> Job:
    """Queue the application of a draft; raises Conflict at once for one that cannot be applied."""
    refuse_planner(viewer)
    plan = find_plan(session, plan_id)
    refuse_application(session, plan, version)
    return _enqueue(session, viewer, APPLY, plan)


def refuse_planner(viewer: Viewer) -> None:
    """Raise NotAllowed for who does not plan the programme."""
    if not viewer.everywhere(Right.PLAN_PROGRAMME):
        raise NotAllowed(Sentence("Votre rôle ne planifie pas le programme"))


def _enqueue(session: Session, viewer: Viewer, kind: str, plan: ProgrammePlan) -> Job:
    return enqueue(session, kind, {"plan_id": plan.id}, viewer.actor, about=f"plan-{plan.id}")
