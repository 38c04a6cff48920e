"""How figures age: as told for days, by the hour for months, by the day for years.

All buckets are counted in UTC seconds since 1970, so that no change to summer time makes an hour
twice or loses one. A tier's rows are clustered by `chunk`, a longer stretch of time, and then by
subject: a poll writes to the end of the table only, an hour of everybody and a day of somebody are
each read from a few neighbouring pages, and what is old is cut off at the front. A chunk of one
tier is a bucket of the next.
"""

from dataclasses import dataclass
from datetime import timedelta

HOUR_S = 3600
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class Tier:
    """One age of figures. `bucket_s` is 1 for what is kept as told.

    `chunk_s` is the stretch of time by which rows are clustered, `partition_s` that of one
    partition of PostgreSQL.
    """

    name: str
    bucket_s: int
    chunk_s: int
    partition_s: int

    def bucket(self, at_s: int) -> int:
        """Return the start of the bucket that holds a moment, in seconds since 1970 UTC."""
        return at_s - at_s % self.bucket_s

    def chunk(self, at_s: int) -> int:
        """Return the number of the chunk that holds a moment."""
        return at_s // self.chunk_s

    def partition(self, at_s: int) -> int:
        """Return the start of the partition that holds a moment."""
        return at_s - at_s % self.partition_s


RAW = Tier("raw", bucket_s=1, chunk_s=HOUR_S, partition_s=DAY_S)
HOUR = Tier("hour", bucket_s=HOUR_S, chunk_s=DAY_S, partition_s=7 * DAY_S)
DAY = Tier("day", bucket_s=DAY_S, chunk_s=28 * DAY_S, partition_s=364 * DAY_S)
TIERS = (RAW, HOUR, DAY)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each tier is kept."""

    raw: timedelta = timedelta(hours=48)
    hour: timedelta = timedelta(days=90)
    day: timedelta = timedelta(days=5 * 366)

    def of(self, tier: Tier) -> timedelta:
        """Return how long `tier` is kept."""
        return {RAW.name: self.raw, HOUR.name: self.hour, DAY.name: self.day}[tier.name]


MAX_POINTS = 800
"""No graph shows more points of one subject: a month by the hour is 744."""


def tier_for(span: timedelta, age: timedelta, retention: Retention) -> Tier:
    """Return the finest tier that still holds all of a stretch of time, in not too many points.

    `age` is how long ago the stretch began.
    """
    if span <= timedelta(days=2) and age <= retention.raw:
        return RAW
    if span <= timedelta(seconds=MAX_POINTS * HOUR_S) and age <= retention.hour:
        return HOUR
    return DAY
