"""How a plan stands, device by device."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.approvals import approvals_of
from inventory.database import Database
from inventory.errors import NotFound
from inventory.leases import holder_of, plan_resource
from inventory.models import DeployPlan, Device, PlanState, Push, PushState, Site
from inventory.sentences import worded

_ENDED_WELL = {PushState.VERIFIED, PushState.UNCHANGED, PushState.PLANNED, PushState.SENDING}


@dataclass(frozen=True, slots=True)
class PushSummary:
    """How one device of a plan stands. `lines` is the number of lines to send."""

    push_id: int
    device_id: int
    device: str
    site: str | None
    state: PushState
    lines: int
    touches_path: bool
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    clients: int | None
    group: str | None
    wave: int | None
    error_kind: str | None
    error: str | None

    @property
    def label(self) -> str:
        """Return the device's name with its site's, which tells the two `ap1` apart."""
        return f"{self.site} / {self.device}" if self.site else self.device


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A plan and how its devices stand; `states` counts them, in the order of the states.

    `second_person` says, in French, why another than its author must approve it; empty: nobody.
    `halted_for` says why it halted or paused, `undone_by` is the plan that took it back then. Of a
    running plan `run_by` is who runs it now; None: its run was killed, and `resume` goes on.
    """

    plan_id: int
    state: PlanState
    created_at: datetime
    created_by: str
    finished_at: datetime | None
    reason: str | None
    second_person: tuple[str, ...]
    approved_by: tuple[str, ...]
    halted_for: str | None
    undone_by: int | None
    run_by: str | None
    pushes: tuple[PushSummary, ...]

    @property
    def states(self) -> dict[PushState, int]:
        """Return how many devices are in each state that occurs."""
        counts = Counter(push.state for push in self.pushes)
        return {state: counts[state] for state in PushState if counts[state]}

    @property
    def failures(self) -> tuple[PushSummary, ...]:
        """Return the devices that did not end as intended."""
        return tuple(push for push in self.pushes if push.state not in _ENDED_WELL)

    def to_json(self) -> dict[str, Any]:
        """Return the form that scripts read."""
        return {
            "plan": self.plan_id,
            "state": self.state.value,
            "created_at": self.created_at.isoformat(),
            "created_by": self.created_by,
            "finished_at": self.finished_at.isoformat() if self.finished_at else None,
            "reason": self.reason,
            "second_person": list(self.second_person),
            "approved_by": list(self.approved_by),
            "halted_for": self.halted_for,
            "undone_by": self.undone_by,
            "run_by": self.run_by,
            "devices": len(self.pushes),
            "states": {state.value: count for state, count in self.states.items()},
            "pushes": [_push_json(push) for push in self.pushes],
            "failures": [
                {
                    "device": push.label,
                    "state": push.state.value,
                    "error_kind": push.error_kind,
                    "error": push.error,
                }
                for push in self.failures
            ],
        }


def summary_of(session: Session, plan: DeployPlan) -> PlanSummary:
    """Return how `plan` stands, in one query for all its devices."""
    assert plan.id is not None
    rows = session.exec(
        select(Push, Device.name, Site.name)
        .join(Device, col(Device.id) == Push.device_id)
        .join(Site, col(Site.id) == Device.site_id, isouter=True)
        .where(Push.plan_id == plan.id)
        .order_by(Site.name, Device.name, col(Push.id))
    ).all()
    halt = plan.halt or {}
    return PlanSummary(
        plan_id=plan.id,
        state=plan.state,
        created_at=plan.created_at,
        created_by=plan.created_by,
        finished_at=plan.finished_at,
        reason=plan.reason,
        second_person=tuple(worded("", each) for each in plan.risk.get("second_person", ())),
        approved_by=tuple(each.approved_by for each in approvals_of(session, plan.id)),
        halted_for=halt.get("message"),
        undone_by=halt.get("undo_plan"),
        run_by=holder_of(session, plan_resource(plan.id)),
        pushes=tuple(_push_summary(row, device, site) for row, device, site in rows),
    )


def plan_status(database: Database, plan_id: int | None = None) -> PlanSummary:
    """Return how a plan stands, the newest one without a number; raises NotFound."""
    with database.read() as session:
        query = select(DeployPlan).order_by(col(DeployPlan.id).desc()).limit(1)
        plan = session.get(DeployPlan, plan_id) if plan_id else session.exec(query).first()
        if plan is None:
            raise NotFound(
                f"there is no plan {plan_id}" if plan_id else "there is no plan yet",
                todo="run: preau deploy plan",
            )
        return summary_of(session, plan)


def _push_summary(row: Push, device: str, site: str | None) -> PushSummary:
    assert row.id is not None
    return PushSummary(
        push_id=row.id,
        device_id=row.device_id,
        device=device,
        site=site,
        state=row.state,
        lines=len(row.remediation.splitlines()),
        touches_path=bool(row.risk.get("touches_path")),
        reasons=tuple(row.risk.get("reasons", ())),
        notes=tuple(row.risk.get("notes", ())),
        clients=row.risk.get("clients"),
        group=row.group_digest,
        wave=row.wave,
        error_kind=row.error_kind,
        error=row.error,
    )


def _push_json(push: PushSummary) -> dict[str, Any]:
    return {
        "push": push.push_id,
        "device": push.device,
        "device_id": push.device_id,
        "site": push.site,
        "state": push.state.value,
        "lines": push.lines,
        "touches_path": push.touches_path,
        "reasons": list(push.reasons),
        "notes": list(push.notes),
        "clients": push.clients,
        "group": push.group,
        "wave": push.wave,
        "error_kind": push.error_kind,
        "error": push.error,
    }
