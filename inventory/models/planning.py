"""What is told of a site's priority, and plans of the programme with a row for each site."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import Euros, UtcDateTime, json_column, text_enum
from inventory.sentences import N_


class SitePriority(SQLModel, table=True):
    """What the administration and the adviser tell of a site; None: not told.

    A validated cadastre's own word on pupils, classes and connection goes before this one.
    """

    __tablename__ = "site_priority"

    site_id: int = Field(foreign_key="site.id", primary_key=True)
    pupils: int | None = None
    classes: int | None = None
    connection: str | None = Field(default=None, description="an id of planning.facts.Connection")
    ise_class: int | None = Field(default=None, description="1 (least favoured) to 20")
    adviser_urgency: int | None = Field(default=None, description="0 (can wait) to 3 (urgent)")
    adviser_note: str | None = None
    holidays_only: bool | None = Field(
        default=None, description="works must not fall on a school day"
    )
    updated_by: str
    updated_at: datetime = Field(sa_type=UtcDateTime)


class DraftState(StrEnum):
    """Where a plan of the programme is."""

    SOLVING = "solving"
    DRAFT = "draft"
    FAILED = "failed"
    APPLIED = "applied"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """What people call it, in French."""
        return _DRAFT_STATE_FR[self]


_DRAFT_STATE_FR = {
    DraftState.SOLVING: N_("En calcul"),
    DraftState.DRAFT: N_("Projet"),
    DraftState.FAILED: N_("Sans solution"),
    DraftState.APPLIED: N_("Appliqué"),
    DraftState.DISCARDED: N_("Abandonné"),
}


class ProgrammePlan(SQLModel, table=True):
    """A plan of the programme over years. `version` is the optimistic lock: each edit adds one."""

    __tablename__ = "programme_plan"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    state: DraftState = Field(sa_type=text_enum(DraftState))
    version: int = 1
    first_year: int
    years: int
    rules_version: str
    sites_per_year: int
    based_on_id: int | None = Field(default=None, foreign_key="programme_plan.id", index=True)
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    method: str | None = Field(default=None, description="a programme.planning Method")
    points: float | None = None
    bound: float | None = Field(default=None, description="no plan is worth more points")
    gap: float | None = None
    lots_gap: float | None = None
    solved_in_s: float | None = None
    message: str | None = Field(default=None, description="why there is no plan, in French")
    wording: dict[str, Any] | None = Field(default=None, sa_type=json_column())
    prices: list[dict[str, Any]] | None = Field(default=None, sa_type=json_column())
    prices_version: int | None = Field(default=None, description="the version they are of")
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ProgrammePlanSite(SQLModel, table=True):
    """One site of a plan: its score and cost as planned with, and its place, None: no place."""

    __tablename__ = "programme_plan_site"
    __table_args__ = (UniqueConstraint("plan_id", "site_id"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="programme_plan.id")
    site_id: int = Field(foreign_key="site.id", index=True)
    area: str
    score: float
    score_parts: list[dict[str, Any]] = Field(sa_type=json_column())
    cost: Decimal = Field(sa_type=Euros, description="EUR, VAT included")
    cost_assumed: bool = Field(description="the size of the site is not told")
    open_quarters: list[str] = Field(sa_type=json_column(), description="as 2027-T1")
    year: int | None = None
    quarter: int | None = None
    lot_id: int | None = Field(default=None, foreign_key="lot.id", index=True)
    funding_source_id: int | None = Field(default=None, foreign_key="funding_source.id", index=True)
    pinned: bool = False
    excluded: bool = False
    reason: str | None = Field(default=None, description="why it was moved, pinned or excluded")
    outcome: str | None = Field(default=None, description="what applying the plan did, in French")
    scheduled: bool = False
