"""The hot queries of the series find their rows by the key of their table, on both databases."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event

from collectors.series import Sample, SeriesStore, Subject, SubjectKind, age, open_series
from collectors.series.rates import Counters
from collectors.series.tiers import RAW, TIERS
from inventory.database import Database
from inventory.settings import Settings

NOW = datetime(2026, 11, 23, 12, 7, tzinfo=UTC)
DEVICES = 30
DAY_OF_ONE = " subject_id, at, in_bps, out_bps,"


@pytest.fixture
def store(settings: Settings, database: Database) -> Iterator[SeriesStore]:
    with open_series(settings, database) as opened:
        opened.write([s for hours in range(70) for s in some(NOW - timedelta(hours=hours))])
        age(opened, NOW)
        yield opened


def some(at: datetime) -> Iterator[Sample]:
    for device in range(1, DEVICES + 1):
        yield Sample(Subject(SubjectKind.DEVICE, device), at, {"reachable": 1, "clients": device})
    port = Subject(SubjectKind.INTERFACE, 1, "eth0")
    yield Sample(port, at, {"poe_w": 1}, Counters(at, 1.0))


@contextmanager
def plans(store: SeriesStore, database: Database) -> Iterator[dict[str, str]]:
    """Yield, filled at the end, the plan of each statement that reads in the block."""
    said: dict[str, object] = {}

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "DELETE", "INSERT")):
            said[statement] = parameters

    with store.reading(None) as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    found: dict[str, str] = {}
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with store.transaction() as connection:
        for statement, parameters in said.items():
            found[statement] = _plan(connection, statement, parameters)


def _plan(connection: Connection, statement: str, parameters: object) -> str:
    if isinstance(parameters, list):
        parameters = parameters[0]
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        return "\n".join(str(row[3]) for row in rows)
    # Whatever the sizes here: does an index serve it at all?
    for scan in ("seqscan", "bitmapscan"):
        connection.exec_driver_sql(f"SET LOCAL enable_{scan} = off")
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)  # type: ignore[arg-type]
    return "\n".join(str(row[0]) for row in rows)


def _whole_tables(plan: str) -> list[str]:
    """Return the steps that read a table from end to end."""
    return re.findall(r"^\s*(?:->\s*)?(?:SCAN|Seq Scan).*", plan, re.MULTILINE)


def test_no_read_write_or_roll_up_walks_a_whole_table(
    store: SeriesStore, database: Database
) -> None:
    port, device = Subject(SubjectKind.INTERFACE, 1, "eth0"), Subject(SubjectKind.DEVICE, 3)
    with plans(store, database) as found:
        store.write(list(some(NOW - timedelta(minutes=3))))
        store.subjects(None, [3, 4])
        for tier in TIERS:
            store.histories(None, [device], start=NOW - timedelta(days=2), end=NOW, tier=tier)
        store.histories(None, [port], start=NOW - timedelta(days=1), end=NOW, tier=RAW)
        age(store, NOW)
    assert len([statement for statement in found if "device_" in statement]) >= 4, found
    walked = {
        statement: steps
        for statement, plan in found.items()
        # The marks are as many as buckets that are behind: all of them are wanted.
        if (steps := _whole_tables(plan)) and not re.search(r"mark\s+WHERE tier = ", statement)
    }
    assert walked == {}, walked
    assert [plan for plan in found.values() if "FOR GROUP BY" in plan] == []
    [of_a_day] = [plan for text, plan in found.items() if text.startswith(f"SELECT{DAY_OF_ONE}")]
    if database.engine.dialect.name == "sqlite":
        assert "USING PRIMARY KEY (chunk=? AND subject_id=? AND at>? AND at<?)" in of_a_day
    else:
        assert "subject_id" in of_a_day.split("Index Cond:", 1)[1].splitlines()[0]
