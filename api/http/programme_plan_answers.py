"""What the API tells of a plan of the programme, and what it is told."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.cursor import MAX_ROW_ID
from api.usecases.programme_plan_edits import Edited
from api.usecases.programme_plans import Summary
from api.usecases.programme_problem import slot_of
from inventory.models import ProgrammePlanSite
from inventory.models.planning import DraftState
from inventory.programme.dossier import Status

_Id = Annotated[int, Field(ge=1, le=MAX_ROW_ID)]
_Text = Annotated[str, Field(max_length=500, pattern="^[^\\x00]*$")]
_Name = Annotated[str, Field(min_length=1, max_length=100, pattern="^[^\\x00-\\x1f]*$")]
_Quarter = Annotated[str, Field(pattern="^20[0-9]{2}-T[1-4]$")]


class PlanAnswer(Answer):
    """One plan. `gap`: by what part it may lie below the best one; `bound`: no plan has more."""

    id: int
    name: str
    state: DraftState
    version: int
    first_year: int
    years: int
    rules_version: str
    sites_per_year: int
    based_on_id: int | None
    created_by: str
    created_at: AwareDatetime
    method: str | None
    points: float | None
    bound: float | None
    gap: float | None
    lots_gap: float | None
    solved_in_s: float | None
    message: str | None
    decided_by: str | None
    decided_at: AwareDatetime | None


class PlanListAnswer(Answer):
    """One page of plans, newest first; `next` is null at the end."""

    plans: list[PlanAnswer]
    next: str | None


class YearAnswer(Answer):
    """One year of a plan; amounts in EUR with VAT."""

    year: int
    sites: int
    most: int
    cost: Decimal
    by_lot: dict[str, int]
    by_source: dict[str, int]


class SourceAnswer(Answer):
    """What a plan takes of a funding source; `left`: before it, null: no ceiling is told."""

    code: str
    used: Decimal
    left: Decimal | None
    sites: int


class BreachAnswer(Answer):
    """What a plan breaks, in French; `site_id`: the site that alone breaks it."""

    constraint: str
    sentence: str
    site_id: int | None


class PriceAnswer(Answer):
    """What a constraint costs: points, sites placed earlier, sites placed more, without it."""

    constraint: str
    message: str
    points: float
    earlier: int
    more: int


class PlanDetailAnswer(PlanAnswer):
    """A plan by year and source. `prices` are of the version `prices_version`, null: not yet."""

    by_year: list[YearAnswer]
    by_source: list[SourceAnswer]
    placed: int
    unplaced: int
    excluded: int
    pinned: int
    assumed: int = Field(description="sites of which the size is not told")
    breaches: list[BreachAnswer]
    provisional_years: list[str] = Field(description="school years not published yet")
    prices: list[PriceAnswer] | None
    prices_version: int | None

    @classmethod
    def of(cls, found: Summary) -> Self:
        """Return the answer that tells a summary."""
        return cls.model_validate(
            {
                **found.plan.model_dump(),
                "by_year": [YearAnswer.model_validate(each) for each in found.years],
                "by_source": [SourceAnswer.model_validate(each) for each in found.sources],
                "placed": found.placed,
                "unplaced": found.unplaced,
                "excluded": found.excluded,
                "pinned": found.pinned,
                "assumed": found.assumed,
                "breaches": [BreachAnswer.model_validate(each) for each in found.breaches],
                "provisional_years": list(found.provisional_years),
            }
        )


class PlanSiteAnswer(Answer):
    """One site of a plan: its place (null: none), its score with the parts, its cost."""

    site_id: int
    site: str
    area: str
    score: float
    score_parts: list[dict[str, Any]]
    cost: Decimal
    cost_assumed: bool
    open_quarters: list[str]
    quarter: str | None
    lot_id: int | None
    funding_source_id: int | None
    pinned: bool
    excluded: bool
    reason: str | None
    outcome: str | None
    scheduled: bool

    @classmethod
    def of(cls, row: ProgrammePlanSite, name: str) -> Self:
        """Return the answer that tells a row."""
        slot = slot_of(row)
        return cls.model_validate(
            {**row.model_dump(), "site": name, "quarter": slot and str(slot.quarter)}
        )


class PlanSiteListAnswer(Answer):
    """One page of a plan's sites, the highest score first; `next` is null at the end."""

    sites: list[PlanSiteAnswer]
    next: str | None


class MovedAnswer(Answer):
    """A site that two plans place differently; `quarters`: how much later the second one does."""

    site_id: int
    site: str
    before: str | None
    after: str | None
    quarters: int | None


class ComparisonAnswer(Answer):
    """Where two plans differ."""

    moved: list[MovedAnswer]


class EditedAnswer(Answer):
    """A changed site, and what the whole draft breaks now."""

    version: int
    site_id: int
    quarter: str | None
    pinned: bool
    excluded: bool
    breaches: list[BreachAnswer]

    @classmethod
    def of(cls, edited: Edited) -> Self:
        """Return the answer that tells an edit."""
        slot = slot_of(edited.row)
        return cls(
            version=edited.version,
            site_id=edited.row.site_id,
            quarter=str(slot.quarter) if slot else None,
            pinned=edited.row.pinned,
            excluded=edited.row.excluded,
            breaches=[BreachAnswer.model_validate(each) for each in edited.broken],
        )


class AskedAnswer(Answer):
    """A job that works in the background."""

    job_id: int


class PlanWanted(BaseModel):
    """What is to be planned; null: as the rules say."""

    model_config = ConfigDict(extra="forbid")

    name: _Name
    first_year: int = Field(ge=2000, le=2100)
    years: int = Field(6, ge=1, le=10)
    sites_per_year: int | None = Field(None, ge=1, le=100_000)
    statuses: list[Status] = Field([Status.ENROLMENT_REQUESTED], min_length=1, max_length=2)


class CopyWanted(BaseModel):
    """What the copy is called."""

    model_config = ConfigDict(extra="forbid")

    name: _Name


class Action(StrEnum):
    """What is done with a site of a draft."""

    PIN = "pin"
    FREE = "free"
    EXCLUDE = "exclude"


class SiteEdit(BaseModel):
    """An edit; a pin without a place fixes the site where it is."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    version: Annotated[int, Field(ge=1, le=MAX_ROW_ID)]
    quarter: _Quarter | None = None
    lot_id: _Id | None = None
    funding_source_id: _Id | None = None
    reason: _Text | None = None


class VersionWanted(BaseModel):
    """The version that was looked at."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=MAX_ROW_ID)]
