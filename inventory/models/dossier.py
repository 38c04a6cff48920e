"""The dossier of a site, its history and evidence. The machine itself is programme.dossier."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class Dossier(SQLModel, table=True):
    """The installation status of one site. `version` is the optimistic lock."""

    __tablename__ = "dossier"

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", unique=True)
    status: str = Field(index=True, description="an id of programme.dossier.Status")
    status_before_hold: str | None = None
    measures: list[str] = Field(default_factory=list, sa_type=json_column())
    cabling_started: bool = False
    cabling_done: bool = False
    delivery_done: bool = False
    lot_id: int | None = Field(default=None, foreign_key="lot.id", index=True)
    funding_source_id: int | None = Field(default=None, foreign_key="funding_source.id", index=True)
    facts: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=json_column(),
        description="what else guards ask for: score, dates, counts",
    )
    version: int = 1
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Evidence(SQLModel, table=True):
    """A document that a transition rests on, by its hash."""

    __tablename__ = "evidence"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    transition_id: int = Field(
        foreign_key="dossier_transition.id", index=True, description="handed in with"
    )
    kind: str
    file_name: str
    sha256: str
    size_bytes: int
    upload_id: int | None = Field(
        default=None,
        foreign_key="upload.id",
        index=True,
        description="the bytes; None: they were not kept",
    )
    added_by: str
    added_at: datetime = Field(sa_type=UtcDateTime)
    voided_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when what it stood for was refused"
    )


class DossierTransition(SQLModel, table=True):
    """One step of a dossier: who, when, from where to where, why, on what evidence."""

    __tablename__ = "dossier_transition"
    __table_args__ = (
        Index("ix_dossier_transition_dossier_id", "dossier_id", "id"),
        Index("ix_dossier_transition_to_status_dossier_id", "to_status", "dossier_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id")
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    role: str
    from_status: str
    to_status: str
    reason: str | None = None
    reason_wording: dict[str, Any] | None = Field(
        default=None, sa_type=json_column(), description="inventory.sentences: to say it otherwise"
    )
    late: bool = Field(default=False, description="made after its time: late, not refused")
