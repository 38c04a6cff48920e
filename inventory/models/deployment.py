"""Configurations as kept, plans as frozen, pushes and their journal."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class PlanState(StrEnum):
    """Where a plan is; a frozen plan is what was reviewed and is what is sent."""

    FROZEN = "frozen"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class PushState(StrEnum):
    """Where the push of one device is. `in_doubt`: something was sent and not yet read back."""

    PLANNED = "planned"
    UNCHANGED = "unchanged"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    VERIFIED = "verified"
    ROLLED_BACK = "rolled_back"
    SKIPPED = "skipped"
    FAILED = "failed"


class ConfigBackup(SQLModel, table=True):
    """A configuration as read: scrubbed to show, sealed to restore; kept once per content."""

    __tablename__ = "config_backup"
    __table_args__ = (
        UniqueConstraint("device_id", "digest"),
        Index("ix_config_backup_device_read", "device_id", "last_read_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    digest: str = Field(
        description="keyed HMAC-SHA-256 of the full text, so that it tells nothing of a secret"
    )
    scrubbed_text: str
    sealed_text: bytes
    first_read_at: datetime = Field(sa_type=UtcDateTime)
    last_read_at: datetime = Field(sa_type=UtcDateTime)


class DeployPlan(SQLModel, table=True):
    """A reviewed set of changes."""

    __tablename__ = "deploy_plan"

    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    selection: dict[str, Any] = Field(sa_type=json_column())
    state: PlanState = Field(default=PlanState.FROZEN, sa_type=text_enum(PlanState))
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Push(SQLModel, table=True):
    """The change of one device in a plan. Texts hold `‹secret:name›` where a secret goes."""

    __tablename__ = "push"
    __table_args__ = (
        UniqueConstraint("plan_id", "device_id"),
        Index("ix_push_device_id", "device_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="deploy_plan.id")
    device_id: int = Field(foreign_key="device.id")
    running_digest: str | None = Field(
        default=None, description="HMAC of what was running at planning"
    )
    verified_digest: str | None = Field(
        default=None, description="HMAC of what was read back, where that was as intended"
    )
    intended: str = Field(default="", description="the whole configuration to be read back")
    remediation: str = ""
    rollback: str = ""
    diff: str = Field(default="", description="what a person reviews, unified, secrets masked")
    risk: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    state: PushState = Field(default=PushState.PLANNED, sa_type=text_enum(PushState))
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error_kind: str | None = Field(default=None, description="PushRejected, Refused …")
    error: str | None = None


class PushStep(SQLModel, table=True):
    """The journal of a push: written before the step is taken."""

    __tablename__ = "push_step"
    __table_args__ = (Index("ix_push_step_push_id", "push_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    push_id: int = Field(foreign_key="push.id")
    at: datetime = Field(sa_type=UtcDateTime)
    step: str
    note: str | None = None


class DisplayedSecret(SQLModel, table=True):
    """HMAC of how a device displays a secret we pushed: equal later is "unchanged since"."""

    __tablename__ = "displayed_secret"
    __table_args__ = (UniqueConstraint("device_id", "path"),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    path: str = Field(description="where in the configuration it shows")
    secret_name: str
    displayed_hmac: str
    verified_at: datetime = Field(sa_type=UtcDateTime)
