"""The series in PostgreSQL: a schema of their own, figures as told in partitions of a day."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from collectors.series import statements
from collectors.series.kinds import KINDS, Kind
from collectors.series.rows import Row
from collectors.series.store import SeriesStore
from collectors.series.tiers import RAW, TIERS, Retention, Tier

log = structlog.get_logger()

LOCK_TIMEOUT = "5s"
"""So long a partition that goes away waits for its readers, and who comes after waits with it."""

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(5711274398)"  # any number that nobody else uses
_CREATE_SUBJECT = (
    "CREATE TABLE IF NOT EXISTS series.subject ("
    "id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner_id INTEGER NOT NULL,"
    " kind TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (owner_id, kind, key))"
)
_CREATE_TABLE = (
    "CREATE TABLE series.{table} (chunk INTEGER NOT NULL,"
    " subject_id INTEGER NOT NULL, at BIGINT NOT NULL, {columns},"
    " PRIMARY KEY (chunk, subject_id, at)) PARTITION BY RANGE (at)"
)
_COLUMNS = (
    "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
    " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname = 'series' AND relkind = 'p' AND attnum > 0"
)
_PARTITIONS = (
    "SELECT part.relname FROM pg_inherits"
    " JOIN pg_class part ON part.oid = inhrelid"
    " JOIN pg_class whole ON whole.oid = inhparent"
    " JOIN pg_namespace ON pg_namespace.oid = whole.relnamespace"
    " WHERE nspname = 'series' AND whole.relname = %s"
)
_SIZE = (
    "SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0) FROM pg_class"
    " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname = 'series' AND relkind = 'r'"
)


class PostgresSeries(SeriesStore):
    """The schema `series`; what is old goes by dropping its partition."""

    words = statements.Words(schema="series.", hole="%s")

    def __init__(self, engine: Engine, retention: Retention, *, max_interval_s: float) -> None:
        super().__init__(retention, max_interval_s=max_interval_s)
        self._engine = engine
        self._lock = threading.Lock()
        self._ready = False

    def place(self) -> str:
        """Return the URL of the database without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    def prepare(self) -> None:
        """Make the schema and its tables, or give them the columns that this release adds."""
        with self._lock:
            if self._ready:
                return
            todo = "give its user the right CREATE on the database"
            with self.told_errors(todo), self.transaction() as connection:
                if not self._is_of_this_release(connection):
                    connection.exec_driver_sql(_ONE_AT_A_TIME)
                    self._make_tables(connection)
            self._ready = True

    def _is_of_this_release(self, connection: Connection) -> bool:
        there = connection.exec_driver_sql("SELECT to_regclass('series.meta')").scalar()
        return there is not None and self.meta(connection, "form") == statements.form()

    def _make_tables(self, connection: Connection) -> None:
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS series")
        for statement in (*statements.CREATE_SHARED, _CREATE_SUBJECT):
            connection.exec_driver_sql(self.words.spell(statement))
        there = {(table, name) for table, name in connection.exec_driver_sql(_COLUMNS)}
        for kind in KINDS.values():
            for tier in TIERS:
                table, typed = statements.table(kind, tier), _typed(kind, tier)
                if (table, "at") not in there:
                    columns = ", ".join(f"{name} {kept}" for name, kept in typed.items())
                    connection.exec_driver_sql(_CREATE_TABLE.format(table=table, columns=columns))
                    continue
                for name in (name for name in typed if (table, name) not in there):
                    connection.exec_driver_sql(
                        f"ALTER TABLE series.{table} ADD COLUMN {name} {typed[name]}"
                    )
        self.set_meta(connection, "form", statements.form())

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection of the database's own pool."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self, session: Session | None) -> Iterator[Connection]:
        """Yield the connection of `session`, or one of the pool's."""
        if session is not None:
            yield session.connection()
            return
        with self._engine.connect() as connection:
            yield connection

    def make_room(self, tier: Tier, times_s: Iterable[int]) -> None:
        """Make the partitions that these moments fall into, of every kind, save those cut off.

        Each is made aside and then attached, which holds up neither readers nor writers (PostgreSQL
        ALTER TABLE, ATTACH PARTITION: SHARE UPDATE EXCLUSIVE on the whole).
        """
        starts = {tier.partition(at_s) for at_s in times_s}
        with self._engine.connect() as connection:
            floor_s = self.floor_s(connection, tier)
            starts = {start_s for start_s in starts if start_s + tier.partition_s > floor_s}
            if not self._missing(connection, tier, starts):
                return
        with self.transaction() as connection:
            connection.exec_driver_sql(_ONE_AT_A_TIME)
            for kind, start_s in self._missing(connection, tier, starts):
                whole, part = statements.table(kind, tier), _partition(kind, tier, start_s)
                connection.exec_driver_sql(
                    f"CREATE TABLE series.{part} (LIKE series.{whole} INCLUDING ALL)"
                )
                connection.exec_driver_sql(
                    f"ALTER TABLE series.{whole} ATTACH PARTITION series.{part}"
                    f" FOR VALUES FROM ({start_s}) TO ({start_s + tier.partition_s})"
                )

    def _missing(
        self, connection: Connection, tier: Tier, starts: Iterable[int]
    ) -> list[tuple[Kind, int]]:
        wanted = {
            _partition(kind, tier, start_s): (kind, start_s)
            for kind in KINDS.values()
            for start_s in sorted(starts)
        }
        there = connection.exec_driver_sql(
            "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE nspname = 'series' AND relname = ANY(%s)",
            (list(wanted),),
        )
        for (name,) in there.all():
            del wanted[name]
        return list(wanted.values())

    def put(self, connection: Connection, kind: Kind, rows: Sequence[Row]) -> None:
        """Put rows into the table of what was told, all by one statement that takes columns."""
        kept = ("INTEGER", "INTEGER", "BIGINT", *_typed(kind, RAW).values())
        source = f"SELECT * FROM unnest({', '.join(f'?::{each}[]' for each in kept)})"  # noqa: S608
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        connection.exec_driver_sql(self.words.spell(statements.keep(kind, source)), columns)

    def cut_unit_s(self, tier: Tier) -> int:
        """Return the length of a partition: it is dropped whole."""
        return tier.partition_s

    def cut_off(self, kind: Kind, tier: Tier, before_s: int) -> None:
        """Drop the partitions that are wholly older; each waits for its readers a little.

        One that is being read for longer is dropped the next time.
        """
        table = statements.table(kind, tier)
        with self.transaction() as connection:
            names = [name for (name,) in connection.exec_driver_sql(_PARTITIONS, (table,))]
        for name in sorted(names):
            if _start_of(name) + tier.partition_s <= before_s:
                self._drop(name)

    def _drop(self, partition: str) -> None:
        try:
            with self.transaction() as connection:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS series.{partition}")
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            log.warning("partition_not_dropped", partition=partition, why="it is being read")

    def size_bytes(self) -> int:
        """Return the size of the schema's tables with their indexes."""
        with self.told_errors(), self._engine.connect() as connection:
            return int(connection.exec_driver_sql(_SIZE).scalar() or 0)


def _typed(kind: Kind, tier: Tier) -> dict[str, str]:
    """Return the columns with their types: whole numbers, of 64 bits where 31 do not do."""
    if tier is RAW:
        return {metric.name: "BIGINT" if metric.wide else "INTEGER" for metric in kind.metrics}
    typed: dict[str, str] = {}
    for metric in kind.metrics:
        value = "BIGINT" if metric.wide else "INTEGER"
        of_part = {"n": "INTEGER", "sum": "BIGINT", "min": value, "max": value}
        typed |= {f"{metric.name}_{part}": of_part[part] for part in statements.PARTS}
    return typed


def _partition(kind: Kind, tier: Tier, start_s: int) -> str:
    day = datetime.fromtimestamp(start_s, UTC)
    return f"{statements.table(kind, tier)}_{day:%Y%m%d}"


def _start_of(partition: str) -> int:
    day = datetime.strptime(partition.rpartition("_")[2], "%Y%m%d").replace(tzinfo=UTC)
    return int(day.timestamp())
