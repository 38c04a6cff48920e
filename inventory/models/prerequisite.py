"""What a site needs before the works: power, a rack, cabling, asbestos removed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, text_enum


class PrerequisiteKind(StrEnum):
    """What kind of work it is."""

    POWER = "power"
    RACK = "rack"
    CABLING = "cabling"
    ASBESTOS = "asbestos"
    OTHER = "other"


class Prerequisite(SQLModel, table=True):
    """A work of the organising authority; `lifted_at` None: still to be done."""

    __tablename__ = "prerequisite"
    __table_args__ = (Index("ix_prerequisite_site_id_id", "site_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    kind: PrerequisiteKind = Field(sa_type=text_enum(PrerequisiteKind))
    description: str
    organising_authority_id: int | None = Field(
        default=None,
        foreign_key="organising_authority.id",
        index=True,
        description="who does it; None: the register names nobody",
    )
    due_on: date | None = None
    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_by: str
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lifted_by: str | None = None
    lifted_note: str | None = None
    lifted_upload_id: int | None = Field(
        default=None, foreign_key="upload.id", index=True, description="what shows that it is done"
    )
