"""Site surveys: what was measured on one floor, on one occasion."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class Survey(SQLModel, table=True):
    """One floor's plan with the samples taken on it; a record, never changed afterwards."""

    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("site_id", "sha256"),
        Index("ix_survey_site_id_id", "site_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    building: str | None = None
    floor: int = Field(description="0 is the ground floor")
    name: str = Field(description="the plan's")
    plan: dict[str, Any] = Field(
        sa_type=json_column(), description="site_surveys.plan in JSON, without its drawing"
    )
    drawing: bytes | None = Field(default=None, description="the plan's PNG or JPEG")
    sha256: str = Field(description="of the plan and of all samples, as read")
    file_names: list[str] = Field(default_factory=list, sa_type=json_column())
    imported_at: datetime = Field(sa_type=UtcDateTime)
    imported_by: str
    rejected_count: int = 0


class SurveySample(SQLModel, table=True):
    """One BSSID heard, or listened for, at one place; `rssi_dbm` None: not heard."""

    __tablename__ = "survey_sample"

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    x_m: float = Field(description="from the plan's left")
    y_m: float = Field(description="from the plan's top")
    bssid: str | None = Field(default=None, description="an access point's; None: nothing heard")
    ssid: str | None = None
    channel: int | None = None
    frequency_mhz: int | None = None
    rssi_dbm: float | None = None
    noise_dbm: float | None = None
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
