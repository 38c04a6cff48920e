"""Work in the background: leases, jobs and the event log."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class JobState(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Lease(SQLModel, table=True):
    """The right to act on one thing (`device:12`) until it expires."""

    __tablename__ = "lease"

    resource: str = Field(primary_key=True)
    holder: str
    purpose: str
    process: str | None = Field(
        default=None, description="inventory.processes: a lease of one that died is taken over"
    )
    acquired_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Job(SQLModel, table=True):
    """One run of a job function; the table is the queue."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_id", "state", "id"),
        Index("ix_job_site_id", "site_id", "id"),
        # The database itself holds the promise that no work waits twice.
        Index(
            "uq_job_queued",
            "queue_key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    site_id: int | None = Field(default=None, foreign_key="site.id", description="None: every site")
    queue_key: str = Field(description="equal for jobs that would do the same work")
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    state: JobState = Field(default=JobState.QUEUED, sa_type=text_enum(JobState))
    requested_by: str
    requested_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worker: str | None = None
    heartbeat_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="the worker's last sign of life while running",
    )
    attempts: int = Field(default=0, description="how often a worker began it")
    progress: dict[str, Any] | None = Field(
        default=None, sa_type=json_column(), description="step, done and total while running"
    )
    result: dict[str, Any] | None = Field(default=None, sa_type=json_column())
    error: str | None = None
    error_wording: dict[str, Any] | None = Field(
        default=None, sa_type=json_column(), description="inventory.sentences: to say it otherwise"
    )


class Worker(SQLModel, table=True):
    """A process that runs jobs, with its last sign of life."""

    __tablename__ = "worker"

    name: str = Field(primary_key=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    heartbeat_at: datetime = Field(sa_type=UtcDateTime)


class Event(SQLModel, table=True):
    """Something that happened, in the order of `id`; live pages read it forward."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_site_id", "site_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(description="subject.verb, as push.verified")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    device_id: int | None = Field(default=None, foreign_key="device.id", index=True)
    message: str = Field(description="what a person reads, in French")
    wording: dict[str, Any] | None = Field(
        default=None, sa_type=json_column(), description="inventory.sentences: to say it otherwise"
    )
    body: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
