"""Bringing kept configurations back: a plan whose intended text is a backup's, frozen as any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.usecases.deployment_report import PlanSummary, plan_status
from api.usecases.deployment_targets import Subject, pin_host_key, subjects_of
from api.usecases.displayed_forms import forms_of
from api.usecases.plan_reading import Read, close_plan, read_devices
from api.usecases.planning import newest_clients
from api.usecases.progress import Counter, Progress, quiet
from collectors.outcome import Outcome
from deploy.backup import Reading, digest, keep_backup, open_backup
from deploy.difference import difference, remediation
from deploy.plan import group_digest
from deploy.render import names_by_value
from deploy.risk import armed_guard, device_risk
from inventory import clock
from inventory.database import Database
from inventory.errors import DeviceError, NotFound, PreauError
from inventory.models import ConfigBackup, DeployPlan, Device, Push, PushState
from inventory.secrets import Vault
from inventory.settings import Settings


@dataclass(frozen=True, slots=True)
class Restore:
    """A configuration to bring back; with `only_if` only while that digest is of what runs now."""

    device_id: int
    backup_id: int
    only_if: str | None = None


def plan_restore(
    database: Database,
    vault: Vault,
    settings: Settings,
    restores: Sequence[Restore],
    *,
    actor: str,
    reason: str,
    rolls_back_id: int | None = None,
    urgent: bool = False,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Read the devices, and freeze a plan that gives each its kept configuration back.

    A device that cannot be read, or is not as `only_if` says, is in the plan with its error. An
    `urgent` plan needs nobody's approval. Raises NotFound when none of the devices exists.
    """
    wanted = {each.device_id: each for each in restores}
    with database.read() as session:
        devices = session.exec(select(Device).where(col(Device.id).in_(wanted))).all()
        subjects = subjects_of(session, vault, settings, devices)
    if not subjects:
        raise NotFound("no device that a configuration could be brought back to is known")
    with database.write(actor) as session:
        plan = DeployPlan(
            created_at=clock.now(),
            created_by=actor,
            selection={"device_ids": sorted(wanted)},
            reason=reason,
            rolls_back_id=rolls_back_id,
        )
        session.add(plan)
        session.flush()
        plan_id = plan.id or 0
    freezing = _Freezing(database, vault, plan_id, wanted, actor)
    counter = Counter(on_progress, "reading configurations", len(subjects))

    def freeze(outcome: Outcome[Subject, Read]) -> None:
        freezing.freeze(outcome)
        counter.one_more()

    read_devices(database, settings, subjects, plan_id=plan_id, actor=actor, on_done=freeze)
    close_plan(database, settings, plan_id, actor=actor, urgent=urgent)
    return plan_status(database, plan_id)


@dataclass(frozen=True, slots=True)
class _Freezing:
    """Puts devices into a plan that restores."""

    database: Database
    vault: Vault
    plan_id: int
    wanted: Mapping[int, Restore]
    actor: str

    def freeze(self, outcome: Outcome[Subject, Read]) -> None:
        subject = outcome.key
        restore = self.wanted[subject.device_id]
        row = Push(plan_id=self.plan_id, device_id=subject.device_id, backup_id=restore.backup_id)
        error: PreauError | None = subject.error or outcome.error
        with self.database.write(self.actor) as session:
            if error is None:
                try:
                    self._fill(session, row, subject, outcome.unwrap(), restore)
                except DeviceError as unfit:
                    error = unfit
            if error is not None:
                row.state = PushState.FAILED
                row.error_kind, row.error = type(error).__name__, str(error)
            session.add(row)

    def _fill(
        self, session: Session, row: Push, subject: Subject, read: Read, restore: Restore
    ) -> None:
        pin_host_key(session, subject, read.host_key)
        configuration = subject.configuration
        grammar = configuration.grammar
        names = names_by_value(subject.values)
        kept = keep_backup(
            session,
            self.vault,
            Reading(
                subject.device_id,
                read.text,
                grammar.scrub(read.text, names),
                self.actor,
                f"plan {self.plan_id}",
            ),
        )
        if restore.only_if is not None and kept.digest != restore.only_if:
            row.state, row.error_kind = PushState.SKIPPED, "Conflict"
            row.error = "its configuration changed since, so it is left as it is"
            return
        wanted = open_backup(self.vault, session.get_one(ConfigBackup, restore.backup_id))
        forms = forms_of(session, self.vault, subject.device_id, grammar, subject.values)
        names = {**names, **forms(read.text)}
        running, intended = grammar.scrub(read.text, names), grammar.scrub(wanted, names)
        change = difference(grammar, running, intended)
        row.running_digest = digest(self.vault, read.text)
        row.intended = intended
        row.remediation = "\n".join(change.remediation)
        row.rollback = "\n".join(change.rollback)
        row.diff = change.review
        row.group_digest = group_digest(configuration, change) if change else None
        vlan = subject.intent.management_vlan if subject.intent else None
        reasons = configuration.risk(running, intended, vlan).reasons if change else ()
        clients = newest_clients(session, [subject.device_id]).get(subject.device_id)
        # Two secrets may differ where their masked texts do not: the full texts decide.
        differs = bool(remediation(grammar, read.text, wanted))
        guard = armed_guard(configuration, read.text, reasons) if differs else None
        row.risk = device_risk(guard, reasons, (), clients).to_json()
        row.state = PushState.PLANNED if differs else PushState.UNCHANGED
