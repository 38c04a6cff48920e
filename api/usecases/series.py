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
    age,
    open_series,
    status,
    tier_for,
)
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.settings import Settings

MAX_SUBJECTS = 200
"""So many parts of one device are told at once; a stack of eight switches has 400 ports."""


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


def stretch_between(start: datetime, end: datetime) -> Stretch:
    """Return a stretch of time that somebody gave; raises InvalidInput where it is none."""
    if start >= end:
        raise InvalidInput("the end is not after the start", todo="give start before end")
    return Stretch(start, end)


def device_histories(
    store: SeriesStore,
    session: Session,
    device_id: int,
    stretch: Stretch,
    *,
    kinds: Sequence[SubjectKind] = tuple(SubjectKind),
) -> list[History]:
    """Return the histories of a device and its parts of some kinds, in the order of their names.

    The shell has seen to it that the asker may see the device. Raises Misconfigured where the store
    cannot be read.
    """
    of_devices = {kind for kind in kinds if kind is not SubjectKind.SITE}
    known = store.subjects(session, [device_id])
    subjects = [subject for subject in known if subject.kind in of_devices]
    return _told(store, session, subjects[:MAX_SUBJECTS], stretch)


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
    length, began = stretch.end - stretch.start, clock.now() - stretch.start
    tier = tier_for(length, began, store.retention)
    found = store.histories(session, subjects, start=stretch.start, end=stretch.end, tier=tier)
    return [history for history in found if history.points or history.subject.kind == "site"]


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
