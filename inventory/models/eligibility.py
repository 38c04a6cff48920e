"""Rule sets of eligibility as kept, and each run of them with what came of every site."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class EligibilityRuleSet(SQLModel, table=True):
    """One version of the rules, in force from its day until a later one is."""

    __tablename__ = "eligibility_rule_set"

    id: int | None = Field(default=None, primary_key=True)
    version: str = Field(unique=True)
    valid_from: date = Field(index=True)
    body: dict[str, Any] = Field(
        sa_type=json_column(), description="programme.eligibility.rules.RuleSet"
    )
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class EligibilityRun(SQLModel, table=True):
    """The rules applied to every dossier, or to those of one change."""

    __tablename__ = "eligibility_run"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    rule_set: str
    cause: str = Field(description="asked, register, cadastre")
    counts: dict[str, int] = Field(default_factory=dict, sa_type=json_column())


class EligibilityOutcome(SQLModel, table=True):
    """What one run changed, or could not change, of one site."""

    __tablename__ = "eligibility_outcome"
    __table_args__ = (Index("ix_eligibility_outcome_run_id", "run_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="eligibility_run.id")
    site_id: int = Field(foreign_key="site.id", index=True)
    verdict_before: str | None = None
    verdict: str
    from_status: str
    to_status: str | None = None
    outcome: str = Field(description="moved, noted, refused")
    reasons: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=json_column(), description="sentences.wording of each"
    )
    missing: list[Any] = Field(
        default_factory=list,
        sa_type=json_column(),
        description="sentences.wording of each; texts of before 0.1",
    )
