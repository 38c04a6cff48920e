"""Plans: read every device, and freeze what each would be sent.

No database session is open while a device is spoken to.
"""

from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, select

from api.usecases.deployment_report import PlanSummary, plan_status
from api.usecases.deployment_targets import Subject, pin_host_key, subjects_of
from api.usecases.displayed_forms import forms_of
from api.usecases.planned_uplinks import with_uplinks_judged
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.selection import Selection, selected
from collectors.outcome import Outcome, fan_out
from collectors.ssh import open_session
from deploy.backup import digest, keep_backup
from deploy.conversation import Conversation
from deploy.plan import Planner
from deploy.render import names_by_value
from deploy.risk import ApprovalRules, DeviceRisk, device_risk, why_second_person
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, DeviceError, InvalidInput, NotFound, PreauError
from inventory.leases import device_resource, leases
from inventory.models import DeployPlan, ObservationRecord, Push, PushState
from inventory.secrets import Vault
from inventory.settings import Settings

_READ_LEASE_S = 900.0


@dataclass(frozen=True, slots=True)
class Read:
    """A running configuration, with its secrets, and the key of the host that showed it."""

    text: str = field(repr=False)
    host_key: str


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
    planning = Planning(database, vault, settings, actor)
    plan_id = planning.open(selection, reason)
    counter = Counter(on_progress, "reading configurations", len(subjects))

    def freeze(outcome: Outcome[Subject, Read]) -> None:
        planning.freeze(plan_id, outcome)
        counter.one_more()

    holder = f"plan {plan_id} by {actor}"
    resources = [device_resource(subject.device_id) for subject in subjects]
    with leases(
        database, resources, holder=holder, purpose="planning", ttl_s=_READ_LEASE_S
    ) as held:
        checked = [
            subject
            if device_resource(subject.device_id) in held
            else replace(subject, error=Conflict("another holds it", todo="plan again later"))
            for subject in subjects
        ]
        fan_out(_read, checked, max_workers=settings.ssh_max_sessions, on_done=freeze)
    planning.close(plan_id)
    return plan_status(database, plan_id)


def _read(subject: Subject) -> Read:
    if subject.error is not None:
        raise DeviceError(subject.error.what) from subject.error
    assert subject.target is not None
    with open_session(subject.target) as session:
        talk = Conversation(session, subject.configuration, names_by_value(subject.values))
        return Read(talk.read(), session.host_key)


class Planning:
    """The database's half of planning: what was read becomes a frozen plan."""

    def __init__(self, database: Database, vault: Vault, settings: Settings, actor: str) -> None:
        self._database, self._vault, self._settings = database, vault, settings
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

    def freeze(self, plan_id: int, outcome: Outcome[Subject, Read]) -> None:
        """Put one device with its change, or its error, into the plan."""
        subject = outcome.key
        row = Push(plan_id=plan_id, device_id=subject.device_id)
        error: PreauError | None = subject.error or outcome.error
        with self._database.write(self._actor) as session:
            if error is None:
                try:
                    self._fill(session, row, subject, outcome.unwrap())
                except InvalidInput as unfit:
                    error = unfit
            if error is not None:
                row.state = PushState.FAILED
                row.error_kind, row.error = type(error).__name__, str(error)
            session.add(row)

    def close(self, plan_id: int) -> None:
        """Say of the whole plan what its reviewers must know."""
        rules = ApprovalRules(
            devices=self._settings.approval_devices,
            path_devices=self._settings.approval_path_devices,
            clients=self._settings.approval_clients,
        )
        with self._database.write(self._actor) as session:
            plan = session.get(DeployPlan, plan_id)
            assert plan is not None
            changing = select(Push.risk).where(
                Push.plan_id == plan_id, Push.state == PushState.PLANNED
            )
            risks = [DeviceRisk.from_json(each) for each in session.exec(changing)]
            plan.risk = {"second_person": why_second_person(risks, rules)}
            session.add(plan)

    def _fill(self, session: Session, row: Push, subject: Subject, read: Read) -> None:
        assert subject.intent is not None
        pin_host_key(session, subject, read.host_key)
        grammar = subject.configuration.grammar
        scrubbed = grammar.scrub(read.text, names_by_value(subject.values))
        keep_backup(
            session,
            self._vault,
            subject.device_id,
            text=read.text,
            scrubbed=scrubbed,
            by=self._actor,
            reason=f"plan {row.plan_id}",
        )
        row.running_digest = digest(self._vault, read.text)
        forms = forms_of(session, self._vault, subject.device_id, grammar, subject.values)
        change = self._planner.change(
            subject.configuration, subject.intent, read.text, subject.values, forms(read.text)
        )
        row.intended = change.intended
        row.remediation = "\n".join(change.difference.remediation)
        row.rollback = "\n".join(change.difference.rollback)
        row.diff = change.difference.review
        row.group_digest = change.group if change.difference else None
        clients = newest_clients(session, subject.device_id) if change.difference else None
        row.risk = device_risk(
            subject.configuration, change.risk_reasons, change.notes, clients
        ).to_json()
        row.state = PushState.PLANNED if change.difference else PushState.UNCHANGED


def newest_clients(session: Session, device_id: int) -> int | None:
    """Return how many clients a device told of at its newest reading, None when it told nothing."""
    body = session.exec(
        select(ObservationRecord.body)
        .where(ObservationRecord.device_id == device_id)
        .order_by(col(ObservationRecord.at).desc())
        .limit(1)
    ).first()
    for part in ("wlans", "radios"):
        told: list[int | None] = [each["clients"] for each in (body or {}).get(part, ())]
        if any(count is not None for count in told):
            return sum(count or 0 for count in told)
    return None
