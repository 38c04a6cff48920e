"""Advisers' visits and hours, and the months that they signed."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime


class AdviserVisit(SQLModel, table=True):
    """Time of an adviser, at a school or elsewhere, charged to a funding source."""

    __tablename__ = "adviser_visit"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id", index=True)
    site_id: int | None = Field(
        default=None, foreign_key="site.id", index=True, description="None: at no school"
    )
    funding_source_id: int = Field(foreign_key="funding_source.id", index=True)
    on: date = Field(index=True)
    minutes: int
    kind: str = Field(description="an id of programme.advisers.VisitKind")
    notes: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)


class AdviserMonth(SQLModel, table=True):
    """An adviser's month that was signed: its visits no longer change."""

    __tablename__ = "adviser_month"
    __table_args__ = (UniqueConstraint("user_id", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id")
    month: date = Field(description="its first day")
    signed_by: str
    signed_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    sha256: str = Field(description="of the sheet as it was signed")
