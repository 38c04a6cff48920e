"""Advisers' hours: what they are spent on, months, and the sheet of a month by funding source."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inventory.sentences import N_

MAX_MINUTES_A_DAY = 24 * 60


class VisitKind(StrEnum):
    """What the time was spent on."""

    VISIT = "visit"
    REMOTE = "remote"
    TRAINING = "training"
    MEETING = "meeting"
    PREPARATION = "preparation"
    TRAVEL = "travel"

    @property
    def label(self) -> str:
        """Return its name in French."""
        return _LABELS[self]


_LABELS = {
    VisitKind.VISIT: N_("Visite d’école"),
    VisitKind.REMOTE: N_("Aide à distance"),
    VisitKind.TRAINING: N_("Formation"),
    VisitKind.MEETING: N_("Réunion"),
    VisitKind.PREPARATION: N_("Préparation"),
    VisitKind.TRAVEL: N_("Déplacement"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a sheet. `source` is a funding source's code; `site` None: at no school."""

    on: date
    minutes: int
    kind: VisitKind
    source: str
    site: str | None
    notes: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A person's month: its entries by day, and the minutes of each funding source."""

    month: date
    person: str
    entries: tuple[Entry, ...]

    @property
    def minutes(self) -> int:
        """Return the minutes of the whole month."""
        return sum(each.minutes for each in self.entries)

    @property
    def by_source(self) -> dict[str, int]:
        """Return the minutes of each funding source, by its code."""
        counted: Counter[str] = Counter()
        for each in self.entries:
            counted[each.source] += each.minutes
        return dict(sorted(counted.items()))


def sheet(month: date, person: str, entries: Iterable[Entry]) -> Sheet:
    """Return the sheet of a month, its entries in the order of their days."""
    ordered = sorted(entries, key=lambda each: (each.on, each.source, each.site or ""))
    return Sheet(month, person, tuple(ordered))


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """Return the first day of the next month."""
    return month_of(month + timedelta(days=32))


def hours(minutes: int) -> str:
    """Return minutes as hours and minutes: 7:45."""
    return f"{minutes // 60}:{minutes % 60:02d}"
