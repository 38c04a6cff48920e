"""The register: who organises which school, where its implantations are, and the sites we equip.

A Site is a place with one WiFi installation; an Implantation is an administrative school site. One
building can hold implantations of several organising authorities, so the two are many-to-many.
"""

from datetime import date, datetime

from sqlalchemy import Connection, Index, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column
from inventory.programme.spelling import plain


class OrganisingAuthority(SQLModel, table=True):
    """A pouvoir organisateur (PO)."""

    __tablename__ = "organising_authority"

    id: int | None = Field(default=None, primary_key=True)
    fase: int = Field(unique=True, description="FASE number of the PO")
    name: str
    search_key: str = Field(default="", description="the name, unaccented and in lower case")
    company_number: str | None = Field(default=None, description="BCE")
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    commune: str | None = None


def _keep_search_key(
    _mapper: object, _connection: Connection, authority: OrganisingAuthority
) -> None:
    authority.search_key = plain(authority.name)


for _moment in ("before_insert", "before_update"):
    event.listen(OrganisingAuthority, _moment, _keep_search_key)


class School(SQLModel, table=True):
    """An établissement. Its PO is not told by every edition of the register."""

    __tablename__ = "school"

    id: int | None = Field(default=None, primary_key=True)
    fase: int = Field(unique=True, description="FASE number of the établissement")
    name: str
    company_number: str | None = Field(default=None, description="BCE")
    education_network: str | None = Field(default=None, index=True, description="réseau, verbatim")
    organising_authority_id: int | None = Field(
        default=None, foreign_key="organising_authority.id", index=True
    )
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    commune: str | None = None


class Implantation(SQLModel, table=True):
    """An administrative school site, identified by the FASE pair établissement/implantation."""

    __tablename__ = "implantation"
    __table_args__ = (UniqueConstraint("school_id", "fase"),)

    id: int | None = Field(default=None, primary_key=True)
    school_id: int = Field(foreign_key="school.id")
    fase: int = Field(index=True, description="FASE number of the implantation")
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    commune: str | None = None
    province: str | None = Field(default=None, index=True)
    district: str | None = Field(default=None, description="arrondissement administratif")
    basin: str | None = Field(default=None, description="bassin")
    latitude: float | None = None
    longitude: float | None = None
    closed_on: date | None = Field(default=None, description="first day without it in the register")


class TeachingOffer(SQLModel, table=True):
    """One type of education given at an implantation: one row of the open register."""

    __tablename__ = "teaching_offer"
    __table_args__ = (UniqueConstraint("implantation_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    implantation_id: int = Field(foreign_key="implantation.id")
    kind: str = Field(description="type_d_enseignement, verbatim")
    level: str | None = Field(default=None, description="niveau, verbatim")
    gender: str | None = Field(default=None, description="genre (Ordinaire, Spécialisé), verbatim")
    closed_on: date | None = None


class Site(SQLModel, table=True):
    """A place with buildings and one WiFi installation."""

    __tablename__ = "site"
    __table_args__ = (Index("ix_site_search_key_id", "search_key", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    search_key: str = Field(description="unaccented lower-case name, commune and FASE numbers")
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    commune: str | None = Field(default=None, index=True)
    province: str | None = Field(default=None, index=True)
    latitude: float | None = None
    longitude: float | None = None
    closed_on: date | None = None


class SiteImplantation(SQLModel, table=True):
    """Which implantations a site serves."""

    __tablename__ = "site_implantation"

    site_id: int = Field(foreign_key="site.id", primary_key=True)
    implantation_id: int = Field(foreign_key="implantation.id", primary_key=True, index=True)


class RegisterImport(SQLModel, table=True):
    """One edition of the register that was applied."""

    __tablename__ = "register_import"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    file_name: str
    sha256: str
    counts: dict[str, int] = Field(default_factory=dict, sa_type=json_column())
