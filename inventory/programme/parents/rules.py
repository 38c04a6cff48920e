"""The versions of operation 2's rules, as data."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

LAST_SCHOOL_YEAR = 7
"""The last year of secondary education."""


class Rules(BaseModel):
    """One version of the rules. `rental_shares` are euros a year, by the years of the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    valid_from: date
    source: str
    first_school_year: int = Field(ge=1, le=LAST_SCHOOL_YEAR)
    purchase_share: Decimal = Field(ge=0)
    rental_shares: Mapping[int, Decimal]
    solidarity_per_device: Decimal = Field(ge=0)


@cache
def versions() -> tuple[Rules, ...]:
    """Return every version, the oldest first."""
    text = (files("inventory.programme.parents") / "rules.toml").read_text(encoding="utf-8")
    found = (Rules.model_validate(each) for each in tomllib.loads(text)["versions"])
    return tuple(sorted(found, key=lambda rules: rules.valid_from))


def rules_on(day: date) -> Rules | None:
    """Return the rules for a contract signed that day; None before operation 2 began."""
    valid = [rules for rules in versions() if rules.valid_from <= day]
    return valid[-1] if valid else None
