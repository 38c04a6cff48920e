"""The jobs process: the worker, and the clock that fills the queue."""

import signal
from types import FrameType

from api.jobs.schedule import add_webhooks, make_schedule
from api.jobs.worker import JobsWorker
from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings


def run_jobs(settings: Settings, database: Database, vault: Vault) -> None:
    """Run jobs until SIGTERM or SIGINT. Raises Misconfigured for a schedule that does not fit."""
    worker = JobsWorker(settings, database, vault)
    schedule = make_schedule(settings, database)
    add_webhooks(schedule, settings, database, vault)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    schedule.start()
    try:
        worker.run()
    finally:
        schedule.shutdown(wait=False)
