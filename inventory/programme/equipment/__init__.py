"""The stock of equipment that a school lends: how many devices it should hold, by rules as data."""

import tomllib
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_EQUIPMENT_RULES = "2020-1"


class EquipmentRules(BaseModel):
    """One edition of the rules; amounts in EUR, VAT included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    share_of_pupils: Decimal = Field(gt=0, le=1)
    most_paid_back: Decimal = Field(gt=0, description="for one device")
    highest_deposit: Decimal = Field(ge=0)
    longest_loan_school_years: int = Field(ge=1)


@dataclass(frozen=True, slots=True)
class Stock:
    """What a school holds beside what it should hold; `target` is None where no pupils are told."""

    held: int
    pupils: int | None
    target: int | None

    @property
    def missing(self) -> int | None:
        """How many devices are missing."""
        return None if self.target is None else max(0, self.target - self.held)


@cache
def load_equipment_rules(version: str = DEFAULT_EQUIPMENT_RULES) -> EquipmentRules:
    """Return an edition of the rules."""
    path = files("inventory.programme.equipment").joinpath(f"rules/{version}.toml")
    return EquipmentRules.model_validate(
        tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    )


def stock(held: int, pupils: int | None, rules: EquipmentRules) -> Stock:
    """Return a school's stock judged by `rules`: the share of its pupils, rounded up."""
    if pupils is None:
        return Stock(held, None, None)
    target = (rules.share_of_pupils * pupils).to_integral_value(rounding=ROUND_CEILING)
    return Stock(held, pupils, int(target))
