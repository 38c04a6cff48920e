"""Rollouts that people ask for on a page: begun, gone on with, stopped, taken back.

Who may run jobs at every site of a plan may ask; the jobs process speaks to the devices.
"""

from sqlmodel import Session

from api.jobs.queue import enqueue
from api.usecases.approvals import has_right_at_all, refuse_unapproved
from api.usecases.plan_states import ask_plan, plan_row, refuse_school_hours, why_not_again
from api.usecases.rollout_options import calendar_of, options_of
from api.usecases.scope import Right, Viewer
from inventory.errors import NotAllowed
from inventory.models import DeployPlan, Job, PlanRequest, PlanState
from inventory.sentences import Sentence
from inventory.settings import Settings

_GO_ON = (PlanState.RUNNING, PlanState.PAUSED, PlanState.HALTED)


def may_roll_out(session: Session, plan_id: int, viewer: Viewer) -> bool:
    """Return whether `viewer` may run jobs at the site of every device of a plan."""
    return has_right_at_all(session, plan_id, viewer, Right.RUN_JOBS)


def request_rollout(
    session: Session, settings: Settings, viewer: Viewer, plan_id: int, *, now: str | None = None
) -> Job:
    """Queue the run of a frozen plan, or the resume of one that was killed, paused or halted.

    `now` says why schools may be interrupted in their hours: `viewer` answers for it. Raises
    NotFound, NotAllowed, and Conflict for a plan that is over or may not be run now.
    """
    plan = _plan(session, viewer, plan_id)
    if plan.state is not PlanState.FROZEN and plan.state not in _GO_ON:
        raise why_not_again(plan)
    refuse_unapproved(session, plan)
    answered = f"{viewer.actor}: {now}" if now else None
    options = options_of(plan, settings, now=answered)
    refuse_school_hours(session, plan_id, options, calendar_of(settings))
    return enqueue(
        session,
        "rollout",
        {"plan_id": plan_id, "now": answered},
        viewer.actor,
        about=f"plan {plan_id}",
    )


def request_stop(session: Session, viewer: Viewer, plan_id: int, request: PlanRequest) -> PlanState:
    """Ask a plan to pause or to be cancelled, and return the state that it is in now.

    Raises NotFound, NotAllowed, and Conflict for a plan that is over.
    """
    _plan(session, viewer, plan_id)
    return ask_plan(session, plan_id, request, by=viewer.actor)


def request_rollback(session: Session, viewer: Viewer, plan_id: int) -> Job:
    """Queue the planning of what takes a plan back; the new plan is reviewed and run as any.

    Raises NotFound and NotAllowed.
    """
    _plan(session, viewer, plan_id)
    return enqueue(session, "rollback", {"plan_id": plan_id}, viewer.actor, about=f"plan {plan_id}")


def _plan(session: Session, viewer: Viewer, plan_id: int) -> DeployPlan:
    plan = plan_row(session, plan_id)
    if not may_roll_out(session, plan_id, viewer):
        raise NotAllowed(
            Sentence(
                "Votre rôle ne lance pas de tâches sur tous les sites du plan %(plan_id)s",
                plan_id=plan_id,
            ),
            todo=Sentence("demandez à un ingénieur réseau"),
        )
    return plan
