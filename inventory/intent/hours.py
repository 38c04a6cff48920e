"""When a network is heard: weekly windows of local time (Europe/Brussels)."""

from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from inventory.intent.values import Value


class Day(StrEnum):
    """A day of the week."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


WEEK = tuple(Day)
SCHOOL_DAYS = WEEK[:5]


class Window(Value):
    """From `start` to before `end` of each of `days`; one that ends at midnight ends at 00:00."""

    days: tuple[Day, ...] = SCHOOL_DAYS
    start: time
    end: time

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.days:
            raise ValueError("a window of hours needs a day")
        if any(each.second or each.microsecond or each.tzinfo for each in (self.start, self.end)):
            raise ValueError("hours are whole minutes of local time, as 07:30")
        if self.end != time(0) and self.end <= self.start:
            raise ValueError("a window ends after it begins; one over midnight is two windows")
        return self

    def holds(self, local: datetime) -> bool:
        """Return whether this moment of local time is in the window."""
        if WEEK[local.weekday()] not in self.days:
            return False
        now = local.time()
        return self.start <= now and (self.end == time(0) or now < self.end)


def is_on(windows: Sequence[Window], local: datetime) -> bool:
    """Return whether something with these hours is on at `local`; no window at all is always."""
    return not windows or any(window.holds(local) for window in windows)
