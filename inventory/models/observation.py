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


class WlanReading(SQLModel, table=True):
    """How a device's networks are protected as they run, as last read over SSH; no secret in it."""

    __tablename__ = "wlan_reading"

    device_id: int = Field(foreign_key="device.id", primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    body: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=json_column(), description="observation.Wlan, its JSON form"
    )
