"""Running plans: begin one, go on after a kill or a pause, ask a running one to stop.

A plan is run by one process at a time, which holds its lease; whether somebody runs it is told by
that lease alone, so that a run that was killed is seen at once on its machine, and elsewhere once
the lease has expired. How a run proceeds is `rollout_run`'s.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from api.usecases.approvals import refuse_unapproved
from api.usecases.deployment_report import PlanSummary, plan_status, summary_of
from api.usecases.deployment_targets import subject_of
from api.usecases.plan_states import (
    Doubtful,
    ask_plan,
    close_plan,
    plan_row,
    pushes_in,
    put_back_untouched,
    refuse_school_hours,
    stop_plan,
    why_not_again,
)
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.push_work import PushWork
from api.usecases.rollback import undo_after_halt, unfinished_undo
from api.usecases.rollout_members import assign_waves
from api.usecases.rollout_options import calendar_of, options_of
from api.usecases.rollout_run import Rollout
from collectors.outcome import fan_out
from deploy.rollout import OnFailure, RolloutOptions
from inventory import clock
from inventory.database import Database
from inventory.leases import lasting_lease, plan_resource
from inventory.models import DeployPlan, PlanRequest, PlanState, PushState
from inventory.processes import settle
from inventory.secrets import Vault
from inventory.settings import Settings

_LEASE_S = 90.0
_MAY_GO_ON = (PlanState.RUNNING, PlanState.PAUSED, PlanState.HALTED)


@dataclass(frozen=True, slots=True)
class Here:
    """What running a plan needs of an installation, and in whose name."""

    database: Database
    vault: Vault
    settings: Settings
    actor: str
    tell: Progress = quiet

    def work(self, plan_id: int) -> PushWork:
        """Return what pushes the devices of a plan."""
        return PushWork(self.database, self.vault, self.settings, plan_id, self.actor)


def run_plan(
    database: Database,
    vault: Vault,
    settings: Settings,
    plan_id: int,
    *,
    actor: str,
    options: RolloutOptions | None = None,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Carry out a frozen plan, wave after wave, and return how each device ended.

    Where a wave does not prove itself the plan halts, and what the options say is taken back.
    Raises NotFound; Conflict when the plan is not frozen any more, another runs it, or it could
    interrupt schools in their hours and nobody answers for that; NotAllowed without the approval
    that it needs.
    """
    here = Here(database, vault, settings, actor, on_progress)
    with _held(here, plan_id):
        with database.write(actor) as session:
            plan = plan_row(session, plan_id)
            if plan.state is not PlanState.FROZEN:
                raise why_not_again(plan)
            refuse_unapproved(session, plan)
            chosen = options or options_of(plan, settings)
            refuse_school_hours(session, plan_id, chosen, calendar_of(here.settings))
            plan.options = chosen.model_dump(mode="json")
            plan.state, plan.started_at, plan.asked = PlanState.RUNNING, clock.now(), None
            assign_waves(session, plan_id, chosen)
        return _carry_out(here, plan_id, chosen)


def resume_plan(
    database: Database,
    vault: Vault,
    settings: Settings,
    plan_id: int,
    *,
    actor: str,
    now: str | None = None,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Go on with a plan that was killed, paused or halted, and return how each device ended.

    Every device in doubt is read back in a new session first: it is finished, or put back, and only
    then is anything sent. A plan that is over is only asked for its devices in doubt. `now` says
    who lets it interrupt schools in their hours, and why. Raises NotFound, and Conflict when there
    is nothing to go on with or another runs it.
    """
    here = Here(database, vault, settings, actor, on_progress)
    with _held(here, plan_id):
        _finish_undo(here, plan_id)
        with database.write(actor) as session:
            plan = plan_row(session, plan_id)
            doubtful = put_back_untouched(session, plan_id)
            if plan.state is PlanState.FROZEN or not (plan.state in _MAY_GO_ON or doubtful):
                raise why_not_again(plan)
            chosen = options_of(plan, settings, now=now)
            refuse_school_hours(session, plan_id, chosen, calendar_of(here.settings))
            forgiven = _ended(session, plan)
            over = plan.state not in _MAY_GO_ON
            if not over:
                plan.state, plan.asked, plan.halt = PlanState.RUNNING, None, None
                plan.options = chosen.model_dump(mode="json")
        _settle(here, plan_id, doubtful)
        if over:
            return plan_status(database, plan_id)
        return _carry_out(here, plan_id, chosen, forgiven)


def run_or_resume(
    database: Database,
    vault: Vault,
    settings: Settings,
    plan_id: int,
    *,
    actor: str,
    now: str | None = None,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Run a plan that is frozen, go on with any other; raises as these two."""
    with database.read() as session:
        plan = plan_row(session, plan_id)
        options = options_of(plan, settings, now=now)
    arguments = (database, vault, settings, plan_id)
    if plan.state is PlanState.FROZEN:
        return run_plan(*arguments, actor=actor, options=options, on_progress=on_progress)
    return resume_plan(*arguments, actor=actor, now=now, on_progress=on_progress)


def ask_of_plan(database: Database, plan_id: int, request: PlanRequest, *, actor: str) -> PlanState:
    """Ask a plan to pause or to be cancelled, as `plan_states.ask_plan`."""
    with database.write(actor) as session:
        return ask_plan(session, plan_id, request, by=actor)


def _carry_out(
    here: Here, plan_id: int, options: RolloutOptions, forgiven: frozenset[int] = frozenset()
) -> PlanSummary:
    with here.database.read() as session:
        left = len(pushes_in(session, plan_id, PushState.PLANNED))
    counter = Counter(here.tell, "pushing", left)
    settle()
    stopped = Rollout(
        here.work(plan_id), options, calendar_of(here.settings), counter, forgiven
    ).run()
    if stopped is None:
        return _close(here, plan_id)
    with here.database.write(here.actor) as session:
        stop_plan(session, plan_row(session, plan_id), stopped, here.actor)
    if stopped.state is PlanState.HALTED and options.on_failure is not OnFailure.HALT:
        wave = stopped.wave if options.on_failure is OnFailure.UNDO_WAVE else None
        _take_back(here, plan_id, wave)
    return plan_status(here.database, plan_id)


def _take_back(here: Here, plan_id: int, wave: int | None) -> None:
    undo_id = undo_after_halt(
        here.database, here.vault, here.settings, plan_id, wave=wave, actor=here.actor
    )
    if undo_id is not None:
        _run_undo(here, undo_id)


def _run_undo(here: Here, undo_id: int) -> None:
    """Run the plan that takes back: at once and at any hour, as what it undoes is harmful."""
    with here.database.read() as session:
        state = plan_row(session, undo_id).state
    arguments = (here.database, here.vault, here.settings, undo_id)
    if state is PlanState.FROZEN:
        options = RolloutOptions(
            waves="rest",
            on_failure=OnFailure.HALT,
            tolerated_percent=100,
            gate_s=0,
            now="a halted plan is taken back",
        )
        run_plan(*arguments, actor=here.actor, options=options, on_progress=here.tell)
    else:
        resume_plan(*arguments, actor=here.actor, on_progress=here.tell)


def _finish_undo(here: Here, plan_id: int) -> None:
    with here.database.read() as session:
        undo_id = unfinished_undo(session, plan_id)
    if undo_id is not None:
        _run_undo(here, undo_id)


def _settle(here: Here, plan_id: int, doubtful: Sequence[Doubtful]) -> None:
    """Bring the devices in doubt to a known end, first those that others are reached through."""
    work = here.work(plan_id)
    counter = Counter(here.tell, "reading back", len(doubtful))
    for leading in (True, False):
        with here.database.read() as session:
            subjects = [
                subject_of(session, here.vault, here.settings, device_id, push_id=push_id)
                for push_id, device_id, leads in doubtful
                if leads is leading
            ]
        fan_out(
            work.resume,
            subjects,
            max_workers=here.settings.ssh_max_sessions,
            on_done=counter.one_more,
        )


def _close(here: Here, plan_id: int) -> PlanSummary:
    with here.database.write(here.actor) as session:
        plan = plan_row(session, plan_id)
        close_plan(session, plan, summary_of(session, plan).states)
    return plan_status(here.database, plan_id)


@contextmanager
def _held(here: Here, plan_id: int) -> Iterator[None]:
    """Hold a plan during the block; raises Conflict while another runs it."""
    with lasting_lease(
        here.database,
        plan_resource(plan_id),
        holder=here.actor,
        purpose="running the plan",
        ttl_s=_LEASE_S,
    ):
        yield


def _ended(session: Session, plan: DeployPlan) -> frozenset[int]:
    """Return the pushes that a person knows of who goes on with a halted plan."""
    if plan.state is not PlanState.HALTED:
        return frozenset()
    ended = set(PushState) - {PushState.PLANNED}
    return frozenset(row.id or 0 for row in pushes_in(session, plan.id or 0, *ended))
