"""How fast the series are, on both stores: `make bench-series`. The last line is JSON.

Written as a poll writes: batches of 50 devices, each with two radios and a port, every five minutes
of one day. A sample is one figure. Reading is the median of many.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.series import KINDS, Sample, SeriesStore, Subject, SubjectKind, age, open_series
from collectors.series import statements as sql
from collectors.series.rates import Counters
from collectors.series.tiers import DAY, HOUR, RAW, Tier
from inventory.database import open_database, upgrade
from inventory.settings import Settings
from tests.postgres import PostgresServer, missing_postgres

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TICK = timedelta(minutes=5)
BATCH = 50
READINGS = 40


def main() -> None:
    """Measure the stores that run here and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--ticks", type=int, default=288)
    asked = parser.parse_args()
    found: dict[str, Any] = {"devices": asked.devices, "ticks": asked.ticks}
    with tempfile.TemporaryDirectory() as folder:
        found["sqlite"] = _measured(Settings(data_dir=Path(folder)), asked.devices, asked.ticks)
    missing = missing_postgres()
    if missing:
        print(f"postgresql: {missing}")
    else:
        with PostgresServer.started() as server, tempfile.TemporaryDirectory() as folder:
            url = server.new_database(migrated=False)
            settings = Settings(data_dir=Path(folder), database_url=url)
            found["postgresql"] = _measured(settings, asked.devices, asked.ticks)
    print(json.dumps(found))


def _measured(settings: Settings, devices: int, ticks: int) -> dict[str, float]:
    upgrade(settings)
    database = open_database(settings)
    try:
        with open_series(settings, database) as store:
            store.prepare()
            empty = store.size_bytes()
            found = _written(store, devices, ticks)
            _settle(store)
            found["bytes_a_sample"] = (store.size_bytes() - empty) / found["samples"]
            found |= _aged(store)
            _fill_year(store, devices)
            found |= _read(store, devices)
    finally:
        database.close()
    found = {name: round(value, 2) for name, value in found.items()}
    for name, value in found.items():
        print(f"{database.engine.dialect.name:<11} {name:<28} {value:>14,.2f}")
    return found


def _written(store: SeriesStore, devices: int, ticks: int) -> dict[str, float]:
    chance = random.Random(1)
    spent_s, rows, figures = 0.0, 0, 0
    for tick in reversed(range(ticks)):
        at = NOW - tick * TICK
        for first in range(1, devices + 1, BATCH):
            batch = [
                sample
                for device in range(first, min(first + BATCH, devices + 1))
                for sample in _samples(device, at, ticks - tick, chance)
            ]
            started = time.perf_counter()
            rows += store.write(batch).kept
            spent_s += time.perf_counter() - started
            figures += sum(
                len(s.values) + (4 if s.counters and tick < ticks - 1 else 0) for s in batch
            )
    return {
        "rows": rows,
        "samples": figures,
        "rows_a_second": rows / spent_s,
        "samples_a_second": figures / spent_s,
    }


def _settle(store: SeriesStore) -> None:
    """Let SQLite's write-ahead log flow into the file, so that its size is what is kept."""
    with store.reading(None) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")


def _samples(device: int, at: datetime, tick: int, chance: random.Random) -> Iterator[Sample]:
    yield Sample(
        Subject(SubjectKind.DEVICE, device),
        at,
        {
            "reachable": 1,
            "rtt_ms": chance.uniform(1, 9),
            "cpu_percent": chance.uniform(1, 60),
            "memory_percent": chance.uniform(40, 45),
            "clients": chance.randrange(40),
        },
    )
    for radio in ("radio0", "radio1"):
        yield Sample(
            Subject(SubjectKind.RADIO, device, radio),
            at,
            {
                "clients": chance.randrange(20),
                "utilisation_percent": chance.uniform(0, 80),
                "noise_floor_dbm": chance.uniform(-95, -90),
                "tx_power_dbm": 17,
            },
        )
    octets = tick * 300_000_000 + chance.randrange(10**6)
    yield Sample(
        Subject(SubjectKind.INTERFACE, device, "eth0"),
        at,
        counters=Counters(
            at=at, uptime_s=tick * 300.0, speed_bps=10**9, octet_bits=64,
            in_octets=octets, out_octets=octets // 3, in_errors=0, out_errors=0,
        ),
    )  # fmt: skip


def _aged(store: SeriesStore) -> dict[str, float]:
    started = time.perf_counter()
    done = age(store, NOW)
    spent_s = time.perf_counter() - started
    started = time.perf_counter()
    age(store, NOW)
    return {
        "roll_up_of_all_s": spent_s,
        "roll_up_ms_a_bucket": 1000 * spent_s / max(1, done.hours + done.days),
        "nothing_to_roll_up_ms": 1000 * (time.perf_counter() - started),
    }


def _fill_year(store: SeriesStore, devices: int) -> None:
    """Put a year of days of every device and site where a year of compaction would."""
    for kind in (SubjectKind.DEVICE, SubjectKind.SITE):
        first = [
            Sample(Subject(kind, n), NOW, {KINDS[kind].metrics[0].name: 1})
            for n in range(1, devices + 1)
        ]
        store.write(first)
        names = sql.columns(KINDS[kind], DAY)
        days = [DAY.bucket(int((NOW - timedelta(days=day)).timestamp())) for day in range(1, 366)]
        store.make_room(DAY, days)
        with store.transaction() as connection:
            found = store.words.spell(f"SELECT id FROM {{s}}subject WHERE kind = '{kind}'")
            ids = [row_id for (row_id,) in connection.exec_driver_sql(found)]
            rows = [
                (DAY.chunk(at_s), row_id, at_s, *([96] * len(names)))
                for at_s in days
                for row_id in ids
            ]
            columns = ", ".join((*sql.KEY, *names))
            statement = (
                f"INSERT INTO {{s}}{sql.table(KINDS[kind], DAY)} ({columns})"
                f" VALUES ({sql.holes(3 + len(names))}) ON CONFLICT DO NOTHING"
            )
            connection.exec_driver_sql(store.words.spell(statement), rows)


def _read(store: SeriesStore, devices: int) -> dict[str, float]:
    one = Subject(SubjectKind.DEVICE, devices // 2)
    site = Subject(SubjectKind.SITE, devices // 2)
    day, year = timedelta(days=1), timedelta(days=365)
    return {
        "device_day_raw_ms": _median_ms(store, [one], RAW, day),
        "device_day_all_parts_ms": _median_ms(
            store, store.subjects(None, [one.owner_id]), RAW, day
        ),
        "device_day_by_hour_ms": _median_ms(store, [one], HOUR, day),
        "site_year_ms": _median_ms(store, [site], DAY, year),
    }


def _median_ms(store: SeriesStore, subjects: list[Subject], tier: Tier, length: timedelta) -> float:
    spent_s = []
    for _ in range(READINGS):
        started = time.perf_counter()
        found = store.histories(None, subjects, start=NOW - length, end=NOW, tier=tier)
        spent_s.append(time.perf_counter() - started)
        assert found[0].points
    return 1000 * statistics.median(spent_s)


if __name__ == "__main__":
    main()
