"""How a plan stands, and its changes grouped so that a person can review a thousand devices."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.approvals import approvals_of
from inventory.database import Database
from inventory.errors import NotFound
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
    """

    plan_id: int
    state: PlanState
    created_at: datetime
    created_by: str
    finished_at: datetime | None
    reason: str | None
    second_person: tuple[str, ...]
    approved_by: tuple[str, ...]
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


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The part of the diffs that is the same on these devices, and on these only."""

    devices: tuple[str, ...]
    diff: str


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
    return PlanSummary(
        plan_id=plan.id,
        state=plan.state,
        created_at=plan.created_at,
        created_by=plan.created_by,
        finished_at=plan.finished_at,
        reason=plan.reason,
        second_person=tuple(worded("", each) for each in plan.risk.get("second_person", ())),
        approved_by=tuple(each.approved_by for each in approvals_of(session, plan.id)),
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


def grouped_changes(database: Database, plan_id: int) -> list[ChangeGroup]:
    """Return the changes of a plan, the most shared first; raises NotFound for an unknown plan.

    Sections of configuration that change in the same way on the same devices are shown once.
    """
    with database.read() as session:
        plan = session.get(DeployPlan, plan_id)
        if plan is None:
            raise NotFound(f"there is no plan {plan_id}", todo="run: preau deploy plan")
        labels = {push.push_id: push.label for push in summary_of(session, plan).pushes}
        diffs = session.exec(
            select(Push.id, Push.diff)
            .where(Push.plan_id == plan_id, Push.diff != "")
            .order_by(col(Push.id))
        ).all()
    devices_of: defaultdict[str, list[str]] = defaultdict(list)
    for push_id, diff in diffs:
        for section in sections_of(diff):
            devices_of[section].append(labels[push_id or 0])
    together: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for section, devices in devices_of.items():
        together[tuple(devices)].append(section)
    groups = [ChangeGroup(devices, "".join(parts)) for devices, parts in together.items()]
    return sorted(groups, key=lambda group: (-len(group.devices), group.devices))


def sections_of(diff: str) -> list[str]:
    """Return a reviewed diff cut at its headers (`deploy.difference.review`)."""
    sections: list[str] = []
    for line in diff.splitlines(keepends=True):
        if sections and line[1:].startswith("     "):
            sections[-1] += line
        else:
            sections.append(line)
    return sections


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
        "error_kind": push.error_kind,
        "error": push.error,
    }
