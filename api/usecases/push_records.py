"""The database's half of a push: its order, its journal, how it ended. Short transactions only.

A step stands in the journal before it is taken, so that a run that is killed leaves what is known.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from api.usecases.deployment_targets import Subject, pin_host_key
from api.usecases.displayed_forms import forms_of, keep_forms
from api.usecases.switch_power import power_cutter
from deploy.attempt import Journal, PushOrder, PushResult, Step
from deploy.backup import Reading, digest, keep_backup, open_backup
from deploy.render import names_by_value
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict
from inventory.events import record_event
from inventory.models import ConfigBackup, DeployPlan, Push, PushState, PushStep, metadata
from inventory.secrets import Vault
from inventory.sentences import N_, Sentence
from inventory.settings import Settings

_NOTE_STEP = metadata.tables["push_step"].insert()


class PushRecords:
    """Reads orders and writes journals and results of one plan, in the name of `actor`."""

    def __init__(
        self, database: Database, vault: Vault, settings: Settings, plan_id: int, actor: str
    ) -> None:
        self._database = database
        self._vault = vault
        self._settings = settings
        self._plan_id = plan_id
        self._actor = actor

    def begin(self, subject: Subject) -> PushOrder:
        """Note that a push begins, and return its order."""
        with self._database.write(self._actor) as session:
            row = _row(session, subject)
            row.state = PushState.SENDING
            row.started_at = clock.now()
            row.finished_at = row.guard_until = row.error = row.error_kind = None
            return self._order(session, row, subject)

    def recovering(self, subject: Subject) -> PushOrder:
        """Return the order of a resume of a device in doubt, with what ran before and its journal.

        Raises Conflict when what ran before was not kept.
        """
        with self._database.read() as session:
            row = _row(session, subject)
            backup = session.exec(
                select(ConfigBackup).where(
                    ConfigBackup.device_id == subject.device_id,
                    ConfigBackup.digest == row.running_digest,
                )
            ).first()
            if backup is None:
                raise Conflict(
                    "the configuration of before was not kept", todo="look at the device yourself"
                )
            left_s = (row.guard_until - clock.now()).total_seconds() if row.guard_until else 0.0
            return self._order(
                session,
                row,
                subject,
                before=open_backup(self._vault, backup),
                steps=tuple(last_attempt(session, row)),
                guard_left_s=max(0.0, left_s),
            )

    def _order(
        self,
        session: Session,
        row: Push,
        subject: Subject,
        *,
        before: str = "",
        steps: tuple[str, ...] = (),
        guard_left_s: float = 0.0,
    ) -> PushOrder:
        assert subject.target is not None
        kept = session.get(ConfigBackup, row.backup_id) if row.backup_id else None
        return PushOrder(
            target=subject.target,
            configuration=subject.configuration,
            running_digest=row.running_digest or "",
            intended=row.intended,
            remediation=row.remediation,
            values=subject.values,
            guard_s=self._settings.guard_s,
            known=forms_of(
                session,
                self._vault,
                subject.device_id,
                subject.configuration.grammar,
                subject.values,
            ),
            touches_path=bool(row.risk.get("touches_path")),
            accepted_by=row.accepted_by,
            restores=open_backup(self._vault, kept) if kept else None,
            cut_power=power_cutter(
                session, self._vault, self._settings, subject.device_id, subject.configuration
            ),
            before=before,
            steps=steps,
            guard_left_s=guard_left_s,
        )

    def digest(self, text: str) -> str:
        """Return the keyed digest of a configuration."""
        return digest(self._vault, text)

    def journal(self, subject: Subject) -> Journal:
        """Return what writes the journal of one push."""

        def write(step: Step) -> None:
            now = clock.now()
            said = {
                "push_id": subject.push_id,
                "at": now,
                "step": step.name,
                "sent_lines": step.lines,
                "note": step.note,
            }
            if step.guard_ends_s is None:
                with self._database.append() as connection:
                    connection.execute(_NOTE_STEP, said)
                return
            # With the step itself: a guard that stands in the journal has its end told too.
            with self._database.write(self._actor) as session:
                row = _row(session, subject)
                row.state = PushState.IN_DOUBT  # until it is read back
                row.guard_until = now + timedelta(seconds=step.guard_ends_s)
                session.execute(_NOTE_STEP, said)

        return write

    def record(self, subject: Subject, result: PushResult) -> None:
        """Keep how a push or a resume of a device ended."""
        with self._database.write(self._actor) as session, session.no_autoflush:
            row = _row(session, subject)
            row.state = result.state
            row.error_kind, row.error = result.error_kind, result.error
            row.finished_at = None if result.state is PushState.PLANNED else clock.now()
            if result.host_key:
                pin_host_key(session, subject, result.host_key)
            if result.shown:
                self._keep_shown(session, row, subject, result)
            if result.state is PushState.VERIFIED:
                keep_forms(
                    session, self._vault, subject.device_id, result.displayed, subject.values
                )
                self._note_taken_back(session, row)
            record_event(
                session,
                f"push.{result.state}",
                Sentence(_MESSAGES[result.state], name=subject.name),
                site_id=subject.site_id,
                device_id=subject.device_id,
                body={"plan": self._plan_id, "push": row.id, "error": result.error},
            )

    def _keep_shown(
        self, session: Session, row: Push, subject: Subject, result: PushResult
    ) -> None:
        shown = result.shown or ""
        scrubbed = subject.configuration.grammar.scrub(shown, names_by_value(subject.values))
        kept = keep_backup(
            session,
            self._vault,
            Reading(subject.device_id, shown, scrubbed, self._actor, f"plan {self._plan_id}"),
        )
        if result.state is PushState.VERIFIED:
            row.verified_digest = kept.digest

    def _note_taken_back(self, session: Session, row: Push) -> None:
        """Say of the push that this one took back that the device is as it was before it."""
        plan = session.get_one(DeployPlan, self._plan_id)
        if plan.rolls_back_id is None:
            return
        first = session.exec(
            select(Push).where(
                Push.plan_id == plan.rolls_back_id,
                Push.device_id == row.device_id,
                Push.state == PushState.VERIFIED,
            )
        ).first()
        if first is not None:
            first.state = PushState.ROLLED_BACK
            first.error_kind = "RolledBack"
            first.error = f"plan {self._plan_id} took it back"
            session.add(first)


def last_attempt(session: Session, row: Push) -> list[str]:
    """Return the steps of a push since it last began, oldest first."""
    steps: Sequence[str] = session.exec(
        select(PushStep.step).where(PushStep.push_id == row.id).order_by(col(PushStep.id))
    ).all()
    begun = max((place for place, step in enumerate(steps) if step == "read"), default=0)
    return list(steps[begun:])


def _row(session: Session, subject: Subject) -> Push:
    return session.get_one(Push, subject.push_id)


_MESSAGES = {
    PushState.PLANNED: N_(
        "%(name)s\u00a0: l’ancienne configuration est relue\u00a0; l’envoi peut reprendre"
    ),
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
