"""Taking a plan back: a new plan, from the journal, that brings each device to what ran before.

It is frozen, reviewed and run as any other. A device that is not as the plan left it any more is in
the new plan with that error, and is not touched.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from api.usecases.deployment_report import PlanSummary
from api.usecases.progress import Progress, quiet
from api.usecases.restoring import Restore, plan_restore
from inventory.database import Database
from inventory.errors import NotFound
from inventory.models import ConfigBackup, DeployPlan, PlanState, Push, PushState
from inventory.secrets import Vault
from inventory.settings import Settings

_OVER = (PlanState.DONE, PlanState.CANCELLED)


def plan_rollback(
    database: Database,
    vault: Vault,
    settings: Settings,
    plan_id: int,
    *,
    actor: str,
    wave: int | None = None,
    reason: str | None = None,
    urgent: bool = False,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Freeze a plan that takes back what a plan verified, in one wave of it or in all.

    An `urgent` one, of a plan that halted, needs nobody's approval.

    Raises NotFound when there is no such plan, or nothing of it that could be taken back.
    """
    with database.read() as session:
        if session.get(DeployPlan, plan_id) is None:
            raise NotFound(f"there is no plan {plan_id}", todo="run: preau deploy status")
        restores = _restores(session, plan_id, wave)
    if not restores:
        raise NotFound(f"plan {plan_id} left no verified change that could be taken back")
    return plan_restore(
        database,
        vault,
        settings,
        restores,
        actor=actor,
        reason=reason or f"plan {plan_id} is taken back",
        rolls_back_id=plan_id,
        urgent=urgent,
        on_progress=on_progress,
    )


def undo_after_halt(
    database: Database,
    vault: Vault,
    settings: Settings,
    plan_id: int,
    *,
    wave: int | None,
    actor: str,
) -> int | None:
    """Freeze the plan that takes back a halted one, or its wave; None: nothing was verified."""
    try:
        undo = plan_rollback(
            database,
            vault,
            settings,
            plan_id,
            actor=actor,
            wave=wave,
            reason=f"plan {plan_id} halted" + (f" in wave {wave}" if wave else ""),
            urgent=True,
        )
    except NotFound:
        return None
    with database.write(actor) as session:
        plan = session.get_one(DeployPlan, plan_id)
        plan.halt = {**(plan.halt or {}), "undo_plan": undo.plan_id}
    return undo.plan_id


def unfinished_undo(session: Session, plan_id: int) -> int | None:
    """Return the plan that takes back a halted one and was not carried out to its end."""
    plan = session.get(DeployPlan, plan_id)
    undo_id = ((plan.halt if plan else None) or {}).get("undo_plan")
    undo = session.get(DeployPlan, undo_id) if undo_id else None
    return undo.id if undo is not None and undo.state not in _OVER else None


def _restores(session: Session, plan_id: int, wave: int | None) -> Sequence[Restore]:
    query = (
        select(Push, ConfigBackup)
        .join(
            ConfigBackup,
            (col(ConfigBackup.device_id) == Push.device_id)
            & (col(ConfigBackup.digest) == Push.running_digest),
        )
        .where(Push.plan_id == plan_id, Push.state == PushState.VERIFIED)
        .order_by(col(Push.id).desc())
    )
    if wave is not None:
        query = query.where(Push.wave == wave)
    return [
        Restore(push.device_id, backup.id or 0, only_if=push.verified_digest)
        for push, backup in session.exec(query)
    ]
