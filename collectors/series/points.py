"""Figures as they are read back: points of one subject, and their roll-up. Pure.

A bucket in which nothing was told has no point: nothing is ever interpolated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.series.kinds import Metric
from collectors.series.samples import Subject
from collectors.series.tiers import Tier


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept of one metric in one bucket, in stored whole numbers: exact to add up."""

    count: int
    total: int
    low: int
    high: int

    def plus(self, other: "Tally") -> "Tally":
        """Return the tally of both."""
        return Tally(
            self.count + other.count,
            self.total + other.total,
            min(self.low, other.low),
            max(self.high, other.high),
        )

    def figure(self, metric: Metric) -> "Figure":
        """Return it in the unit of `metric`."""
        return Figure(
            count=self.count,
            mean=metric.shown(self.total / self.count),
            low=metric.shown(self.low),
            high=metric.shown(self.high),
        )


Tallies = Mapping[int, Mapping[str, Tally]]
"""By the start of the bucket in seconds since 1970 UTC, then by the metric's name."""


def roll_up(tallies: Tallies, bucket_s: int) -> dict[int, dict[str, Tally]]:
    """Return the tallies of wider buckets of `bucket_s`."""
    wider: dict[int, dict[str, Tally]] = {}
    for at_s, row in tallies.items():
        bucket = wider.setdefault(at_s - at_s % bucket_s, {})
        for name, tally in row.items():
            bucket[name] = bucket[name].plus(tally) if name in bucket else tally
    return wider


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over one bucket, in its own unit. `count` samples told it."""

    count: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Point:
    """All that is known of a subject over one bucket, which begins at `at`."""

    at: datetime
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class History:
    """The points of one subject, oldest first; `tier` tells how wide their buckets are."""

    subject: Subject
    tier: Tier
    points: tuple[Point, ...]

    def told(self, metric: str) -> bool:
        """Return whether any point tells `metric`."""
        return any(metric in point.figures for point in self.points)

    def last(self, metric: str) -> float | None:
        """Return the newest mean of `metric`; None: never told."""
        for point in reversed(self.points):
            if metric in point.figures:
                return point.figures[metric].mean
        return None


def points_of(tallies: Tallies, metrics: Mapping[str, Metric]) -> tuple[Point, ...]:
    """Return the points, oldest first, in the metrics' units."""
    return tuple(
        Point(
            datetime.fromtimestamp(at_s, UTC),
            {name: tally.figure(metrics[name]) for name, tally in tallies[at_s].items()},
        )
        for at_s in sorted(tallies)
    )


def merged(histories: Iterable[Tallies]) -> dict[int, dict[str, Tally]]:
    """Return several parts of one subject's tallies as one; a later part replaces a bucket."""
    whole: dict[int, dict[str, Tally]] = {}
    for part in histories:
        whole.update({at_s: dict(row) for at_s, row in part.items()})
    return whole
