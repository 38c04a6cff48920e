"""Terms as versioned data, and counting their days. Pure: values in, values out."""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from inventory.programme.dossier import DossierState, Role, Status, Track

DEFAULT_TERMS = "2026-1"
PREREQUISITE = "prerequisite"
RESERVE = "reserve"
OF_ONE_THING = frozenset({PREREQUISITE, RESERVE})
"""The terms of one prerequisite's and one reserve's due day, which no step of a dossier ends."""

_DAY = timedelta(days=1)
IsSchoolDay = Callable[[date], bool]


class Counted(StrEnum):
    """Which days count."""

    CALENDAR = "calendar"
    SCHOOL = "school"


class Until(StrEnum):
    """The track that ends a term."""

    DELIVERY = "delivery"
    CABLING = "cabling"


class Term(BaseModel):
    """How long one step may last; `ball` is the role that must act meanwhile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    statuses: frozenset[Status]
    ball: Role
    days: int = Field(ge=1)
    counted: Counted
    until: Until | None = None

    def runs(self, state: DossierState) -> bool:
        """Return whether the term runs for a dossier that is in `state`, on hold or not."""
        if (state.before_hold or state.status) not in self.statuses:
            return False
        match self.until:
            case Until.DELIVERY:
                return not state.delivered
            case Until.CABLING:
                return state.cabling is not Track.CLOSED and not state.equipment_only
            case _:
                return True


class Terms(BaseModel):
    """One edition of the terms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    terms: tuple[Term, ...]

    def term(self, term_id: str) -> Term | None:
        """Return the term of an id; None for one that another edition had."""
        return next((each for each in self.terms if each.id == term_id), None)


@cache
def load_terms(version: str = DEFAULT_TERMS) -> Terms:
    """Return an edition of the terms."""
    path = files("inventory.programme.deadlines").joinpath(f"terms/{version}.toml")
    return Terms.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def last_day(started_on: date, days: int, counted: Counted, is_school_day: IsSchoolDay) -> date:
    """Return the last day on which a term is met; the day on which it starts does not count."""
    if counted is Counted.CALENDAR:
        return started_on + days * _DAY
    day = started_on
    while days:
        day += _DAY
        days -= is_school_day(day)
    return day


def last_day_after_hold(
    due_on: date,
    held_on: date,
    resumed_on: date,
    counted: Counted,
    is_school_day: IsSchoolDay,
) -> date:
    """Return the last day of a term that stood still from `held_on` to `resumed_on`.

    What was left then is left now; one that was late already stays late by as much.
    """
    if counted is Counted.CALENDAR or due_on <= held_on:
        return due_on + (resumed_on - held_on)
    span = (due_on - held_on).days
    left = sum(is_school_day(held_on + number * _DAY) for number in range(1, span + 1))
    return last_day(resumed_on, left, counted, is_school_day)
