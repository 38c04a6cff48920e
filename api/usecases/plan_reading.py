"""What every kind of plan does: read its devices under their leases, and close what was frozen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import select

from api.usecases.deployment_targets import Subject
from collectors.outcome import Outcome, fan_out
from collectors.ssh import open_session
from deploy.conversation import Conversation
from deploy.render import names_by_value
from deploy.risk import ApprovalRules, DeviceRisk, why_second_person
from inventory.database import Database
from inventory.errors import Conflict, DeviceError
from inventory.leases import device_resource, leases
from inventory.models import DeployPlan, Push, PushState
from inventory.settings import Settings

_LEASE_S = 900.0


@dataclass(frozen=True, slots=True)
class Read:
    """A running configuration, with its secrets, and the key of the host that showed it."""

    text: str = field(repr=False)
    host_key: str


def read_devices(
    database: Database,
    settings: Settings,
    subjects: Sequence[Subject],
    *,
    plan_id: int,
    actor: str,
    on_done: Callable[[Outcome[Subject, Read]], None],
) -> None:
    """Read what the devices run, and tell `on_done` of each; one that another holds has that error.

    The devices are held as long as they are read, so that nobody changes them meanwhile.
    """
    resources = [device_resource(subject.device_id) for subject in subjects]
    holder = f"plan {plan_id} by {actor}"
    with leases(database, resources, holder=holder, purpose="planning", ttl_s=_LEASE_S) as held:
        checked = [
            subject
            if device_resource(subject.device_id) in held
            else replace(subject, error=Conflict("another holds it", todo="plan again later"))
            for subject in subjects
        ]
        fan_out(read_configuration, checked, max_workers=settings.ssh_max_sessions, on_done=on_done)


def read_configuration(subject: Subject) -> Read:
    """Return what a device runs; raises DeviceError, also for why it cannot be spoken to."""
    if subject.error is not None:
        raise DeviceError(subject.error.what) from subject.error
    assert subject.target is not None
    with open_session(subject.target) as session:
        talk = Conversation(session, subject.configuration, names_by_value(subject.values))
        return Read(talk.read(), session.host_key)


def close_plan(
    database: Database, settings: Settings, plan_id: int, *, actor: str, urgent: bool = False
) -> None:
    """Say of a whole plan whether it needs a second person; until then it cannot be run.

    A plan whose planning was interrupted is never closed, and half of it is never sent. An `urgent`
    one, which takes back what did harm, waits for nobody.
    """
    rules = ApprovalRules(
        devices=settings.approval_devices,
        path_devices=settings.approval_path_devices,
        clients=settings.approval_clients,
    )
    with database.write(actor) as session:
        plan = session.get_one(DeployPlan, plan_id)
        changing = select(Push.risk).where(Push.plan_id == plan_id, Push.state == PushState.PLANNED)
        risks = [DeviceRisk.from_json(each) for each in session.exec(changing)]
        plan.risk = {"second_person": [] if urgent else why_second_person(risks, rules)}
        session.add(plan)
