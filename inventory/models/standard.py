"""Standards of configuration as kept, every version of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class StandardRow(SQLModel, table=True):
    """One version of a standard: the JSON of `inventory.standards.standard.Standard`."""

    __tablename__ = "standard"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(description="the standard's id, the same in all its versions")
    version: int
    starts_on: date
    body: dict[str, Any] = Field(sa_type=json_column())
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
