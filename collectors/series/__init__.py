"""Figures over time: what is measured of whom, kept for days as told and for years rolled up.

`kinds` says what is measured, `sampling` and `rates` turn an observation into samples (both pure),
`store` keeps and tells them, on a SQLite file of its own or in PostgreSQL's schema `series`.
"""

from collectors.series.ageing import Aged, age
from collectors.series.kinds import KINDS, Kind, Metric, SubjectKind
from collectors.series.opening import open_series
from collectors.series.points import Figure, History, Point
from collectors.series.samples import Sample, Subject
from collectors.series.status import StoreStatus, status
from collectors.series.store import SeriesStore
from collectors.series.tiers import Tier, tier_for

__all__ = [
    "KINDS",
    "Aged",
    "Figure",
    "History",
    "Kind",
    "Metric",
    "Point",
    "Sample",
    "SeriesStore",
    "StoreStatus",
    "Subject",
    "SubjectKind",
    "Tier",
    "age",
    "open_series",
    "status",
    "tier_for",
]
