"""Pushing to one device, and resuming one: its lease, its order, its end kept whatever happens."""

from dataclasses import dataclass

import structlog

from api.usecases.deployment_targets import Subject
from api.usecases.push_records import PushRecords
from deploy.push import PushResult, push
from deploy.recovery import recover
from inventory.database import Database
from inventory.errors import Conflict
from inventory.leases import device_resource, lease
from inventory.models import PushState
from inventory.secrets import Vault
from inventory.settings import Settings

_WAIT_S = 60.0  # for a reading of the same device to end
_MARGIN_S = 900.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PushWork:
    """What pushing the devices of one plan needs."""

    database: Database
    vault: Vault
    settings: Settings
    plan_id: int
    actor: str

    @property
    def records(self) -> PushRecords:
        """Return the database's half."""
        return PushRecords(self.database, self.vault, self.settings, self.plan_id, self.actor)

    def push(self, subject: Subject) -> PushState:
        """Push to one device, keep how it ended and return it; nothing is raised."""
        return self._keep(subject, self._attempt(subject, resume=False))

    def resume(self, subject: Subject) -> PushState:
        """Bring one device in doubt to a known end, keep it and return it; nothing is raised."""
        return self._keep(subject, self._attempt(subject, resume=True))

    def _keep(self, subject: Subject, result: PushResult) -> PushState:
        self.records.record(subject, result)
        return result.state

    def _attempt(self, subject: Subject, *, resume: bool) -> PushResult:
        untouched = PushState.IN_DOUBT if resume else PushState.FAILED
        if subject.error is not None:
            return PushResult(untouched, type(subject.error).__name__, str(subject.error))
        try:
            with lease(
                self.database,
                device_resource(subject.device_id),
                holder=f"plan {self.plan_id} by {self.actor}",
                purpose="push",
                ttl_s=2.0 * self.settings.guard_s + _MARGIN_S,
                wait_s=_WAIT_S,
            ):
                journal = self.records.journal(subject)
                if resume:
                    return recover(self.records.recovering(subject), journal)
                return push(self.records.begin(subject), self.records.digest, journal)
        except Conflict as error:
            state = PushState.IN_DOUBT if resume else PushState.SKIPPED
            return PushResult(state, "Conflict", str(error))
        except Exception as defect:
            # Whatever a defect of ours left on the device, its guard undoes; here nothing is known.
            log.exception("push_failed", device_id=subject.device_id, plan_id=self.plan_id)
            return PushResult(
                PushState.IN_DOUBT,
                type(defect).__name__,
                "the product failed on it; its guard restores what was not confirmed",
            )
