"""The school calendar of the French Community, and Belgium's public holidays.

The published years are data (`calendars/fwb.toml`, with their source). The decree fixes the rhythm
and the Government the dates, so that a later year is derived from the rhythm and *provisional*.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise

_FRIDAY = 4
_WEEK = timedelta(weeks=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """A run of days, both ends included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year; `provisional`: its dates are not published yet, but follow the rhythm."""

    starts_on: date
    ends_on: date
    holidays: tuple[Days, ...]
    provisional: bool

    @property
    def name(self) -> str:
        """Return how it is called, as 2026-2027."""
        return f"{self.starts_on.year}-{self.starts_on.year + 1}"


@dataclass(frozen=True, slots=True)
class _Rhythm:
    summer_weeks: int
    holiday_weeks: int
    lesson_weeks: tuple[int, ...]


@cache
def _read() -> tuple[_Rhythm, dict[int, SchoolYear]]:
    path = files("inventory.programme.planning").joinpath("calendars/fwb.toml")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rhythm = data["rhythm"]
    years = {
        each["starts_on"].year: SchoolYear(
            each["starts_on"],
            each["ends_on"],
            tuple(Days(run["first"], run["last"]) for run in each["holidays"]),
            provisional=False,
        )
        for each in data["years"]
    }
    return _Rhythm(
        rhythm["summer_weeks"], rhythm["holiday_weeks"], tuple(rhythm["lesson_weeks"])
    ), years


@cache
def school_year(starts_in: int) -> SchoolYear:
    """Return the school year that starts in August of a year: published, or by the rhythm."""
    return _read()[1].get(starts_in) or by_rhythm(starts_in)


def by_rhythm(starts_in: int) -> SchoolYear:
    """Return the school year that the rhythm alone gives, as one that is not published."""
    rhythm = _read()[0]
    ended = _first_friday_of_july(starts_in)
    # Seven weeks of summer from the Saturday; lessons begin on the Monday after.
    starts_on = ended + _DAY + rhythm.summer_weeks * _WEEK + 2 * _DAY
    monday, holidays = starts_on, []
    for weeks in rhythm.lesson_weeks:
        first = monday + weeks * _WEEK
        monday = first + rhythm.holiday_weeks * _WEEK
        holidays.append(Days(first, monday - 3 * _DAY))
    return SchoolYear(
        starts_on, _first_friday_of_july(starts_in + 1), tuple(holidays), provisional=True
    )


def is_school_day(day: date) -> bool:
    """Return whether pupils are at school on a day."""
    if day.weekday() > _FRIDAY or day in public_holidays(day.year) or _is_community_day(day):
        return False
    year = school_year(day.year if day >= school_year(day.year).starts_on else day.year - 1)
    return year.starts_on <= day <= year.ends_on and not any(day in run for run in year.holidays)


def _is_community_day(day: date) -> bool:
    """Return whether it is the French Community's own day (decree of 3 July 1991): no school."""
    return (day.month, day.day) == (9, 27)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return Belgium's ten public holidays of a year (royal decree of 18 April 1974)."""
    easter = _easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            easter + _DAY,
            date(year, 5, 1),
            easter + 39 * _DAY,  # Ascension
            easter + 50 * _DAY,  # Whit Monday
            date(year, 7, 21),
            date(year, 8, 15),
            date(year, 11, 1),
            date(year, 11, 11),
            date(year, 12, 25),
        }
    )


def working_days(first: date, last: date) -> Iterator[date]:
    """Yield the days, both ends included, on which a contractor works."""
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        if day.weekday() <= _FRIDAY and day not in public_holidays(day.year):
            yield day


def provisional_years(first: date, last: date) -> tuple[str, ...]:
    """Return the names of the school years between two days that are not published yet."""
    years = [school_year(each) for each in range(first.year - 1, last.year + 1)]
    ends = [each.starts_on for each in years] + [school_year(last.year + 1).starts_on]
    return tuple(
        year.name
        for year, (starts, ends_before) in zip(years, pairwise(ends), strict=True)
        if year.provisional and starts <= last and ends_before > first
    )


def _first_friday_of_july(year: int) -> date:
    first = date(year, 7, 1)
    return first + ((_FRIDAY - first.weekday()) % 7) * _DAY


def _easter(year: int) -> date:
    """Return Easter Sunday (the Gregorian computus, as Meeus and Butcher write it)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    month_day = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * month_day) // 451
    month, day = divmod(h + month_day - 7 * m + 114, 31)
    return date(year, month, day + 1)
