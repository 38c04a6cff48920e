"""The rules of prioritisation and planning: one TOML file for each version."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from inventory.errors import InvalidInput, NotFound
from inventory.sentences import Sentence

DEFAULT_RULES = "2026-1"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Criterion(_Value):
    """What gives points: a fact by its name, and how much of the weight each value of it gives."""

    id: str
    weight: float = Field(gt=0, le=100)
    values: dict[str, float] | None = None
    none_at: float | None = None
    all_at: float | None = None

    @model_validator(mode="after")
    def _one_scale(self) -> Self:
        linear = self.none_at is not None and self.all_at is not None
        if (self.values is None) is not linear or (linear and self.none_at == self.all_at):
            raise ValueError(f"{self.id}: either values, or none_at and another all_at")
        return self

    def share(self, told: str | float) -> float | None:
        """Return the part of the weight, 0 to 1, that a told value gives; None: it has none."""
        if self.values is not None:
            return self.values.get(str(told))
        assert self.none_at is not None
        assert self.all_at is not None
        part = (float(told) - self.none_at) / (self.all_at - self.none_at)
        return min(1.0, max(0.0, part))


class Cost(_Value):
    """What an installation costs, EUR without VAT."""

    fixed: Decimal
    per_access_point: Decimal
    vat_percent: Decimal
    classes_per_access_point: float = Field(gt=0)
    pupils_per_class: float = Field(gt=0)
    minimum_access_points: int
    access_points_when_untold: int


class Works(_Value):
    """How long works last, and when they are accepted."""

    fixed_days: int
    access_points_per_day: int = Field(gt=0)
    days_to_acceptance: int


class Capacity(_Value):
    """How many sites the programme takes in a year, and what share of a lot's year in a quarter."""

    sites_per_year: int = Field(ge=0)
    quarter_share: float = Field(gt=0, le=1)


class Optimiser(_Value):
    """What keeping communes together is worth, and how long and how exactly to look."""

    campaign_points: float = Field(ge=0)
    placing_points: float = Field(ge=0)
    lot_points: float = Field(ge=0)
    gap: float = Field(ge=0)
    time_limit_s: float = Field(gt=0)
    lots_time_limit_s: float = Field(gt=0)


class Rules(_Value):
    """One version of the rules."""

    version: str
    in_force_from: date
    criteria: tuple[Criterion, ...]
    cost: Cost
    works: Works
    capacity: Capacity
    optimiser: Optimiser

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if abs(sum(each.weight for each in self.criteria) - 100) > 1e-9:
            raise ValueError("the weights of the criteria add up to 100")
        return self


def read_rules(text: str, *, where: str) -> Rules:
    """Return the rules that a TOML text tells; raises InvalidInput."""
    try:
        return Rules.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise InvalidInput(
            Sentence("Les règles ne conviennent pas\u00a0: %(said)s", said=said), where=where
        ) from error


@cache
def all_rules() -> dict[str, Rules]:
    """Return every version of the rules that this release holds, the oldest first."""
    folder = files("inventory.programme.planning").joinpath("rules")
    found = [
        read_rules(each.read_text(encoding="utf-8"), where=each.name)
        for each in folder.iterdir()
        if each.name.endswith(".toml")
    ]
    return {each.version: each for each in sorted(found, key=lambda rules: rules.in_force_from)}


def planning_rules(version: str) -> Rules:
    """Return the rules of a version; raises NotFound."""
    found = all_rules().get(version)
    if found is None:
        raise NotFound(
            Sentence("Les règles de planification %(version)s n’existent pas", version=version),
            todo=Sentence("l’un de\u00a0: %(choices)s", choices=", ".join(all_rules())),
        )
    return found
