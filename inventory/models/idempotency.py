"""Writes that were asked for under a key of the caller's, and what was answered."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column

WRITTEN = 0


class IdempotencyKey(SQLModel, table=True):
    """One key of one person.

    `status` is None while nothing was written, WRITTEN from the first transaction of the write on,
    and then what was answered.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id")
    key: str
    request_sha256: str = Field(description="of the method, the path and the body")
    started_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    status: int | None = None
    headers: dict[str, str] = Field(default_factory=dict, sa_type=json_column())
    body: str = ""
