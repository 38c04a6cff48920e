"""Pushes: send what a plan froze, device by device, and say how each ended.

No database session is open while a device is spoken to: each device's row, journal and result are
written in short transactions of their own, so that a run that is killed leaves what is known.
"""

import structlog
from sqlmodel import Session, col, select

from api.usecases.deployment_report import PlanSummary, summary_of
from api.usecases.deployment_targets import Subject, pin_host_key, subject_of
from api.usecases.displayed_forms import forms_of, keep_forms
from api.usecases.progress import Counter, Progress, quiet
from collectors.outcome import Outcome, fan_out
from deploy.backup import digest, keep_backup
from deploy.push import PushOrder, PushResult, push
from deploy.render import names_by_value
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, NotFound
from inventory.events import record_event
from inventory.leases import device_resource, lease
from inventory.models import (
    DeployPlan,
    DeviceRole,
    PlanState,
    Push,
    PushState,
    PushStep,
)
from inventory.secrets import Vault
from inventory.sentences import N_, Sentence
from inventory.settings import Settings

log = structlog.get_logger()


def run_plan(
    database: Database,
    vault: Vault,
    settings: Settings,
    plan_id: int,
    *,
    actor: str,
    on_progress: Progress = quiet,
) -> PlanSummary:
    """Carry out a frozen plan and return how each device ended.

    Switches come first, one at a time within a site, since access points are reached through them;
    then the access points. Raises NotFound, or Conflict when the plan is not frozen any more.
    """
    with database.write(actor) as session:
        plan = session.get(DeployPlan, plan_id)
        if plan is None:
            raise NotFound(f"there is no plan {plan_id}", todo="run: preau deploy plan")
        if plan.state is not PlanState.FROZEN:
            raise Conflict(
                f"plan {plan_id} is {plan.state}, and a plan is run once",
                todo="make a new one: preau deploy plan",
            )
        plan.state = PlanState.RUNNING
    run = _Run(database, vault, settings, plan_id, actor)
    subjects = run.subjects()
    counter = _UnitCounter(on_progress, "pushing", sum(len(unit) for unit in subjects))
    switches = [unit for unit in subjects if unit[0].role is DeviceRole.SWITCH]
    others = [unit for unit in subjects if unit[0].role is not DeviceRole.SWITCH]
    for stage in (switches, others):
        fan_out(run.carry_out, stage, max_workers=settings.ssh_max_sessions, on_done=counter.count)
    return run.finish()


class _UnitCounter(Counter):
    """Counts the devices of the units that ended."""

    def count(self, done: Outcome[tuple[Subject, ...], None]) -> None:
        for _ in done.key:
            self.one_more()


class _Run:
    """One run of a plan."""

    def __init__(
        self, database: Database, vault: Vault, settings: Settings, plan_id: int, actor: str
    ) -> None:
        self.database = database
        self.vault = vault
        self.settings = settings
        self.plan_id = plan_id
        self.actor = actor

    def subjects(self) -> list[tuple[Subject, ...]]:
        """Return what is pushed: the switches of a site as one unit, other devices alone."""
        with self.database.read() as session:
            rows = session.exec(
                select(Push)
                .where(Push.plan_id == self.plan_id, Push.state == PushState.PLANNED)
                .order_by(col(Push.id))
            ).all()
            found = [
                subject_of(session, self.vault, self.settings, row.device_id, push_id=_id(row.id))
                for row in rows
            ]
        units: dict[tuple[str, int], list[Subject]] = {}
        for subject in found:
            together = subject.role is DeviceRole.SWITCH and subject.site_id is not None
            key = ("site", subject.site_id or 0) if together else ("device", subject.device_id)
            units.setdefault(key, []).append(subject)
        return [tuple(unit) for unit in units.values()]

    def carry_out(self, unit: tuple[Subject, ...]) -> None:
        """Push to each device of a unit in turn; one that fails stops nobody."""
        for subject in unit:
            self._record(subject, self._push(subject))

    def _push(self, subject: Subject) -> PushResult:
        if subject.error is not None:
            kind, text = type(subject.error).__name__, str(subject.error)
            return PushResult(PushState.FAILED, kind, text)
        ttl_s = 2.0 * self.settings.guard_s + 900.0
        try:
            with lease(
                self.database,
                device_resource(subject.device_id),
                holder=f"plan {self.plan_id} by {self.actor}",
                purpose="push",
                ttl_s=ttl_s,
            ):
                order = self._order(subject)
                return push(
                    order,
                    lambda text: digest(self.vault, text),
                    lambda step, note: self._journal(subject, step, note),
                )
        except Conflict as error:
            return PushResult(PushState.SKIPPED, "Conflict", str(error))
        except Exception as defect:
            # Whatever a defect of ours left on the device, its guard undoes; here nothing is known.
            log.exception("push_failed", device_id=subject.device_id, plan_id=self.plan_id)
            return PushResult(
                PushState.IN_DOUBT,
                type(defect).__name__,
                "the product failed on it; its guard restores what was not confirmed",
            )

    def _order(self, subject: Subject) -> PushOrder:
        assert subject.target is not None
        with self.database.write(self.actor) as session:
            row = _push_row(session, subject)
            row.state = PushState.SENDING
            row.started_at = clock.now()
            return PushOrder(
                target=subject.target,
                configuration=subject.configuration,
                running_digest=row.running_digest or "",
                intended=row.intended,
                remediation=row.remediation,
                values=subject.values,
                guard_s=self.settings.guard_s,
                known=forms_of(
                    session,
                    self.vault,
                    subject.device_id,
                    subject.configuration.grammar,
                    subject.values,
                ),
            )

    def _journal(self, subject: Subject, step: str, note: str | None) -> None:
        with self.database.write(self.actor) as session:
            row = _push_row(session, subject)
            if step == "arm_guard":
                row.state = PushState.IN_DOUBT  # until it is read back
            session.add(PushStep(push_id=_id(row.id), at=clock.now(), step=step, note=note))

    def _record(self, subject: Subject, result: PushResult) -> None:
        with self.database.write(self.actor) as session:
            row = _push_row(session, subject)
            row.state = result.state
            row.error_kind, row.error = result.error_kind, result.error
            row.finished_at = clock.now()
            if result.host_key:
                pin_host_key(session, subject, result.host_key)
            if result.shown:
                names = names_by_value(subject.values)
                scrubbed = subject.configuration.grammar.scrub(result.shown, names)
                kept = keep_backup(
                    session, self.vault, subject.device_id, text=result.shown, scrubbed=scrubbed
                )
                if result.state is PushState.VERIFIED:
                    row.verified_digest = kept.digest
            if result.state is PushState.VERIFIED:
                keep_forms(session, self.vault, subject.device_id, result.displayed, subject.values)
            record_event(
                session,
                f"push.{result.state}",
                Sentence(_MESSAGES[result.state], name=subject.name),
                site_id=subject.site_id,
                device_id=subject.device_id,
                body={"plan": self.plan_id, "push": _id(row.id), "error": result.error},
            )

    def finish(self) -> PlanSummary:
        """Close the plan and return how it ended."""
        with self.database.write(self.actor) as session:
            plan = session.get(DeployPlan, self.plan_id)
            assert plan is not None
            plan.state = PlanState.DONE
            plan.finished_at = clock.now()
            summary = summary_of(session, plan)
            told = tuple(
                Sentence(_STATES[state], count=count) for state, count in summary.states.items()
            )
            record_event(
                session,
                "plan.done",
                Sentence(
                    "Plan n°\u00a0%(id)s terminé\u00a0: %(states)s", id=self.plan_id, states=told
                ),
                body={
                    "plan": self.plan_id,
                    "states": {str(k): v for k, v in summary.states.items()},
                },
            )
        return summary


def _push_row(session: Session, subject: Subject) -> Push:
    row = session.get(Push, subject.push_id)
    assert row is not None
    return row


def _id(value: int | None) -> int:
    assert value is not None
    return value


_MESSAGES = {
    PushState.VERIFIED: N_("%(name)s\u00a0: configuration envoyée et vérifiée par relecture"),
    PushState.UNCHANGED: N_("%(name)s\u00a0: configuration déjà conforme"),
    PushState.ROLLED_BACK: N_(
        "%(name)s\u00a0: envoi annulé\u00a0; l’ancienne configuration est rétablie et relue"
    ),
    PushState.SKIPPED: N_("%(name)s\u00a0: rien n’a été envoyé, le plan ne correspond plus"),
    PushState.FAILED: N_("%(name)s\u00a0: rien n’a été envoyé"),
    PushState.IN_DOUBT: N_(
        "%(name)s\u00a0: état inconnu\u00a0; sa protection rétablit l’ancienne configuration"
    ),
}
_STATES = {
    PushState.PLANNED: N_("prévus\u00a0: %(count)s"),
    PushState.SENDING: N_("en cours\u00a0: %(count)s"),
    PushState.VERIFIED: N_("vérifiés\u00a0: %(count)s"),
    PushState.UNCHANGED: N_("inchangés\u00a0: %(count)s"),
    PushState.ROLLED_BACK: N_("rétablis\u00a0: %(count)s"),
    PushState.SKIPPED: N_("écartés\u00a0: %(count)s"),
    PushState.FAILED: N_("non envoyés\u00a0: %(count)s"),
    PushState.IN_DOUBT: N_("incertains\u00a0: %(count)s"),
}
