"""Figures over time, as the shells ask for them: stretches of time, devices, sites, upkeep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from collectors.series import (
    Aged,
    History,
    SeriesStore,
    StoreStatus,
    Subject,
    SubjectKind,
    Tier,
    age,
    open_series,
    status,
    tier_for,
)
from collectors.series.tiers import DAY
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.sentences import Sentence
from inventory.settings import Settings

MAX_POINTS = 200_000
"""So many points are told at once; a stack of eight switches has 400 ports."""
_RAW_EVERY_S = 300  # how often figures as told are at most expected, to know how many there may be


class Span(StrEnum):
    """The stretches of time that the pages offer, all ending now."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "1y"

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return timedelta(days={"24h": 1, "7d": 7, "30d": 30, "1y": 365}[self.value])


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time; `end` is not in it."""

    start: datetime
    end: datetime


def stretch_of(span: Span) -> Stretch:
    """Return the stretch of time of that length that ends now."""
    end = clock.now()
    return Stretch(end - span.length, end)


def stretch_between(start: datetime | None, end: datetime | None, span: Span) -> Stretch:
    """Return a stretch of time that was given: until now without an end, `span` without a start.

    Raises InvalidInput where it is none.
    """
    end = end or clock.now()
    try:
        start = start or end - span.length
    except OverflowError as error:  # in the first year of our era
        raise InvalidInput(
            Sentence("La fin est trop ancienne"), todo=Sentence("donnez une fin plus tardive")
        ) from error
    if start >= end:
        raise InvalidInput(
            Sentence("La fin n’est pas après le début"),
            todo=Sentence("donnez un début avant la fin"),
        )
    return Stretch(start, end)


def device_parts(store: SeriesStore, session: Session, device_id: int) -> list[Subject]:
    """Return a device and its parts that have a history, by kind and name.

    The shell has seen to it that the asker may see the device. Raises Misconfigured where the store
    cannot be read.
    """
    found = store.subjects(session, [device_id])
    # A site may have the same number.
    return [subject for subject in found if subject.kind is not SubjectKind.SITE]


def part_histories(
    store: SeriesStore, session: Session, parts: Sequence[Subject], stretch: Stretch
) -> list[History]:
    """Return the histories of those parts that tell anything of a stretch of time, in their order.

    Raises InvalidInput where that would be too much at once, Misconfigured where the store cannot
    be read.
    """
    bucket_s = _tier(store, stretch).bucket_s
    each = (stretch.end - stretch.start).total_seconds() / max(bucket_s, _RAW_EVERY_S)
    if len(parts) * each > MAX_POINTS:
        raise InvalidInput(
            Sentence("%(count)s courbes sur cette durée sont trop à la fois", count=len(parts)),
            todo=Sentence("demandez moins de genres ou de ports, ou moins de temps"),
        )
    return [history for history in _told(store, session, parts, stretch) if history.points]


def site_history(store: SeriesStore, session: Session, site_id: int, stretch: Stretch) -> History:
    """Return the history of a site as a whole: what answered, and the clients that were told of.

    The shell has seen to it that the asker may see the site. Raises Misconfigured where the store
    cannot be read.
    """
    [history] = _told(store, session, [Subject(SubjectKind.SITE, site_id)], stretch)
    return history


def _told(
    store: SeriesStore, session: Session, subjects: Sequence[Subject], stretch: Stretch
) -> list[History]:
    # Nothing is kept from before or after these: so long a time would be many pages to look at.
    now = clock.now()
    start = max(stretch.start, now - store.retention.day - timedelta(days=1))
    end = min(stretch.end, now + timedelta(days=1))
    if start >= end:
        return [History(subject, DAY, ()) for subject in subjects]
    tier = _tier(store, Stretch(start, end))
    return store.histories(session, subjects, start=start, end=end, tier=tier)


def _tier(store: SeriesStore, stretch: Stretch) -> Tier:
    length, began = stretch.end - stretch.start, clock.now() - stretch.start
    return tier_for(length, began, store.retention)


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did."""

    aged: Aged
    duration_s: float

    def to_json(self) -> dict[str, Any]:
        """Return the buckets that were made of each tier, and how long it took."""
        return {
            "hours": self.aged.hours,
            "days": self.aged.days,
            "duration_s": round(self.duration_s, 3),
        }


def compact(database: Database, settings: Settings) -> Compacted:
    """Roll up what is behind and cut off what is old; raises Misconfigured where it cannot."""
    started = clock.now()
    with open_series(settings, database) as store:
        aged = age(store, started)
    return Compacted(aged, (clock.now() - started).total_seconds())


def series_status(database: Database, settings: Settings) -> StoreStatus:
    """Return what the figures over time hold; raises Misconfigured where they cannot be read."""
    with open_series(settings, database) as store:
        return status(store)
