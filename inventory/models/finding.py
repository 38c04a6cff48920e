"""Findings as kept: a rule that a device or site breaks, from the first to the last time seen."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class FindingRow(SQLModel, table=True):
    """One finding about one subject; `resolved_at` is set when a run no longer finds it."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("rule_id", "subject", "label"),
        Index("ix_finding_site_open", "site_id", "resolved_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    rule_id: str
    subject: str = Field(description="device:12 or site:3")
    label: str = Field(
        default="", description="tells two findings of one rule on one subject apart"
    )
    site_id: int | None = Field(default=None, foreign_key="site.id")
    device_id: int | None = Field(default=None, foreign_key="device.id", index=True)
    severity: str
    message: str = Field(description="what a person reads, in French")
    wording: dict[str, Any] | None = Field(
        default=None, sa_type=json_column(), description="inventory.sentences: to say it otherwise"
    )
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Waiver(SQLModel, table=True):
    """A person's word that a finding is accepted, with its reason and its end."""

    __tablename__ = "waiver"

    id: int | None = Field(default=None, primary_key=True)
    rule_id: str
    subject: str = Field(index=True)
    reason: str
    granted_by: str
    granted_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
