"""Who did what: one record for every write to a domain row, every login, export and look."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class Change(SQLModel, table=True):
    """One thing done: a row written, or what left no row (a login, an export, a look).

    `before` is null for a creation, `after` for a deletion; both redacted.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_row", "table_name", "row_key", "id"),
        Index("ix_change_actor", "actor", "id"),
        Index("ix_change_action", "action", "id"),
        Index("ix_change_at", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    table_name: str
    row_key: str
    action: str = Field(description="create, update, delete, or one of inventory.changes.NOTED")
    via: str | None = Field(default=None, description="token:NAME, when a program did it")
    reason: str | None = Field(default=None, description="why, where a person said it")
    before: dict[str, Any] | None = Field(default=None, sa_type=json_column())
    after: dict[str, Any] | None = Field(default=None, sa_type=json_column())
