"""What devices said, kept whole."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class ObservationRecord(SQLModel, table=True):
    """One Observation in its published JSON form."""

    __tablename__ = "observation"
    __table_args__ = (Index("ix_observation_device_at", "device_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    at: datetime = Field(sa_type=UtcDateTime)
    duration_s: float
    problem_count: int = 0
    body: dict[str, Any] = Field(sa_type=json_column())
