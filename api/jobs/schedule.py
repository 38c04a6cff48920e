"""The clock: APScheduler puts what is done regularly into the queue.

That is the nightly audit, the polls and the health rounds between them, the hourly roll-up of the
figures over time, the daily sweep of files that nobody keeps, and mail where a server is set. It
keeps no state of its own (memory job store) and runs nothing itself, but that it empties every few
minutes the answers that told of people's devices.
"""

from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from api.jobs import queue
from api.jobs.support_requests import SUPPORT, TOLD_FOR
from api.usecases.webhook_delivery import deliver_due
from inventory.database import Database
from inventory.errors import Misconfigured
from inventory.secrets import Vault
from inventory.settings import Settings

log = structlog.get_logger()

BRUSSELS = ZoneInfo("Europe/Brussels")
ACTOR = "schedule"
WEBHOOKS_EVERY_S = 5


def make_schedule(settings: Settings, database: Database) -> BackgroundScheduler:
    """Return the clock of this installation, not yet started.

    Raises Misconfigured when a setting is no crontab line.
    """
    audit = _crontab("audit_cron", settings.audit_cron)
    retention = _crontab("retention_cron", settings.retention_cron)
    reminders = _crontab("reminders_cron", settings.reminders_cron)
    scheduler = BackgroundScheduler(timezone=BRUSSELS)
    defaults = {"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1}
    scheduler.add_job(tick, audit, args=(database, "audit"), id="audit", **defaults)
    scheduler.add_job(tick, retention, args=(database, "retention"), id="retention", **defaults)
    poll = IntervalTrigger(seconds=settings.poll_interval_s, timezone=BRUSSELS)
    scheduler.add_job(tick, poll, args=(database, "poll"), id="poll", **defaults)
    health = IntervalTrigger(seconds=settings.health_interval_s, timezone=BRUSSELS)
    scheduler.add_job(tick, health, args=(database, "health"), id="health", **defaults)
    # Histories are exact without it: it keeps them quick, and the disk from filling.
    hourly = CronTrigger(minute=7, timezone=BRUSSELS)
    scheduler.add_job(tick, hourly, args=(database, "series"), id="series", **defaults)
    daily = CronTrigger(hour=4, minute=37, timezone=BRUSSELS)
    scheduler.add_job(tick, daily, args=(database, "tidy"), id="tidy", **defaults)
    nightly = CronTrigger(hour=4, minute=20, timezone=BRUSSELS)
    scheduler.add_job(tick, nightly, args=(database, "deadlines"), id="deadlines", **defaults)
    if settings.smtp_host:
        scheduler.add_job(tick, reminders, args=(database, "reminders"), id="reminders", **defaults)
        often = IntervalTrigger(minutes=5, timezone=BRUSSELS)
        scheduler.add_job(tick, often, args=(database, "mail"), id="mail", **defaults)
    scheduler.add_job(
        queue.forget_results,
        IntervalTrigger(minutes=5, timezone=BRUSSELS),
        args=(database, SUPPORT),
        kwargs={"after": TOLD_FOR},
        id="forget_clients",
        **defaults,
    )
    return scheduler


def add_webhooks(
    scheduler: BackgroundScheduler, settings: Settings, database: Database, vault: Vault
) -> None:
    """Have webhooks told of what happened, every few seconds, in a thread of the clock's own."""
    scheduler.add_job(
        deliver_due,
        IntervalTrigger(seconds=WEBHOOKS_EVERY_S, timezone=BRUSSELS),
        args=(database, vault, settings),
        id="webhooks",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=3600,
    )


def _crontab(name: str, line: str) -> CronTrigger:
    try:
        return CronTrigger.from_crontab(line, timezone=BRUSSELS)
    except ValueError as error:
        raise Misconfigured(
            f"{name} {line!r} is no crontab line: {error}", todo="five fields, as 30 2 * * *"
        ) from error


def tick(database: Database, kind: str) -> None:
    """Queue one job of this kind for every site, unless one waits or runs already."""
    with database.write(ACTOR) as session:
        if queue.is_pending(session, kind):
            log.warning("job_skipped", kind=kind, why="the last one has not ended")
            return
        queue.enqueue(session, kind, {}, ACTOR)
