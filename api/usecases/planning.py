"""Plans: read every device, and freeze what each would be sent.

No database session is open while a device is spoken to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from api.usecases.deployment_report import PlanSummary, plan_status
from api.usecases.deployment_targets import Subject, pin_host_key, subjects_of
from api.usecases.displayed_forms import forms_of
from api.usecases.progress import Counter, Progress, quiet
from collectors.outcome import Outcome, fan_out
from collectors.ssh import open_session
from deploy.backup import digest, keep_backup
from deploy.conversation import Conversation
from deploy.plan import plan_change
from deploy.render import names_by_value
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, DeviceError, InvalidInput, NotFound, PreauError
from inventory.leases import device_resource, leases
from inventory.models import DeployPlan, Push, PushState
from inventory.secrets import Vault
from inventory.settings import Settings

_READ_LEASE_S = 900.0


@dataclass(frozen=True, slots=True)
class _Read:
    text: str = field(repr=False)
    host_key: str


def plan_deployment(
    database: Database,
    vault: Vault,
    settings: Settings,
    *,
    site_ids: Sequence[int] | None,
    actor: str,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Read the devices of the sites (None: of all), and freeze what each would be sent.

    A device that cannot be read or whose intent cannot be put on it is in the plan with its error.
    Raises NotFound when no device there can be configured.
    """
    with database.read() as session:
        subjects = subjects_of(session, vault, settings, site_ids)
    if not subjects:
        raise NotFound(
            "no device that can be configured is known there", todo="run: preau discover"
        )
    with database.write(actor) as session:
        plan = DeployPlan(
            created_at=clock.now(),
            created_by=actor,
            selection={"site_ids": list(site_ids) if site_ids is not None else None},
        )
        session.add(plan)
        session.flush()
        assert plan.id is not None
        plan_id = plan.id
    counter = Counter(on_progress, "reading configurations", len(subjects))

    def freeze(outcome: Outcome[Subject, _Read]) -> None:
        with database.write(actor) as session:
            _freeze(session, vault, plan_id, outcome)
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
    return plan_status(database, plan_id)


def _read(subject: Subject) -> _Read:
    if subject.error is not None:
        raise DeviceError(subject.error.what) from subject.error
    assert subject.target is not None
    with open_session(subject.target) as session:
        talk = Conversation(session, subject.configuration, names_by_value(subject.values))
        return _Read(talk.read(), session.host_key)


def _freeze(session: Session, vault: Vault, plan_id: int, outcome: Outcome[Subject, _Read]) -> None:
    subject = outcome.key
    row = Push(plan_id=plan_id, device_id=subject.device_id)
    error: PreauError | None = subject.error or outcome.error
    if error is None:
        read = outcome.unwrap()
        pin_host_key(session, subject, read.host_key)
        names = names_by_value(subject.values)
        scrubbed = subject.configuration.grammar.scrub(read.text, names)
        keep_backup(session, vault, subject.device_id, text=read.text, scrubbed=scrubbed)
        row.running_digest = digest(vault, read.text)
        try:
            forms = forms_of(
                session,
                vault,
                subject.device_id,
                subject.configuration.grammar,
                subject.values,
            )
            _fill(row, subject, read.text, forms(read.text))
        except InvalidInput as unfit:
            error = unfit
    if error is not None:
        row.state = PushState.FAILED
        row.error_kind, row.error = type(error).__name__, str(error)
    session.add(row)


def _fill(row: Push, subject: Subject, running: str, known: Mapping[str, str]) -> None:
    assert subject.intent is not None
    change = plan_change(subject.configuration, subject.intent, running, subject.values, known)
    row.intended = change.intended
    row.remediation = "\n".join(change.difference.remediation)
    row.rollback = "\n".join(change.difference.rollback)
    row.diff = change.difference.review
    row.risk = {
        "touches_path": bool(change.risk_reasons),
        "reasons": list(change.risk_reasons),
        "notes": list(change.notes),
    }
    row.state = PushState.PLANNED if change.difference else PushState.UNCHANGED
