"""Acceptance: runs as frozen, the maps they rest on, reserves, and people's word for checks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class ReserveSeverity(StrEnum):
    """What a reserve stops: a blocking one the provisional acceptance, a minor one nothing."""

    BLOCKING = "blocking"
    MINOR = "minor"


class AcceptanceRun(SQLModel, table=True):
    """One evaluation of the acceptance profile at a site; a record, never changed afterwards."""

    __tablename__ = "acceptance_run"
    __table_args__ = (Index("ix_acceptance_run_site_id_id", "site_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    profile_version: str
    level: str = Field(description="standard or strict")
    verdict: str = Field(description="passed, failed or not_proved")
    record: dict[str, Any] = Field(
        sa_type=json_column(), description="site, profile, inputs, equipment, checks, reserves"
    )
    inputs_sha256: str = Field(description="of what the checks looked at")
    sha256: str = Field(description="of the whole record")


class AcceptanceMap(SQLModel, table=True):
    """A heat map as it was when a run judged it."""

    __tablename__ = "acceptance_map"

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="acceptance_run.id", index=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    sha256: str
    png: bytes


class AcceptanceWord(SQLModel, table=True):
    """What a person says of a check that no machine can prove; the newest word counts."""

    __tablename__ = "acceptance_word"
    __table_args__ = (Index("ix_acceptance_word_site_id_id", "site_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    check_id: str
    passed: bool
    note: str
    evidence_name: str | None = None
    evidence_sha256: str | None = None
    said_by: str
    said_at: datetime = Field(sa_type=UtcDateTime)


class Reserve(SQLModel, table=True):
    """A punch-list item of an acceptance; `lifted_at` None: open."""

    __tablename__ = "reserve"
    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        # The database itself holds the promise that one defect is one open reserve.
        Index(
            "uq_reserve_open",
            "site_id",
            "check_id",
            "subject",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    number: int = Field(description="counts from 1 at each site")
    check_id: str = Field(description="of the profile; '' for one that a person opened")
    subject: str = Field(description="what of the site: a device, a room; '' for all of it")
    severity: ReserveSeverity = Field(sa_type=text_enum(ReserveSeverity))
    message: str
    responsible: str | None = None
    due_on: date | None = None
    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_by: str
    opened_by_run_id: int | None = Field(
        default=None, foreign_key="acceptance_run.id", index=True, description="None: a person"
    )
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lifted_by: str | None = None
    lifted_by_run_id: int | None = Field(
        default=None, foreign_key="acceptance_run.id", index=True, description="None: a person"
    )
    lifted_note: str | None = None
    lifted_evidence_name: str | None = None
    lifted_evidence_sha256: str | None = None


class OrderedDevice(SQLModel, table=True):
    """A device as ordered and delivered for a site: what the acceptance expects to find there."""

    __tablename__ = "ordered_device"
    __table_args__ = (UniqueConstraint("site_id", "serial"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    serial: str = Field(index=True, description="as scanned from its label")
    name: str | None = Field(default=None, description="the device that it was installed as")
    role: str = Field(description="an id of DeviceRole")
    model: str | None = None
