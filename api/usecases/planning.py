"""Plans: read every device, and freeze what each would be sent.

No database session is open while a device is spoken to.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.deployment_report import PlanSummary, plan_status
from api.usecases.deployment_targets import Subject, pin_host_key, subjects_of
from api.usecases.displayed_forms import FormBook
from api.usecases.plan_reading import Read, close_plan, read_devices
from api.usecases.planned_uplinks import with_uplinks_judged
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.selection import Selection, selected
from collectors.outcome import Outcome
from deploy.backup import Reading, digest, keep_backups
from deploy.plan import PlannedChange, Planner
from deploy.render import names_by_value
from deploy.risk import armed_guard, device_risk
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.models import DeployPlan, ObservationRecord, Push, PushState
from inventory.processes import settle
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.configuration import Configuration

BATCH = 25
"""How many devices are put into a plan at once: statements cost more than what they carry."""


def plan_deployment(
    database: Database,
    vault: Vault,
    settings: Settings,
    *,
    selection: Selection,
    actor: str,
    reason: str | None = None,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Read the chosen devices, and freeze what each would be sent.

    A device that cannot be read or whose intent cannot be put on it is in the plan with its error.
    Raises NotFound when no chosen device can be configured.
    """
    with database.read() as session:
        devices = selected(session, selection)
        subjects = with_uplinks_judged(session, subjects_of(session, vault, settings, devices))
    settle()
    if not subjects:
        raise NotFound(
            "no device that can be configured is known there", todo="run: preau discover"
        )
    planning = Planning(database, vault, actor)
    plan_id = planning.open(selection, reason)
    counter = Counter(on_progress, "reading configurations", len(subjects))

    waiting: list[Outcome[Subject, Read]] = []

    def freeze(outcome: Outcome[Subject, Read]) -> None:
        waiting.append(outcome)
        if len(waiting) >= BATCH:
            planning.freeze(plan_id, waiting)
            waiting.clear()
        counter.one_more()

    read_devices(database, settings, subjects, plan_id=plan_id, actor=actor, on_done=freeze)
    planning.freeze(plan_id, waiting)
    close_plan(database, settings, plan_id, actor=actor)
    return plan_status(database, plan_id)


class Planning:
    """The database's half of planning: what was read becomes a frozen plan."""

    def __init__(self, database: Database, vault: Vault, actor: str) -> None:
        self._database, self._vault = database, vault
        self._actor = actor
        self._planner = Planner()

    def open(self, selection: Selection, reason: str | None = None) -> int:
        """Make an empty plan and return its number."""
        with self._database.write(self._actor) as session:
            plan = DeployPlan(
                created_at=clock.now(),
                created_by=self._actor,
                selection=selection.to_json(),
                reason=reason,
            )
            session.add(plan)
            session.flush()
            assert plan.id is not None
            return plan.id

    def freeze(self, plan_id: int, outcomes: Sequence[Outcome[Subject, Read]]) -> None:
        """Put some devices with their changes, or their errors, into the plan."""
        with self._database.write(self._actor) as session:
            read = [each for each in outcomes if each.key.error is None and each.error is None]
            ids = [each.key.device_id for each in read]
            forms = FormBook(session, self._vault, ids)
            clients = newest_clients(session, ids)
            changes, readings = {}, []
            for each in read:
                subject, running = each.key, each.unwrap()
                pin_host_key(session, subject, running.host_key)
                grammar = subject.configuration.grammar
                known = forms.known(subject.device_id, grammar, subject.values, running.text)
                change = self._change(subject, running.text, known)
                changes[subject.device_id] = change
                masked = change.running if isinstance(change, PlannedChange) and not known else None
                readings.append(self._reading(plan_id, subject, running.text, masked))
            keep_backups(session, self._vault, readings)
            for outcome in outcomes:
                subject = outcome.key
                row = Push(plan_id=plan_id, device_id=subject.device_id)
                end = subject.error or outcome.error or changes[subject.device_id]
                if isinstance(end, PlannedChange):
                    row.running_digest = digest(self._vault, outcome.unwrap().text)
                    _fill(row, subject.configuration, end, clients.get(subject.device_id))
                else:
                    row.state = PushState.FAILED
                    row.error_kind, row.error = type(end).__name__, str(end)
                session.add(row)

    def _change(
        self, subject: Subject, running: str, known: Mapping[str, str]
    ) -> PlannedChange | InvalidInput:
        """Return the change of a device, or why its intent cannot be put on it."""
        assert subject.intent is not None
        try:
            return self._planner.change(
                subject.configuration, subject.intent, running, subject.values, known
            )
        except InvalidInput as unfit:
            return unfit

    def _reading(self, plan_id: int, subject: Subject, running: str, masked: str | None) -> Reading:
        """Return what was read as it is kept; `masked` is the same, where it is at hand."""
        if masked is None:
            names = names_by_value(subject.values)
            masked = subject.configuration.grammar.scrub(running, names)
        return Reading(subject.device_id, running, masked, self._actor, f"plan {plan_id}")


def _fill(
    row: Push, configuration: Configuration, change: PlannedChange, clients: int | None
) -> None:
    lines = change.difference
    row.intended = change.intended
    row.remediation = "\n".join(lines.remediation)
    row.rollback = "\n".join(lines.rollback)
    row.diff = lines.review
    row.group_digest = change.group if lines else None
    reasons = change.risk_reasons
    # Which guard it has, a device tells by what is no secret.
    guard = armed_guard(configuration, change.running, reasons) if lines else None
    risk = device_risk(guard, reasons, change.notes, clients if lines else None)
    row.risk = risk.to_json()
    row.state = PushState.PLANNED if lines else PushState.UNCHANGED


def newest_clients(session: Session, device_ids: Sequence[int]) -> dict[int, int]:
    """Return how many clients each device told of at its newest reading, where it told."""
    newest = (
        select(func.max(ObservationRecord.id))
        .where(col(ObservationRecord.device_id).in_(device_ids))
        .group_by(col(ObservationRecord.device_id))
    )
    rows = session.exec(
        select(ObservationRecord.device_id, ObservationRecord.body).where(
            col(ObservationRecord.id).in_(newest)
        )
    )
    found = {device_id: _clients(body) for device_id, body in rows}
    return {device_id: count for device_id, count in found.items() if count is not None}


def _clients(observation: Mapping[str, Any]) -> int | None:
    for part in ("wlans", "radios"):
        told: list[int | None] = [each["clients"] for each in observation.get(part, ())]
        if any(count is not None for count in told):
            return sum(count or 0 for count in told)
    return None
