"""The worker: a few threads that claim jobs and run them, and one that says they are alive."""

import os
import secrets
import socket
import threading
import time

import structlog

from api.jobs import queue
from api.jobs.functions import FUNCTIONS, JobContext, repeatable_kinds
from inventory.database import Database
from inventory.errors import PreauError
from inventory.secrets import Vault
from inventory.settings import Settings

log = structlog.get_logger()

SLOTS = 3  # a long audit of every site leaves room for a person's single site
IDLE_S = 0.5
PROGRESS_EVERY_S = 1.0
STOP_GRACE_S = 10.0


class _Teller:
    """Notes a job's progress, at most once a second: others want to write too."""

    def __init__(self, database: Database, worker: str, job_id: int) -> None:
        self._database, self._worker, self._job_id = database, worker, job_id
        self._next_at = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + PROGRESS_EVERY_S
        progress: dict[str, str | int] = {"step": step, "done": done, "total": total}
        queue.note_progress(self._database, self._worker, self._job_id, progress)


class JobsWorker:
    """Runs the jobs of one process until it is told to stop."""

    def __init__(self, settings: Settings, database: Database, vault: Vault) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._settings = settings
        self._database = database
        self._vault = vault
        self._stop = threading.Event()

    def stop(self) -> None:
        """Claim no more; safe to call from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Run jobs until `stop`; what cannot end in time then goes back into the queue."""
        queue.beat(self._database, self.name)
        self._recover()
        # Daemon threads: a device that hangs must not keep the process from ending.
        slots = [
            threading.Thread(target=self._serve_slot, daemon=True, name=f"slot-{number}")
            for number in range(SLOTS)
        ]
        for slot in slots:
            slot.start()
        log.info("jobs_ready", worker=self.name, kinds=sorted(FUNCTIONS))
        while not self._stop.wait(queue.HEARTBEAT_S):
            self._beat()
        self._end(slots)

    def run_one(self) -> bool:
        """Claim and run one job; returns whether there was one."""
        claim = queue.claim(self._database, self.name, sorted(FUNCTIONS))
        if claim is None:
            return False
        with structlog.contextvars.bound_contextvars(job_id=claim.job_id, kind=claim.kind):
            log.info("job_started", requested_by=claim.requested_by)
            result, error = self._attempt(claim)
            queue.finish(self._database, self.name, claim.job_id, result=result, error=error)
            log.info("job_finished", ok=error is None, error=error)
        return True

    def _attempt(self, claim: queue.Claim) -> tuple[dict[str, object] | None, str | None]:
        context = JobContext(
            settings=self._settings,
            database=self._database,
            vault=self._vault,
            actor=claim.requested_by,
            tell=_Teller(self._database, self.name, claim.job_id),
        )
        try:
            return FUNCTIONS[claim.kind].run(context, claim.arguments), None
        except PreauError as error:
            return None, error.as_sentence()
        except Exception as defect:
            log.exception("job_failed")
            return None, f"the product failed on it: {type(defect).__name__}; see the log"

    def _serve_slot(self) -> None:
        while not self._stop.is_set():
            try:
                busy = self.run_one()
            except Exception:
                # The database went away: the slot outlives it.
                log.exception("job_slot_failed")
                busy = False
            if not busy:
                self._stop.wait(IDLE_S)

    def _beat(self) -> None:
        try:
            queue.beat(self._database, self.name)
            self._recover()
        except Exception:
            log.exception("heartbeat_failed")

    def _recover(self) -> None:
        recovered = queue.recover(self._database, self.name, repeatable_kinds())
        if recovered:
            log.warning("jobs_recovered", count=recovered)

    def _end(self, slots: list[threading.Thread]) -> None:
        log.info("jobs_stopping", worker=self.name)
        share_s = STOP_GRACE_S / len(slots)
        for slot in slots:
            slot.join(share_s)
        queue.leave(self._database, self.name, repeatable_kinds())
