"""What collectors see at a site, put beside what the school declared, and taken over where new."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from inventory.programme.cadastre.comparison import Filled, carried
from inventory.programme.cadastre.conditions import Answers
from inventory.programme.cadastre.questionnaire import (
    CadastreField,
    Measure,
    Questionnaire,
)
from inventory.programme.cadastre.values import read_value
from inventory.programme.spelling import plain


@dataclass(frozen=True, slots=True)
class Observed:
    """What the inventory counts at a site; None: nothing there was ever read."""

    access_points: int | None = None
    switches: int | None = None
    poe_switches: int | None = None
    wifi_brands: tuple[str, ...] = ()

    def of(self, measure: Measure) -> Any:
        """Return a measure in the form of an answer; None where nothing was seen."""
        match measure:
            case Measure.ACCESS_POINTS:
                return self.access_points
            case Measure.SWITCHES:
                return self.switches
            case Measure.POE_SWITCHES:
                return self.poe_switches
            case Measure.WIFI_BRANDS:
                return ", ".join(self.wifi_brands) or None


class Source(StrEnum):
    """Where an answer came from."""

    PERSON = "person"
    LAST_EDITION = "last_edition"
    INVENTORY = "inventory"
    WORKBOOK = "workbook"


@dataclass(frozen=True, slots=True)
class Prefilled:
    """An answer that nobody typed yet, and where it comes from."""

    value: Any
    source: Source


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What was declared and what was observed of one field; `difference`: observed - declared."""

    field: CadastreField
    declared: Any
    observed: Any
    agrees: bool
    difference: Decimal | None = None


def prefill(
    questionnaire: Questionnaire, last: Filled | None, observed: Observed
) -> Mapping[str, Prefilled]:
    """Return the answers to begin with: what is seen today, else what was answered last time."""
    begun: dict[str, Prefilled] = {}
    for field in questionnaire.all_fields():
        seen = observed.of(field.observed) if field.observed is not None else None
        if seen is not None and read_value(field, seen).usable:
            begun[field.id] = Prefilled(read_value(field, seen).value, Source.INVENTORY)
            continue
        earlier = carried(last, field) if last is not None else None
        if earlier is not None:
            begun[field.id] = Prefilled(earlier, Source.LAST_EDITION)
    return begun


def side_by_side(
    questionnaire: Questionnaire, answers: Answers, observed: Observed
) -> tuple[SideBySide, ...]:
    """Return declared and observed of every field that collectors count as well.

    Where nothing was observed nothing disagrees.
    """
    return tuple(
        _beside(field, answers.get(field.id), observed.of(field.observed))
        for field in questionnaire.all_fields()
        if field.observed is not None
    )


def _beside(field: CadastreField, declared: Any, seen: Any) -> SideBySide:
    if seen is None:
        return SideBySide(field, declared, None, agrees=True)
    if field.observed is Measure.WIFI_BRANDS:
        agrees = _brands(declared) == _brands(seen)
        return SideBySide(field, declared, seen, agrees)
    difference = Decimal(str(seen)) - Decimal(str(declared if declared is not None else 0))
    return SideBySide(field, declared, seen, difference == 0, difference)


def _brands(text: Any) -> frozenset[str]:
    return frozenset(plain(each) for each in str(text or "").split(",") if each.strip())
