"""Incidents: one cause, now, with what it shadows."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class Incident(SQLModel, table=True):
    """A device that is down, from when it was known to be until it answers again.

    `shadowed_ids` are the devices that could not be reached because of it, at the last judgement
    while it was open. A cause that falls again soon after makes its last incident open again.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_site_closed", "site_id", "closed_at"),
        Index("ix_incident_device_id", "device_id"),
        # The database itself holds the promise that a cause has one open incident.
        Index(
            "uq_incident_open",
            "device_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    device_id: int = Field(foreign_key="device.id", description="the cause")
    shadowed_ids: list[int] = Field(default_factory=list, sa_type=json_column())
    whole_site: bool = Field(default=False, description="nothing at the site answered")
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reopened: int = Field(default=0, description="how often it fell again soon after it closed")
