"""The times under a chart and in its table: round ones on Brussels' clocks. Pure.

A day on Brussels' clocks has 23 or 25 hours twice a year; hours are therefore told apart in UTC,
days and months by the calendar.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.web.language import BRUSSELS

_TICKS_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Tick:
    """A time under the chart. `x` is how far across it is, in percent; `anchor` is SVG's.

    `form` is how it is written: "hour", "weekday", "day" or "month".
    """

    x: float
    at: datetime
    form: str
    anchor: str


def time_ticks(start: datetime, end: datetime) -> tuple[Tick, ...]:
    """Return the round times between `start` and `end`, eight at most."""
    # Two moments on the same clock with a zone are told apart by what it shows, not by real time.
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    length = end - start
    if length <= timedelta(days=2):
        form, times = "hour", list(_hours(start, end, 6 if length > timedelta(hours=12) else 2))
    elif length <= timedelta(days=8):
        form, times = "weekday", list(_days(start, end))
    elif length <= timedelta(days=92):
        form, times = "day", list(_days(start, end))
    else:
        form, times = "month", list(_months(start, end))
    every = -(-len(times) // _TICKS_AT_MOST)
    return tuple(_tick(at, start, length, form) for at in times[:: max(1, every)])


def _tick(at: datetime, start: datetime, length: timedelta, form: str) -> Tick:
    x = round(100 * ((at - start) / length), 2)
    return Tick(x, at, form, "start" if x < 5 else "end" if x > 95 else "middle")


def _hours(start: datetime, end: datetime, every: int) -> Iterator[datetime]:
    at = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while at < end:
        if at >= start and at.astimezone(BRUSSELS).hour % every == 0:
            yield at
        at += timedelta(hours=1)


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    local = start.astimezone(BRUSSELS).replace(hour=0, minute=0, second=0, microsecond=0)
    while local < end:
        if local >= start:
            yield local.astimezone(UTC)
        # On the calendar, not by 24 hours: the zone gives each midnight its own offset.
        local += timedelta(days=1)


def _months(start: datetime, end: datetime) -> Iterator[datetime]:
    local = start.astimezone(BRUSSELS)
    year, month = local.year, local.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        first = datetime(year, month, 1, tzinfo=BRUSSELS).astimezone(UTC)
        if first >= end:
            return
        yield first


def bucket_of(length: timedelta) -> tuple[str, Callable[[datetime], datetime]]:
    """Return how a table of that length is divided: its form, and what finds a moment's bucket."""
    if length <= timedelta(days=2):
        return "hour", lambda at: at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if length <= timedelta(days=92):
        return "date", _midnight
    return "month", lambda at: _midnight(at).replace(day=1)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(BRUSSELS).replace(hour=0, minute=0, second=0, microsecond=0)


def zone_name(start: datetime, end: datetime) -> str:
    """Return the name of Brussels' time between two moments, both where it changes."""
    names = dict.fromkeys(at.astimezone(BRUSSELS).tzname() or "" for at in (start, end))
    return "/".join(names)
