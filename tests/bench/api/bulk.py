"""Rows into tables by the hundred thousand: COPY on PostgreSQL, executemany on SQLite."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlmodel import SQLModel

_BATCH = 5_000


class Loader(Protocol):
    """Takes rows into a table."""

    def load(
        self, table: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> int:
        """Insert `rows`, whose values stand in the order of `columns`; return how many."""


@contextmanager
def loading(engine: Engine) -> Iterator[Loader]:
    """Yield what loads one database; at the end its statistics are up to date."""
    raw = engine.raw_connection()
    connection: Any = raw.driver_connection
    try:
        if engine.dialect.name == "sqlite":
            for pragma in ("synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            yield _Sqlite(connection)
            connection.execute("COMMIT")
            connection.execute("ANALYZE")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            loader = _Postgresql(connection)
            yield loader
            loader.end()
    finally:
        raw.invalidate()  # what was set for loading is not for serving


class _Sqlite:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def load(
        self, table: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> int:
        places = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        statement = f'INSERT INTO "{table.__tablename__}" ({names}) VALUES ({places})'
        count = 0
        rows = iter(rows)
        while batch := list(islice(rows, _BATCH)):
            self._connection.executemany(statement, [tuple(map(_for_sqlite, row)) for row in batch])
            count += len(batch)
        return count


class _Postgresql:
    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._tables: list[str] = []

    def load(
        self, table: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> int:
        names = ", ".join(f'"{name}"' for name in columns)
        name = str(table.__tablename__)
        count = 0
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f'COPY "{name}" ({names}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(tuple(map(_for_postgresql, row)))
                count += 1
        if "id" in columns:
            self._tables.append(name)
        return count

    def end(self) -> None:
        for name in self._tables:
            self._connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM \"{name}\""
            )
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.execute("VACUUM ANALYZE")


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return json.dumps(value) if isinstance(value, dict | list) else value


def _for_postgresql(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
