"""The queue of jobs: a table, claimed atomically on both databases.

A job that waits is never queued twice. A job whose worker died is queued again when its function
may be run twice, and failed otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from inventory import clock
from inventory.database import Database
from inventory.models import Job, JobState, Worker
from inventory.sentences import wording

HEARTBEAT_S = 5.0
# A worker that has not been heard for this long is dead: a dozen heartbeats, so that a machine
# that swaps does not have its work done twice.
DEAD_AFTER = timedelta(seconds=60)
MAX_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that one worker has taken."""

    job_id: int
    kind: str
    arguments: dict[str, Any]
    requested_by: str


def enqueue(
    session: Session,
    kind: str,
    arguments: Mapping[str, Any],
    requested_by: str,
    *,
    about: str | None = None,
) -> Job:
    """Return the waiting job of this kind for the same site, made now unless it already waits.

    `arguments` may hold `site_id`; without it the job is about every site. With `about`, only one
    about the same thing is the same.
    """
    site_id = arguments.get("site_id")
    queue_key = f"{kind}/{about or ('all' if site_id is None else site_id)}"
    waiting = select(Job).where(Job.queue_key == queue_key, Job.state == JobState.QUEUED)
    job = session.exec(waiting).first()
    if job is not None:
        return job
    job = Job(
        kind=kind,
        site_id=site_id,
        queue_key=queue_key,
        arguments=dict(arguments),
        requested_by=requested_by,
        requested_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:  # another asked for the same between our two looks
        return session.exec(waiting).one()
    return job


def is_pending(session: Session, kind: str) -> bool:
    """Return whether a job of this kind for every site waits or runs."""
    pending = select(Job.id).where(
        Job.kind == kind,
        col(Job.site_id).is_(None),
        col(Job.state).in_([JobState.QUEUED, JobState.RUNNING]),
    )
    return session.exec(pending.limit(1)).first() is not None


def claim(database: Database, worker: str, kinds: Sequence[str]) -> Claim | None:
    """Take the oldest waiting job of these kinds for `worker`; None when there is none."""
    with database.write(worker) as session:
        # SKIP LOCKED lets many workers claim at once on PostgreSQL; SQLite ignores it and has one
        # writer at a time (BEGIN IMMEDIATE), which comes to the same.
        job = session.exec(
            select(Job)
            .where(Job.state == JobState.QUEUED, col(Job.kind).in_(kinds))
            .order_by(col(Job.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if job is None:
            return None
        assert job.id is not None
        job.state = JobState.RUNNING
        job.worker = worker
        job.started_at = job.heartbeat_at = clock.now()
        job.attempts += 1
        job.progress = None
        return Claim(job.id, job.kind, job.arguments, job.requested_by)


def beat(database: Database, worker: str) -> None:
    """Say that `worker` and the jobs it runs are alive."""
    now = clock.now()
    with database.write(worker) as session:
        row = session.get(Worker, worker) or Worker(name=worker, started_at=now, heartbeat_at=now)
        row.heartbeat_at = now
        session.add(row)
        session.exec(_running(worker).values(heartbeat_at=now))


def note_progress(
    database: Database, worker: str, job_id: int, progress: dict[str, str | int]
) -> None:
    """Note how far a job is: its step, how much of it is done, and of how much."""
    with database.write(worker) as session:
        session.exec(_running(worker).where(col(Job.id) == job_id).values(progress=progress))


def finish(
    database: Database,
    worker: str,
    job_id: int,
    *,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Record what came of a job, unless it was given to another worker meanwhile."""
    with database.write(worker) as session:
        session.exec(
            _running(worker)
            .where(col(Job.id) == job_id)
            .values(
                state=JobState.FAILED if error else JobState.DONE,
                finished_at=clock.now(),
                result=result,
                error=error,
                error_wording=wording(error) if error else None,
                progress=None,
            )
        )


def forget_results(database: Database, kind: str, *, after: timedelta) -> int:
    """Empty the results of the jobs of a kind that ended longer ago; return how many."""
    with database.write("jobs") as session:
        emptied = session.execute(
            update(Job)
            .where(
                col(Job.kind) == kind,
                col(Job.result).is_not(None),
                col(Job.finished_at) < clock.now() - after,
            )
            .values(result=None)
            .returning(col(Job.id))
        )
        return len(emptied.scalars().all())


def leave(database: Database, worker: str, repeatable: Sequence[str]) -> None:
    """Give back what `worker` still runs, and forget the worker; the last thing it does."""
    with database.write(worker) as session:
        running = select(Job).where(Job.state == JobState.RUNNING, Job.worker == worker)
        for job in session.exec(running).all():
            job.attempts -= 1  # being told to stop is not the job's fault
            _give_back(session, job, repeatable)
        row = session.get(Worker, worker)
        if row is not None:
            session.delete(row)


def recover(database: Database, worker: str, repeatable: Sequence[str]) -> int:
    """Give back the jobs of workers that died, forget those workers; return how many jobs."""
    before = clock.now() - DEAD_AFTER
    with database.write(worker) as session:
        lost = session.exec(
            select(Job)
            .where(Job.state == JobState.RUNNING, col(Job.heartbeat_at) < before)
            .with_for_update(skip_locked=True)
        ).all()
        for job in lost:
            _give_back(session, job, repeatable)
        dead = select(Worker).where(col(Worker.heartbeat_at) < before, Worker.name != worker)
        for row in session.exec(dead.with_for_update(skip_locked=True)).all():
            session.delete(row)
        return len(lost)


def _give_back(session: Session, job: Job, repeatable: Sequence[str]) -> None:
    waits_again = select(Job.id).where(Job.queue_key == job.queue_key, Job.state == JobState.QUEUED)
    job.worker = job.heartbeat_at = job.progress = None
    if session.exec(waits_again).first() is not None:
        _fail(job, "its worker stopped; the same work was already asked for again")
    elif job.kind not in repeatable:
        _fail(job, "its worker stopped; look at what was done before asking for it again")
    elif job.attempts >= MAX_ATTEMPTS:
        _fail(job, f"its worker stopped {job.attempts} times while running it")
    else:
        job.state, job.started_at = JobState.QUEUED, None
    session.flush()


def _fail(job: Job, error: str) -> None:
    job.state, job.finished_at, job.error = JobState.FAILED, clock.now(), error


def _running(worker: str) -> Any:
    return update(Job).where(col(Job.state) == JobState.RUNNING, col(Job.worker) == worker)
