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
from deploy.plan import Planner
from deploy.render import names_by_value
from deploy.risk import armed_guard, device_risk
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound, PreauError
from inventory.models import DeployPlan, ObservationRecord, Push, PushState
from inventory.secrets import Vault
from inventory.settings import Settings

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
            self._keep(session, plan_id, read)
            for outcome in outcomes:
                subject = outcome.key
                row = Push(plan_id=plan_id, device_id=subject.device_id)
                error: PreauError | None = subject.error or outcome.error
                if error is None:
                    try:
                        self._fill(row, subject, outcome.unwrap(), forms, clients)
                    except InvalidInput as unfit:
                        error = unfit
                if error is not None:
                    row.state = PushState.FAILED
                    row.error_kind, row.error = type(error).__name__, str(error)
                session.add(row)

    def _keep(
        self, session: Session, plan_id: int, outcomes: Sequence[Outcome[Subject, Read]]
    ) -> None:
        readings = []
        for outcome in outcomes:
            subject, read = outcome.key, outcome.unwrap()
            pin_host_key(session, subject, read.host_key)
            names = names_by_value(subject.values)
            scrubbed = subject.configuration.grammar.scrub(read.text, names)
            readings.append(
                Reading(subject.device_id, read.text, scrubbed, self._actor, f"plan {plan_id}")
            )
        keep_backups(session, self._vault, readings)

    def _fill(
        self,
        row: Push,
        subject: Subject,
        read: Read,
        forms: FormBook,
        clients: Mapping[int, int],
    ) -> None:
        assert subject.intent is not None
        known = forms.known(
            subject.device_id, subject.configuration.grammar, subject.values, read.text
        )
        row.running_digest = digest(self._vault, read.text)
        change = self._planner.change(
            subject.configuration, subject.intent, read.text, subject.values, known
        )
        row.intended = change.intended
        row.remediation = "\n".join(change.difference.remediation)
        row.rollback = "\n".join(change.difference.rollback)
        row.diff = change.difference.review
        row.group_digest = change.group if change.difference else None
        interrupted = clients.get(subject.device_id) if change.difference else None
        reasons = change.risk_reasons
        guard = (
            armed_guard(subject.configuration, read.text, reasons) if change.difference else None
        )
        row.risk = device_risk(guard, reasons, change.notes, interrupted).to_json()
        row.state = PushState.PLANNED if change.difference else PushState.UNCHANGED


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
