"""What the programme gives out: who builds, in which lots, and who pays until when."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from inventory.models.columns import Euros


class Contractor(SQLModel, table=True):
    """A company that was awarded lots (adjudicataire)."""

    __tablename__ = "contractor"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    company_number: str | None = Field(default=None, description="BCE")


class Lot(SQLModel, table=True):
    """A part of the programme that one contractor builds."""

    __tablename__ = "lot"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    contractor_id: int | None = Field(default=None, foreign_key="contractor.id", index=True)
    sites_per_year: int | None = Field(
        default=None, description="how many sites the contractor can take on; None: not told"
    )


class FundingSource(SQLModel, table=True):
    """Who pays: what is accepted by `ends_on` counts, up to the ceiling. None: not told."""

    __tablename__ = "funding_source"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    ceiling: Decimal | None = Field(default=None, sa_type=Euros, description="EUR, VAT included")
    starts_on: date | None = None
    ends_on: date | None = Field(default=None, description="last day of an acceptance it pays for")
