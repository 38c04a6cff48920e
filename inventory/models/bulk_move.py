"""One move asked for many dossiers, with what came of each site."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class BulkState(StrEnum):
    """What came of one site."""

    PENDING = "pending"
    MOVED = "moved"
    REFUSED = "refused"


class BulkMove(SQLModel, table=True):
    """A move of many dossiers; the same request asked again is this row."""

    __tablename__ = "bulk_move"

    id: int | None = Field(default=None, primary_key=True)
    request_id: str = Field(unique=True, description="given by who asks, as a UUID")
    actor: str = Field(index=True)
    to_status: str
    reason: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=json_column())
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BulkMoveSite(SQLModel, table=True):
    """One site of it; `version` is the dossier's when it was chosen: moved since, it is refused."""

    __tablename__ = "bulk_move_site"
    __table_args__ = (UniqueConstraint("bulk_move_id", "site_id"),)

    id: int | None = Field(default=None, primary_key=True)
    bulk_move_id: int = Field(foreign_key="bulk_move.id")
    site_id: int = Field(foreign_key="site.id", index=True)
    version: int
    state: BulkState = Field(default=BulkState.PENDING, sa_type=text_enum(BulkState))
    message: str | None = Field(default=None, description="why it was refused, in French")
    wording: dict[str, Any] | None = Field(default=None, sa_type=json_column())
    transition_id: int | None = Field(default=None, foreign_key="dossier_transition.id", index=True)
