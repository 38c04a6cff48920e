"""Deployment plans as people follow them: which there are, and how each device of one stands.

A person sees the plans that touch a device they may see, and of these only such devices.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from api.usecases.scope import Viewer, visible_devices
from inventory.errors import NotFound
from inventory.models import DeployPlan, Device, PlanState, Push, PushState, PushStep, Site
from inventory.sentences import Sentence

MAX_ROWS = 200
ENDED = frozenset(PushState) - {PushState.PLANNED, PushState.SENDING, PushState.IN_DOUBT}
"""The states in which nothing more happens to a device."""
FOLLOWED = frozenset({PlanState.FROZEN, PlanState.RUNNING, PlanState.PAUSED})
"""The states of a plan in which something may still happen to its devices by itself."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan and how many of its devices are in each state, in the order of the states."""

    plan: DeployPlan
    states: Mapping[PushState, int]

    @property
    def total(self) -> int:
        """Return how many devices the plan has."""
        return sum(self.states.values())

    @property
    def ended(self) -> int:
        """Return for how many devices it is over, well or not."""
        return sum(count for state, count in self.states.items() if state in ENDED)


@dataclass(frozen=True, slots=True)
class PlanList:
    """Some plans, newest first; `next` is the id that the next page begins before."""

    plans: tuple[PlanLine, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class PlanDevice:
    """One device of a plan, with its journal, oldest first."""

    row: Push
    device: str
    site_id: int | None
    site: str | None
    steps: tuple[PushStep, ...]


@dataclass(frozen=True, slots=True)
class PlanDevices:
    """Some devices of a plan, in the order in which they were planned."""

    devices: tuple[PlanDevice, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class DeviceProgress:
    """Where one push is. `step_id` grows with each step of its journal; 0 before the first."""

    push_id: int
    state: PushState
    step: str | None
    step_id: int
    finished_at: datetime | None
    wave: int | None = None


@dataclass(frozen=True, slots=True)
class WaveProgress:
    """How far one wave is: how many devices it has, and for how many it is over, well or not."""

    wave: int
    total: int
    ended: int


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """Where a plan is at one moment, by push id."""

    plan_id: int
    state: PlanState
    devices: Mapping[int, DeviceProgress]


def list_plans(
    session: Session, viewer: Viewer, *, before: int | None = None, limit: int = 50
) -> PlanList:
    """Return the plans that `viewer` may see, newest first, at most `limit` of them."""
    limit = max(1, min(limit, MAX_ROWS))
    touched = (
        select(Push.id)
        .join(Device, col(Device.id) == col(Push.device_id))
        .where(Push.plan_id == DeployPlan.id, visible_devices(viewer))
    )
    query = select(DeployPlan).where(touched.exists())
    if before is not None:
        query = query.where(col(DeployPlan.id) < before)
    rows = session.exec(query.order_by(col(DeployPlan.id).desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    counts = _counts(session, viewer, [row.id for row in shown if row.id])
    lines = tuple(PlanLine(row, counts.get(row.id or 0, {})) for row in shown)
    return PlanList(lines, shown[-1].id if len(rows) > limit else None)


def plan_line(session: Session, viewer: Viewer, plan_id: int) -> PlanLine:
    """Return one plan; raises NotFound when it is not there or touches nothing the viewer sees."""
    plan = session.get(DeployPlan, plan_id)
    states = _counts(session, viewer, [plan_id]).get(plan_id)
    if plan is None or not states:
        raise NotFound(Sentence("Il n’y a pas de plan n°%(id)s", id=plan_id))
    return PlanLine(plan, states)


def plan_devices(
    session: Session,
    viewer: Viewer,
    plan_id: int,
    *,
    state: PushState | None = None,
    after: int | None = None,
    limit: int = 50,
) -> PlanDevices:
    """Return the devices of a plan that `viewer` may see, at most `limit` of them."""
    limit = max(1, min(limit, MAX_ROWS))
    query = (
        select(Push, Device, Site.name)
        .join(Device, col(Device.id) == col(Push.device_id))
        .outerjoin(Site, col(Site.id) == col(Device.site_id))
        .where(Push.plan_id == plan_id, visible_devices(viewer))
    )
    if state is not None:
        query = query.where(Push.state == state)
    if after is not None:
        query = query.where(col(Push.id) > after)
    rows = session.exec(query.order_by(col(Push.id)).limit(limit + 1)).all()
    shown = rows[:limit]
    steps: dict[int, list[PushStep]] = {}
    journal = select(PushStep).where(col(PushStep.push_id).in_([push.id for push, _, _ in shown]))
    for step in session.exec(journal.order_by(col(PushStep.id))):
        steps.setdefault(step.push_id, []).append(step)
    found = tuple(
        PlanDevice(push, device.name, device.site_id, site, tuple(steps.get(push.id or 0, ())))
        for push, device, site in shown
    )
    return PlanDevices(found, shown[-1][0].id if len(rows) > limit else None)


def visible_pushes(session: Session, viewer: Viewer, plan_id: int) -> frozenset[int]:
    """Return the ids of the pushes of a plan that `viewer` may follow; raises NotFound for none."""
    found = session.exec(
        select(Push.id)
        .join(Device, col(Device.id) == col(Push.device_id))
        .where(Push.plan_id == plan_id, visible_devices(viewer))
    ).all()
    if not found:
        raise NotFound(Sentence("Il n’y a pas de plan n°%(id)s", id=plan_id))
    return frozenset(each for each in found if each is not None)


def journal_mark(session: Session, plan_ids: Collection[int]) -> tuple[object, ...]:
    """Return a value that changes whenever something happens to one of these plans.

    Cheap: the last step of any journal, and the states of the plans and of their devices, counted.
    """
    plans = select(DeployPlan.id, DeployPlan.state).where(col(DeployPlan.id).in_(plan_ids))
    pushes = (
        select(Push.plan_id, Push.state, func.count())
        .where(col(Push.plan_id).in_(plan_ids))
        .group_by(col(Push.plan_id), col(Push.state))
    )
    return (
        session.exec(select(func.max(PushStep.id))).one(),
        frozenset(session.exec(plans).all()),
        frozenset(session.exec(pushes).all()),
    )


def progress_of(session: Session, plan_ids: Collection[int]) -> dict[int, PlanProgress]:
    """Return where these plans are now; those that do not exist are left out."""
    last = (
        select(func.max(PushStep.id))
        .join(Push, col(Push.id) == col(PushStep.push_id))
        .where(col(Push.plan_id).in_(plan_ids))
        .group_by(col(PushStep.push_id))
    )
    steps = {
        push_id: (step_id or 0, step)
        for push_id, step_id, step in session.exec(
            select(PushStep.push_id, PushStep.id, PushStep.step).where(col(PushStep.id).in_(last))
        )
    }
    devices: dict[int, dict[int, DeviceProgress]] = {}
    for push in session.execute(
        sa_select(
            col(Push.plan_id), col(Push.id), col(Push.state), col(Push.finished_at), col(Push.wave)
        ).where(col(Push.plan_id).in_(plan_ids))
    ):
        step_id, step = steps.get(push.id, (0, None))
        devices.setdefault(push.plan_id, {})[push.id] = DeviceProgress(
            push.id, PushState(push.state), step, step_id, push.finished_at, push.wave
        )
    plans = session.exec(
        select(DeployPlan.id, DeployPlan.state).where(col(DeployPlan.id).in_(plan_ids))
    )
    return {
        plan_id: PlanProgress(plan_id, PlanState(state), devices.get(plan_id, {}))
        for plan_id, state in plans
        if plan_id is not None
    }


def waves_of(devices: Iterable[DeviceProgress]) -> list[WaveProgress]:
    """Return how far each wave is, in the order in which they are sent."""
    totals: Counter[int] = Counter()
    ended: Counter[int] = Counter()
    for device in devices:
        if device.wave is not None:
            totals[device.wave] += 1
            ended[device.wave] += device.state in ENDED
    return [WaveProgress(wave, totals[wave], ended[wave]) for wave in sorted(totals)]


def _counts(
    session: Session, viewer: Viewer, plan_ids: list[int]
) -> dict[int, dict[PushState, int]]:
    rows = session.exec(
        select(Push.plan_id, Push.state, func.count())
        .join(Device, col(Device.id) == col(Push.device_id))
        .where(col(Push.plan_id).in_(plan_ids), visible_devices(viewer))
        .group_by(col(Push.plan_id), col(Push.state))
    )
    found: dict[int, dict[PushState, int]] = {}
    for plan_id, state, count in rows:
        found.setdefault(plan_id, {})[PushState(state)] = count
    return {
        plan_id: {state: states[state] for state in PushState if state in states}
        for plan_id, states in found.items()
    }
