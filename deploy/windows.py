"""When a change that could interrupt a school may be made: school hours, holidays, windows.

Hours are told as `mon-fri 07:30-17:00`, in Belgian time; one whose end is not after its beginning
ends on the next day (`sat 22:00-05:00`). Holidays are told as `2026-12-21..2027-01-03`, both days
included. Values in, values out: the moment is given.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory.errors import InvalidInput
from inventory.sentences import Sentence

BRUSSELS = ZoneInfo("Europe/Brussels")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(?:([a-z,-]+) )?(\d\d:\d\d)-(\d\d:\d\d)")
_LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the clock on some days of the week, 0 being Monday."""

    days: frozenset[int]
    begins: time
    ends: time

    def holds(self, local: datetime) -> bool:
        """Return whether a moment in local time is in it; its end is not."""
        clock, day = local.time(), local.weekday()
        if self.begins < self.ends:
            return day in self.days and self.begins <= clock < self.ends
        yesterday = (day - 1) % 7
        return (day in self.days and clock >= self.begins) or (
            yesterday in self.days and clock < self.ends
        )


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without school, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """When pupils are there, and when maintenance is agreed; no window agreed: outside school."""

    school: tuple[Hours, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    maintenance: tuple[Hours, ...] = ()

    def in_school_hours(self, moment: datetime) -> bool:
        """Return whether pupils are there at an aware moment."""
        local = moment.astimezone(BRUSSELS)
        if any(each.first <= local.date() <= each.last for each in self.holidays):
            return False
        return any(hours.holds(local) for hours in self.school)

    def may_interrupt(self, moment: datetime) -> bool:
        """Return whether a change that could interrupt the school may be made at a moment."""
        if self.in_school_hours(moment):
            return False
        local = moment.astimezone(BRUSSELS)
        return not self.maintenance or any(hours.holds(local) for hours in self.maintenance)

    def next_time(self, moment: datetime) -> datetime | None:
        """Return the first moment from `moment` on when it may be; None: not in a year."""
        if self.may_interrupt(moment):
            return moment
        return next(
            (each for each in self._turns(moment) if each > moment and self.may_interrupt(each)),
            None,
        )

    def _turns(self, moment: datetime) -> Iterator[datetime]:
        # Between two of these nothing changes.
        clocks = {time(0)}
        for hours in (*self.school, *self.maintenance):
            clocks |= {hours.begins, hours.ends}
        today = moment.astimezone(BRUSSELS).date()
        for offset in range(_LOOK_AHEAD_DAYS):
            day = today + timedelta(days=offset)
            for each in sorted(clocks):
                yield datetime.combine(day, each, BRUSSELS).astimezone(moment.tzinfo)


def school_calendar(
    school: Iterable[str], holidays: Iterable[str], maintenance: Iterable[str]
) -> SchoolCalendar:
    """Return the calendar that settings tell; raises InvalidInput for what is not so written."""
    return SchoolCalendar(
        tuple(read_hours(text) for text in school),
        tuple(read_holiday(text) for text in holidays),
        tuple(read_hours(text) for text in maintenance),
    )


def read_hours(text: str) -> Hours:
    """Return the hours of `mon-fri 07:30-17:00`; no days: every day. Raises InvalidInput."""
    match = _HOURS.fullmatch(text.strip().lower())
    if match is None:
        raise _unreadable(text)
    try:
        begins, ends = time.fromisoformat(match[2]), time.fromisoformat(match[3])
        days = frozenset(_days(match[1])) if match[1] else frozenset(range(7))
    except ValueError as error:
        raise _unreadable(text) from error
    return Hours(days, begins, ends)


def read_holiday(text: str) -> Holiday:
    """Return the days of `2026-12-21..2027-01-03`, or of one day; raises InvalidInput."""
    first, _, last = text.strip().partition("..")
    try:
        days = Holiday(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError as error:
        raise _unreadable(text) from error
    if days.last < days.first:
        raise _unreadable(text)
    return days


def _days(listed: str) -> Iterator[int]:
    for part in listed.split(","):
        first, _, last = part.partition("-")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        # `fri-mon` goes over the end of the week.
        yield from ((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _unreadable(text: str) -> InvalidInput:
    return InvalidInput(
        Sentence("«\u00a0%(text)s\u00a0» ne dit ni heures ni jours", text=text),
        todo=Sentence("écrivez mon-fri 07:30-17:00, ou 2026-12-21..2027-01-03"),
    )
