"""Configurations as kept, plans as frozen, pushes and their journal."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class PlanState(StrEnum):
    """Where a plan is; a frozen plan is what was reviewed and is what is sent.

    `running` is also what a run that was killed left behind: whether somebody still runs it is told
    by the lease of the plan. `paused` waits for a person's `resume`; `halted` stopped itself.
    """

    FROZEN = "frozen"
    RUNNING = "running"
    PAUSED = "paused"
    HALTED = "halted"
    DONE = "done"
    CANCELLED = "cancelled"


class PlanRequest(StrEnum):
    """What a person asked of a plan that runs; it is looked at between devices."""

    PAUSE = "pause"
    CANCEL = "cancel"


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
    first_read_by: str | None = Field(default=None, description="who asked for that reading")
    first_read_for: str | None = Field(default=None, description="why: plan 12, backup of a site")
    last_read_at: datetime = Field(sa_type=UtcDateTime)


class DeployPlan(SQLModel, table=True):
    """A reviewed set of changes."""

    __tablename__ = "deploy_plan"

    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    selection: dict[str, Any] = Field(sa_type=json_column())
    state: PlanState = Field(default=PlanState.FROZEN, sa_type=text_enum(PlanState))
    reason: str | None = Field(default=None, description="why, in the words of who made it")
    risk: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=json_column(),
        description="`second_person`: why another than the author must approve it, in wordings",
    )
    options: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_column(), description="deploy.rollout.Options"
    )
    asked: PlanRequest | None = Field(default=None, sa_type=text_enum(PlanRequest))
    asked_by: str | None = None
    halt: dict[str, Any] | None = Field(
        default=None,
        sa_type=json_column(),
        description="why it halted: `wave`, `message` in French, its `wording`",
    )
    rolls_back_id: int | None = Field(
        default=None,
        foreign_key="deploy_plan.id",
        index=True,
        description="the plan whose verified changes this one takes back",
    )
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PlanApproval(SQLModel, table=True):
    """A person's approval of a frozen plan; one that is needed is another's than the author's."""

    __tablename__ = "plan_approval"
    __table_args__ = (UniqueConstraint("plan_id", "approved_by"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="deploy_plan.id")
    approved_by: str
    approved_at: datetime = Field(sa_type=UtcDateTime)
    note: str | None = None


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
    group_digest: str | None = Field(
        default=None, description="equal where the family and the masked remediation are"
    )
    wave: int | None = Field(default=None, description="from 1; told when the plan is frozen")
    backup_id: int | None = Field(
        default=None,
        foreign_key="config_backup.id",
        index=True,
        description="a kept configuration that is brought back: its full text is intended",
    )
    accepted_by: str | None = Field(
        default=None, description="who, on site, accepts that the device has no guard for this"
    )
    accepted_note: str | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    guard_until: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when its guard has acted at the latest"
    )
    health_before: dict[str, Any] | None = Field(
        default=None, sa_type=json_column(), description="deploy.gates.Vitals before the change"
    )
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
    sent_lines: int | None = Field(default=None, description="how many lines are sent by it")
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
