"""Where a plan is: how it is stopped, cancelled and closed, and what keeps it from running.

Functions here take the session of their caller, who commits.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from api.usecases.push_records import last_attempt
from api.usecases.rollout_members import LEADING
from api.usecases.rollout_run import Stopped, interrupts
from deploy.rollout import RolloutOptions, Standing, standing
from deploy.windows import BRUSSELS, SchoolCalendar
from inventory import clock
from inventory.errors import Conflict, NotFound
from inventory.events import record_event
from inventory.leases import holder_of, plan_resource
from inventory.models import DeployPlan, Device, PlanRequest, PlanState, Push, PushState
from inventory.sentences import N_, Sentence, wording

PLAN_WORDS = {
    PlanState.FROZEN: Sentence("À relire et à lancer"),
    PlanState.RUNNING: Sentence("En cours"),
    PlanState.PAUSED: Sentence("Suspendu"),
    PlanState.HALTED: Sentence("Arrêté après un échec"),
    PlanState.DONE: Sentence("Terminé"),
    PlanState.CANCELLED: Sentence("Annulé"),
}
Doubtful = tuple[int, int, bool]
"""A push in doubt: its id, its device, and whether others are reached through that."""


def plan_row(session: Session, plan_id: int) -> DeployPlan:
    """Return a plan; raises NotFound."""
    plan = session.get(DeployPlan, plan_id)
    if plan is None:
        raise NotFound(
            Sentence("Le plan %(plan_id)s n’existe pas", plan_id=plan_id),
            todo=Sentence("lancez\u00a0: preau deploy plan"),
        )
    return plan


def pushes_in(session: Session, plan_id: int, *states: PushState) -> Sequence[Push]:
    """Return the pushes of a plan that are in one of the states."""
    return session.exec(
        select(Push)
        .where(Push.plan_id == plan_id, col(Push.state).in_(states))
        .order_by(col(Push.id))
    ).all()


def why_not_again(plan: DeployPlan) -> Conflict:
    """Return why a plan in its state can be neither run nor gone on with, and what can be done."""
    number = plan.id or 0
    todo = {
        PlanState.FROZEN: Sentence("lancez-le\u00a0: preau deploy run %(plan_id)s", plan_id=number),
        PlanState.RUNNING: Sentence(
            "une exécution tuée se reprend\u00a0: preau deploy resume %(plan_id)s", plan_id=number
        ),
        PlanState.PAUSED: Sentence(
            "reprenez-le\u00a0: preau deploy resume %(plan_id)s", plan_id=number
        ),
        PlanState.HALTED: Sentence(
            "regardez-le, puis reprenez\u00a0: preau deploy resume %(plan_id)s", plan_id=number
        ),
    }
    return Conflict(
        Sentence(
            "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0»",
            plan_id=plan.id or 0,
            state=PLAN_WORDS[plan.state],
        ),
        todo=todo.get(plan.state, Sentence("faites-en un nouveau\u00a0: preau deploy plan")),
    )


def refuse_school_hours(
    session: Session, plan_id: int, options: RolloutOptions, calendar: SchoolCalendar
) -> None:
    """Raise Conflict for a plan that could interrupt schools now, for which nobody answers."""
    moment = clock.now()
    if options.now or calendar.may_interrupt(moment):
        return
    waiting = pushes_in(session, plan_id, PushState.PLANNED, PushState.SENDING, PushState.IN_DOUBT)
    count = sum(interrupts(row.risk) for row in waiting)
    if not count:
        return
    next_time = calendar.next_time(moment)
    when = (
        f"{next_time.astimezone(BRUSSELS):%Y-%m-%d %H:%M}"
        if next_time
        else Sentence("un autre jour")
    )
    raise Conflict(
        Sentence(
            "Le plan %(plan_id)s pourrait interrompre des écoles sur %(count)s"
            " équipements, ce qui ne se fait pas maintenant",
            plan_id=plan_id,
            count=count,
        ),
        todo=Sentence(
            'lancez-le dès %(when)s, ou répondez-en nommément\u00a0: --now "NOM: POURQUOI"',
            when=when,
        ),
    )


def ask_plan(session: Session, plan_id: int, request: PlanRequest, *, by: str) -> PlanState:
    """Ask a plan to pause or to be cancelled, and return the state that it is in now.

    One that runs does so once the devices that are being changed have ended; one whose run was
    killed does so at once, and `resume` still settles what is in doubt. Raises NotFound, and
    Conflict for a plan that is over.
    """
    plan = plan_row(session, plan_id)
    if plan.state in (PlanState.DONE, PlanState.CANCELLED):
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0»\u00a0: il n’y reste"
                " rien à arrêter",
                plan_id=plan_id,
                state=PLAN_WORDS[plan.state],
            )
        )
    if plan.state is PlanState.RUNNING and holder_of(session, plan_resource(plan_id)):
        plan.asked, plan.asked_by = request, by
    elif plan.state is PlanState.RUNNING and request is PlanRequest.PAUSE:
        plan.state = PlanState.PAUSED
    elif request is PlanRequest.CANCEL:
        cancel_plan(session, plan, by)
    session.add(plan)
    return plan.state


def put_back_untouched(session: Session, plan_id: int) -> list[Doubtful]:
    """Let devices that a killed run had only read wait again; return those that are in doubt."""
    rows = session.exec(
        select(Push, Device)
        .join(Device, col(Device.id) == Push.device_id)
        .where(
            Push.plan_id == plan_id,
            col(Push.state).in_((PushState.SENDING, PushState.IN_DOUBT)),
        )
        .order_by(col(Push.id))
    ).all()
    doubtful: list[Doubtful] = []
    for push, device in rows:
        if standing(push.state, last_attempt(session, push)) is Standing.UNTOUCHED:
            push.state, push.started_at = PushState.PLANNED, None
            session.add(push)
        else:
            doubtful.append((push.id or 0, push.device_id, device.role in LEADING))
    return doubtful


def stop_plan(session: Session, plan: DeployPlan, stopped: Stopped, by: str) -> None:
    """Keep why a run ended before its last wave."""
    asked_by, plan.asked = plan.asked_by, None
    if stopped.state is PlanState.CANCELLED:
        cancel_plan(session, plan, asked_by or by)
        return
    plan.state = stopped.state
    plan.halt = {
        "wave": stopped.wave,
        "message": str(stopped.message),
        "wording": wording(stopped.message),
    }
    record_event(
        session,
        f"plan.{stopped.state}",
        Sentence("Plan n°\u00a0%(id)s arrêté\u00a0: %(why)s", id=plan.id or 0, why=stopped.message),
        body={"plan": plan.id, "wave": stopped.wave},
    )


def cancel_plan(session: Session, plan: DeployPlan, by: str) -> None:
    """End a plan: what was not begun is never sent, what was done stays."""
    plan.state, plan.asked, plan.finished_at = PlanState.CANCELLED, None, clock.now()
    for row in pushes_in(session, plan.id or 0, PushState.PLANNED):
        row.state, row.error_kind = PushState.SKIPPED, "Cancelled"
        row.error = f"the plan was cancelled by {by}"
        session.add(row)
    record_event(
        session,
        "plan.cancelled",
        Sentence("Plan n°\u00a0%(id)s annulé par %(who)s", id=plan.id or 0, who=by),
        body={"plan": plan.id},
    )


def close_plan(session: Session, plan: DeployPlan, states: dict[PushState, int]) -> None:
    """Keep that a plan is over, and tell how its devices ended."""
    plan.state, plan.asked, plan.finished_at = PlanState.DONE, None, clock.now()
    told = tuple(Sentence(_STATES[state], count=count) for state, count in states.items())
    record_event(
        session,
        "plan.done",
        Sentence("Plan n°\u00a0%(id)s terminé\u00a0: %(states)s", id=plan.id or 0, states=told),
        body={"plan": plan.id, "states": {str(state): n for state, n in states.items()}},
    )


_STATES = {
    PushState.PLANNED: N_("prévus\u00a0: %(count)s"),
    PushState.SENDING: N_("en cours\u00a0: %(count)s"),
    PushState.VERIFIED: N_("vérifiés\u00a0: %(count)s"),
    PushState.UNCHANGED: N_("inchangés\u00a0: %(count)s"),
    PushState.ROLLED_BACK: N_("rétablis\u00a0: %(count)s"),
    PushState.SKIPPED: N_("écartés\u00a0: %(count)s"),
    PushState.FAILED: N_("non envoyés\u00a0: %(count)s"),
    PushState.IN_DOUBT: N_("incertains\u00a0: %(count)s"),
}
