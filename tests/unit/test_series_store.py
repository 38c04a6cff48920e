"""The store of the series: what was written is told, aged without a loss, and never made up."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collectors.series import (
    KINDS,
    History,
    Metric,
    Sample,
    SeriesStore,
    Subject,
    SubjectKind,
    age,
    open_series,
    postgresql,
    status,
)
from collectors.series.rates import Counters
from collectors.series.tiers import DAY, HOUR, RAW, TIERS, Tier
from inventory.database import Database, upgrade
from inventory.errors import Misconfigured
from inventory.settings import Settings

# The night in which summer time ends in Brussels: 02:00-03:00 happens twice.
NOW = datetime(2026, 10, 26, 12, 7, tzinfo=UTC)
AP = Subject(SubjectKind.DEVICE, 1)
RADIO = Subject(SubjectKind.RADIO, 1, "radio0")
PORT = Subject(SubjectKind.INTERFACE, 1, "eth0")


@pytest.fixture
def store(settings: Settings, database: Database) -> Iterator[SeriesStore]:
    with open_series(settings, database) as opened:
        yield opened


def sample(
    minutes_ago: float, clients: float, *, subject: Subject = AP, now: datetime = NOW
) -> Sample:
    return Sample(subject, now - timedelta(minutes=minutes_ago), {"clients": clients})


def history(store: SeriesStore, tier: Tier, *, days: float = 3, subject: Subject = AP) -> History:
    [told] = store.histories(None, [subject], start=NOW - timedelta(days=days), end=NOW, tier=tier)
    return told


def means(told: History, metric: str = "clients") -> list[float]:
    return [point.figures[metric].mean for point in told.points if metric in point.figures]


def test_what_was_written_is_told_as_it_was(store: SeriesStore) -> None:
    written = store.write([sample(10, 3), sample(5, 4), sample(5, 7, subject=RADIO)])
    assert (written.kept, written.too_late) == (3, 0)
    told = history(store, RAW)
    assert [point.at for point in told.points] == [
        NOW - timedelta(minutes=10),
        NOW - timedelta(minutes=5),
    ]
    assert means(told) == [3, 4]
    assert means(history(store, RAW, subject=RADIO)) == [7]
    assert store.subjects(None, [1]) == [AP, RADIO]
    assert history(store, RAW, subject=Subject(SubjectKind.DEVICE, 2)).points == ()


def test_a_sample_that_is_given_again_changes_nothing(store: SeriesStore) -> None:
    for _ in range(2):
        store.write([sample(5, 4), sample(70, 9)])
        age(store, NOW)
    assert means(history(store, RAW)) == [9, 4]
    assert [point.figures["clients"].count for point in history(store, HOUR).points] == [1, 1]


def test_a_history_is_the_same_before_and_after_its_roll_up(store: SeriesStore) -> None:
    store.write([sample(7 * place, place % 11) for place in range(300)])
    before = {tier: history(store, tier) for tier in TIERS}
    age(store, NOW)
    assert {tier: history(store, tier) for tier in TIERS} == before
    first = before[HOUR].points[-1].figures["clients"]
    assert (first.count, first.low, first.high, first.mean) == (2, 0, 1, 0.5)
    assert sum(point.figures["clients"].count for point in before[DAY].points) == 300


def test_late_samples_are_in_the_roll_up_that_was_already_made(store: SeriesStore) -> None:
    store.write([sample(120, 2)])
    age(store, NOW)
    store.write([sample(125, 8)])
    assert means(history(store, HOUR)) == [5]
    age(store, NOW)
    assert means(history(store, HOUR)) == means(history(store, DAY)) == [5]


def test_the_hour_that_happens_twice_stands_twice_and_a_gap_stays_a_gap(
    store: SeriesStore,
) -> None:
    first = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # 01:30 in Brussels, summer time
    told = (0, 1, 2, 4)  # 02:30 twice, 03:30 not told, 04:30
    store.write([Sample(AP, first + timedelta(hours=hours), {"clients": hours}) for hours in told])
    age(store, NOW)
    points = history(store, HOUR).points
    assert [point.at.hour for point in points] == [23, 0, 1, 3]
    assert [point.figures["clients"].mean for point in points] == [0, 1, 2, 4]


def test_what_is_old_goes_after_its_roll_up_and_late_comers_cannot_spoil_it(
    store: SeriesStore,
) -> None:
    store.write([sample(60 * hours, hours % 5) for hours in range(1, 100)])
    hours_before = means(history(store, HOUR, days=9))
    age(store, NOW)
    assert store.write([sample(60 * 24 * 4, 99)]).too_late == 1
    assert means(history(store, HOUR, days=9)) == hours_before
    kept = len(history(store, RAW, days=9).points)
    assert 48 <= kept <= 72
    age(store, NOW + timedelta(days=120))
    assert (history(store, RAW, days=9).points, history(store, HOUR, days=9).points) == ((), ())
    days = history(store, DAY, days=9).points
    assert sum(point.figures["clients"].count for point in days) == 99
    age(store, NOW + timedelta(days=365 * 7))
    assert history(store, DAY, days=9).points == ()


def counters(minutes_ago: float, octets: int, *, uptime_s: float) -> Sample:
    at = NOW - timedelta(minutes=minutes_ago)
    return Sample(
        PORT,
        at,
        counters=Counters(
            at=at, uptime_s=uptime_s, speed_bps=10**9, octet_bits=64,
            in_octets=octets, out_octets=0, in_errors=0, out_errors=5,
        ),
    )  # fmt: skip


def test_counters_become_rates_also_across_processes_and_a_restart_is_a_gap(
    settings: Settings, database: Database
) -> None:
    readings = [
        counters(25, 2**64 - 1_000, uptime_s=1_000),
        counters(20, 299_000, uptime_s=1_300),
        counters(15, 500, uptime_s=20),
        counters(10, 300_500, uptime_s=320),
    ]
    for reading in readings:  # each from a process of its own, and told twice
        with open_series(settings, database) as store:
            store.write([reading])
            store.write([reading])
    with open_series(settings, database) as store:
        told = history(store, RAW, subject=PORT)
    assert [point.at for point in told.points] == [readings[1].at, readings[3].at]
    assert [point.figures["in_bps"].mean for point in told.points] == [8000, 8000]


def test_counters_that_go_back_are_a_gap_and_an_uptime_that_wraps_is_none(
    store: SeriesStore,
) -> None:
    wrap_s = 2**32 / 100  # sysUpTime, in seconds
    readings = [
        counters(25, 900_000, uptime_s=wrap_s - 400),
        counters(20, 1_200_000, uptime_s=wrap_s - 100),
        counters(15, 1_500_000, uptime_s=200),  # the uptime wrapped; the counters went on
        counters(10, 700_000, uptime_s=500),  # the counters went back; the device stayed up
        counters(5, 1_000_000, uptime_s=800),
    ]
    store.write(readings)
    told = history(store, RAW, subject=PORT)
    rates = {
        point.at: point.figures["in_bps"].mean for point in told.points if "in_bps" in point.figures
    }
    assert rates == {readings[place].at: 8000 for place in (1, 2, 4)}


def test_a_port_where_nothing_was_ever_heard_gets_no_history(store: SeriesStore) -> None:
    quiet = Sample(PORT, NOW - timedelta(minutes=9), {"poe_w": 0}, start=False)
    store.write([quiet])
    assert store.subjects(None, [1]) == []
    store.write([Sample(PORT, NOW - timedelta(minutes=8), {"poe_w": 5.25})])
    store.write([Sample(PORT, NOW - timedelta(minutes=7), {"poe_w": 0}, start=False)])
    assert means(history(store, RAW, subject=PORT), "poe_w") == [5.2, 0]


def test_what_cannot_be_a_figure_is_left_out(store: SeriesStore) -> None:
    store.write(
        [Sample(AP, NOW - timedelta(minutes=5), {"clients": 10.0**12, "cpu_percent": float("nan")})]
    )
    assert history(store, RAW).points == ()


def test_a_file_of_another_database_is_refused(
    settings: Settings, database: Database, store: SeriesStore
) -> None:
    if settings.database_url is not None:
        return  # PostgreSQL's series live and go with their database
    store.write([sample(5, 1)])
    (settings.data_dir / "preau.sqlite").rename(settings.data_dir / "old.sqlite")
    upgrade(settings)
    other = Database(database.engine)
    other.engine.dispose()
    with open_series(settings, other) as opened, pytest.raises(Misconfigured, match="another"):
        opened.write([sample(4, 1)])


def test_two_writers_and_a_roll_up_at_once_lose_nothing(
    settings: Settings, database: Database
) -> None:
    def writing(number: int) -> int:
        with open_series(settings, database) as store:
            return sum(
                store.write(
                    [
                        sample(place, 1, subject=Subject(SubjectKind.DEVICE, number)),
                        sample(place, 2, subject=Subject(SubjectKind.RADIO, 1, f"radio{number}")),
                    ]
                ).kept
                for place in range(40)
            )

    def ageing(_: int) -> int:
        with open_series(settings, database) as store:
            return sum(age(store, NOW).hours for _ in range(10))

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(writing, number) for number in (1, 2)]
        agers = [pool.submit(ageing, number) for number in (1, 2)]
        assert [each.result(60) for each in writers] == [80, 80]
        assert sum(each.result(60) for each in agers) > 0
    with open_series(settings, database) as store:
        age(store, NOW)
        counts = [
            sum(
                point.figures["clients"].count
                for point in history(store, HOUR, subject=each).points
            )
            for each in store.subjects(None, [1, 2])
        ]
    assert counts == [40, 40, 40, 40]


def test_a_new_metric_gets_its_columns_and_the_old_figures_stay(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_series(settings, database) as store:
        store.write([sample(5, 4)])
    old = KINDS[SubjectKind.DEVICE]
    more = replace(old, metrics=(*old.metrics, Metric("fan_rpm", "1/min")))
    monkeypatch.setitem(KINDS, SubjectKind.DEVICE, more)
    with open_series(settings, database) as store:
        store.write([Sample(AP, NOW - timedelta(minutes=4), {"fan_rpm": 1200})])
        age(store, NOW)
        assert means(history(store, RAW)) == means(history(store, HOUR)) == [4]
        assert means(history(store, DAY), "fan_rpm") == [1200]


def test_what_the_store_holds_is_told(store: SeriesStore) -> None:
    store.write([sample(5, 4), sample(70, 4, subject=RADIO)])
    before = status(store)
    age(store, NOW)
    after = status(store)
    assert after.subjects == {"device": 1, "radio": 1}
    assert after.size_bytes > 0
    assert [tier.behind for tier in before.tiers] == [0, 2, 0]
    assert [tier.behind for tier in after.tiers] == [0, 0, 0]
    assert [tier.kept_days for tier in after.tiers] == [2, 90, 1830]
    assert before.to_json()["tiers"][0]["oldest"] == "2026-10-26T10:00:00+00:00"


def test_a_bucket_of_a_tier_is_a_chunk_of_the_finer_one() -> None:
    assert (HOUR.bucket_s, DAY.bucket_s) == (RAW.chunk_s, HOUR.chunk_s)


def test_a_partition_that_is_being_read_is_dropped_the_next_time(
    settings: Settings, database: Database, store: SeriesStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings.database_url is None:
        return  # SQLite's readers see what was there when they began
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT", "50ms")
    store.write([sample(5, 1)])
    with database.engine.begin() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM series.device_raw").scalar()
        age(store, NOW + timedelta(days=10))
        assert len(history(store, RAW).points) == 1
    age(store, NOW + timedelta(days=10))
    assert history(store, RAW).points == ()
    assert means(history(store, DAY)) == [1]
