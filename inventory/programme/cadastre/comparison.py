"""Two answers side by side, across versions of the questionnaire."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from inventory.programme.cadastre.conditions import Answers
from inventory.programme.cadastre.questionnaire import (
    NUMBERS,
    CadastreField,
    Questionnaire,
)
from inventory.programme.cadastre.values import read_value


class Change(StrEnum):
    """What became of a field from one edition to the next."""

    SAME = "same"
    CHANGED = "changed"
    NEWLY_TOLD = "newly_told"
    NO_LONGER_TOLD = "no_longer_told"
    NEW_FIELD = "new_field"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Filled:
    """A questionnaire with its answers."""

    questionnaire: Questionnaire
    answers: Answers


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two editions; `renamed_from` is its id in the earlier one, where it differs.

    `difference` is after minus before, of numbers.
    """

    field: CadastreField
    before: Any
    after: Any
    change: Change
    renamed_from: str | None = None
    difference: Decimal | None = None


def compare(before: Filled, after: Filled) -> tuple[Compared, ...]:
    """Return every field of both, in the later one's order; dropped fields come last."""
    lines = []
    carried: set[str] = set()
    for field in after.questionnaire.all_fields():
        earlier = earlier_field(before.questionnaire, field)
        if earlier is not None:
            carried.add(earlier.id)
        lines.append(_compared(before, after, field, earlier))
    lines += _dropped(before, carried)
    return tuple(lines)


def earlier_field(questionnaire: Questionnaire, field: CadastreField) -> CadastreField | None:
    """Return what an earlier questionnaire asked of the same, by its id or by its old one."""
    by_id = {each.id: each for each in questionnaire.all_fields()}
    return by_id.get(field.id) or (by_id.get(field.was) if field.was else None)


def carried(earlier: Filled, field: CadastreField) -> Any:
    """Return an earlier answer in the form that `field` takes, None where it does not fit."""
    known = earlier_field(earlier.questionnaire, field)
    value = earlier.answers.get(known.id) if known is not None else None
    if value is None:
        return None
    read = read_value(field, value)
    return read.value if read.usable else None


def _compared(
    before: Filled, after: Filled, field: CadastreField, earlier: CadastreField | None
) -> Compared:
    new = after.answers.get(field.id)
    if earlier is None:
        return Compared(field, None, new, Change.NEW_FIELD)
    old = before.answers.get(earlier.id)
    renamed = earlier.id if earlier.id != field.id else None
    if old == new:
        change = Change.SAME
    elif old is None:
        change = Change.NEWLY_TOLD
    elif new is None:
        change = Change.NO_LONGER_TOLD
    else:
        change = Change.CHANGED
    difference = None
    if change is Change.CHANGED and {field.type, earlier.type} <= NUMBERS:
        difference = Decimal(str(new)) - Decimal(str(old))
    return Compared(field, old, new, change, renamed, difference)


def _dropped(before: Filled, carried_ids: set[str]) -> Iterator[Compared]:
    for field in before.questionnaire.all_fields():
        if field.id not in carried_ids:
            yield Compared(field, before.answers.get(field.id), None, Change.DROPPED)
