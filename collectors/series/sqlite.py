"""The series in a SQLite file of their own, beside the database."""

import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from collectors.series import statements
from collectors.series.kinds import KINDS, Kind
from collectors.series.rows import Row
from collectors.series.store import SeriesStore
from collectors.series.tiers import TIERS, Retention, Tier
from inventory.database import make_engine, writing
from inventory.errors import Misconfigured
from inventory.sentences import Sentence

_CREATE_SUBJECT = (
    "CREATE TABLE IF NOT EXISTS subject (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL,"
    " kind TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (owner_id, kind, key))"
)
# A bare INTEGER: SQLite keeps a small number in one or two bytes. Without rowid the table is its
# own index, in the order of the key.
_CREATE_TABLE = (
    "CREATE TABLE IF NOT EXISTS {table} (chunk INTEGER NOT NULL, subject_id INTEGER NOT NULL,"
    " at INTEGER NOT NULL, {columns}, PRIMARY KEY (chunk, subject_id, at)) WITHOUT ROWID"
)


class SqliteSeries(SeriesStore):
    """A file of its own: its writers do not hold up those of the database.

    The file belongs to one database: PRAGMA user_version, which SQLite leaves to applications,
    holds the same random number in both. Rows of another would be another school's history.
    """

    words = statements.Words(schema="", hole="?")

    def __init__(
        self, path: Path, main: Engine, retention: Retention, *, max_interval_s: float
    ) -> None:
        super().__init__(retention, max_interval_s=max_interval_s)
        self._path, self._main = path, main
        self._engine = make_engine(f"sqlite:///{path.absolute()}")
        self._writer = writing(self._engine)
        self._lock = threading.Lock()
        self._ready = False

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()

    def place(self) -> str:
        """Return the path of the file."""
        return str(self._path)

    def prepare(self) -> None:
        """Make the file and its tables, or give them the columns that this release adds."""
        with self._lock:
            if self._ready:
                return
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
            except OSError as error:
                raise Misconfigured(
                    Sentence(
                        "Les chiffres dans le temps ne peuvent être gardés\u00a0: %(told)s",
                        told=str(error.strerror),
                    ),
                    where=self.place(),
                    todo=Sentence("donnez data_dir à l’utilisateur qui lance Préau"),
                ) from error
            with self.told_errors("check data_dir"):
                belongs_to = _number_of(self._main)
                if not self._is_of_this_release(belongs_to):
                    with self.transaction() as connection:
                        self._make_tables(connection)
                        self._check_owner(connection, belongs_to)
            self._ready = True

    def _is_of_this_release(self, belongs_to: int) -> bool:
        with self._engine.connect() as connection:
            names = "SELECT count(*) FROM sqlite_master WHERE name = 'meta'"
            if not connection.exec_driver_sql(names).scalar():
                return False
            told = [self.meta(connection, name) for name in ("form", "database")]
        return told == [statements.form(), str(belongs_to)]

    def _make_tables(self, connection: Connection) -> None:
        for statement in (*statements.CREATE_SHARED, _CREATE_SUBJECT):
            connection.exec_driver_sql(self.words.spell(statement))
        for kind in KINDS.values():
            for tier in TIERS:
                table, names = statements.table(kind, tier), statements.columns(kind, tier)
                columns = ", ".join(f"{name} INTEGER" for name in names)
                connection.exec_driver_sql(_CREATE_TABLE.format(table=table, columns=columns))
                told = connection.exec_driver_sql(f"PRAGMA table_info({table})")
                there = {row[1] for row in told}
                for name in (name for name in names if name not in there):
                    connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {name} INTEGER")
        self.set_meta(connection, "form", statements.form())

    def _check_owner(self, connection: Connection, belongs_to: int) -> None:
        own = self.meta(connection, "database")
        if own is None:
            self.set_meta(connection, "database", str(belongs_to))
        elif own != str(belongs_to):
            raise Misconfigured(
                Sentence(
                    "Ce fichier contient les chiffres dans le temps d’une autre base de données"
                ),
                where=self.place(),
                todo=Sentence("écartez-le, ou restaurez-le avec la base à laquelle il appartient"),
            )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection that waits its turn to write."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self, session: Session | None) -> Iterator[Connection]:
        """Yield a connection to the file; `session` is to another one."""
        with self._engine.connect() as connection:
            yield connection

    def make_room(self, tier: Tier, times_s: Iterable[int]) -> None:
        """Nothing: one table takes all."""

    def put(self, connection: Connection, kind: Kind, rows: Sequence[Row]) -> None:
        """Put rows into the table of what was told, one by one: nothing is quicker here."""
        connection.exec_driver_sql(self.words.spell(statements.keep(kind)), list(rows))

    def cut_unit_s(self, tier: Tier) -> int:
        """Return the length of a chunk: the rows of one stand together."""
        return tier.chunk_s

    def cut_off(self, kind: Kind, tier: Tier, before_s: int) -> None:
        """Remove chunk by chunk; the pages are used again by what comes next."""
        table = statements.table(kind, tier)
        oldest = self.words.spell(statements.oldest(kind, tier))
        while True:
            with self.transaction() as connection:
                first = connection.exec_driver_sql(oldest).scalar()
                if first is None or (first + 1) * tier.chunk_s > before_s:
                    return
                connection.exec_driver_sql(
                    f"DELETE FROM {table} WHERE chunk = ?",  # noqa: S608 - our own names
                    (first,),
                )

    def size_bytes(self) -> int:
        """Return the size of the file and of its write-ahead log."""
        files = (self._path, self._path.with_name(self._path.name + "-wal"))
        return sum(each.stat().st_size for each in files if each.exists())


def _number_of(main: Engine) -> int:
    """Return the number by which the database is told from another, giving it one first."""
    with main.connect() as connection:
        number = int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)
    if number:
        return number
    with writing(main).begin() as connection:
        number = int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)
        if number == 0:  # nobody else gave it one meanwhile
            number = secrets.randbelow(2**31 - 1) + 1
            connection.exec_driver_sql(f"PRAGMA user_version = {number}")
    return number
