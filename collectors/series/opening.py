"""Which store an installation has: a file beside SQLite, a schema inside PostgreSQL."""

from datetime import timedelta

from collectors.series.postgresql import PostgresSeries
from collectors.series.sqlite import SqliteSeries
from collectors.series.store import SeriesStore
from collectors.series.tiers import Retention
from inventory.database import Database
from inventory.settings import Settings

POLLS_UNTIL_GAP = 2.5
"""Readings that are further apart than so many poll intervals have a gap between them."""


def open_series(settings: Settings, database: Database) -> SeriesStore:
    """Return the series of this installation. Nothing is opened before its first use."""
    retention = Retention(
        raw=timedelta(hours=settings.series_raw_hours),
        hour=timedelta(days=settings.series_hourly_days),
        day=timedelta(days=settings.series_daily_days),
    )
    max_interval_s = gap_s(settings)
    if database.engine.dialect.name == "sqlite":
        path = settings.data_dir / "series.sqlite"
        return SqliteSeries(path, database.engine, retention, max_interval_s=max_interval_s)
    return PostgresSeries(database.engine, retention, max_interval_s=max_interval_s)


def gap_s(settings: Settings) -> float:
    """Return from how many seconds on two readings in a row have a gap between them."""
    return max(POLLS_UNTIL_GAP * settings.poll_interval_s, 60.0)
