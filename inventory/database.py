"""The database: SQLite by default, PostgreSQL by URL, through one small door.

`Database.read()` gives a session that cannot write; `Database.write(actor)` gives one whose writes
are committed when the block ends well and undone when it raises, and are recorded as changes made
by `actor`. Neither may be held open while talking to a device.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    create_engine,
    event,
    exc,
    inspect,
    make_url,
    text,
)
from sqlmodel import Session

from inventory import origin
from inventory.changes import RecordingSession
from inventory.errors import Misconfigured
from inventory.sentences import Sentence
from inventory.settings import Settings

if TYPE_CHECKING:  # imported where a schema is made or told: it takes a third of a second
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations" / "versions"
REVISION = max(path.name[:4] for path in _MIGRATIONS.glob("[0-9]*.py"))
"""The schema of this release: the last migration. Asking alembic would take a third of a second."""

CONNECTIONS = 40
"""How many connections a process has at most; `api.http.admission` lets no more requests in."""
# The one used last first: it has its statements prepared and its pages read.
_POOL = {"pool_size": 10, "max_overflow": CONNECTIONS - 10, "pool_use_lifo": True}
_DRIVERS = ("sqlite", "postgresql+psycopg")
_WRITES = "preau_writes"
_BUSY_TIMEOUT_S = 30.0
# A commit copies the journal into the file once it is that long, and its writer waits for the disk:
# four times SQLite's own limit, as the web process copies it before (`Database.checkpoint`).
_LONGEST_WAL_PAGES = 4000


class Database:
    """An open database whose schema is the one of this release."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = writing(engine)
        self._noting = Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that sees one moment of the database and whose flush raises."""
        with self.reader() as session:
            yield session

    def reader(self) -> Session:
        """Return the session of `read`, which its caller closes; it connects when first asked."""
        return _ReadingSession(self.engine, expire_on_commit=False)

    @contextmanager
    def write(self, actor: str) -> Iterator[Session]:
        """Yield a session that commits at the end of the block; `actor` stands in the changes."""
        with RecordingSession(self._writer, actor) as session:
            yield session
            if mark := origin.current().mark:
                mark(session)
            session.commit()

    @contextmanager
    def append(self) -> Iterator[Connection]:
        """Yield a connection that commits at the end of the block, for rows of records alone.

        It costs a tenth of a session: a journal is written before every step of every device, and
        each has its lease. No change is recorded, so it is for tables that are records themselves.
        """
        with self._writer.begin() as connection:
            yield connection

    def try_append(self, statement: Executable) -> bool:
        """Run one statement on a table of records, unless that would mean waiting for a writer.

        Returns whether it was run. For notes that nobody should wait for, as when somebody was last
        seen: an import may hold the database for long. One note is written at a time: who notes may
        hold a connection already, and were all of them to ask for a second, all would wait.
        """
        if not self._noting.acquire(blocking=False):
            return False
        try:
            with self._writer.connect() as connection:
                _do_not_wait(connection)
                try:
                    connection.execute(statement)
                    connection.commit()
                finally:
                    connection.rollback()
                    _wait_again(connection)
        except (exc.OperationalError, exc.TimeoutError):
            return False
        finally:
            self._noting.release()
        return True

    def checkpoint(self) -> None:
        """Copy SQLite's write-ahead log into its file, as far as nobody has to wait for that."""
        if self.engine.dialect.name != "sqlite":
            return
        with self.engine.connect() as connection:
            # On the driver's connection: through SQLAlchemy's it would begin a transaction.
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


class _ReadingSession(Session):
    """A session that writes nothing."""


def _refuse_flush(session: Session, *_: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("a reading session was given rows to write; use Database.write(actor)")


event.listen(_ReadingSession, "before_flush", _refuse_flush)


def make_engine(url: str) -> Engine:
    """Return an engine for `url`, with what SQLite needs to be safe with several processes.

    Raises Misconfigured when `url` is no URL of SQLite or PostgreSQL.
    """
    _refuse_other_urls(url)
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, **_POOL)
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False}, **_POOL
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _refuse_other_urls(url: str) -> None:
    todo = Sentence(
        "donnez postgresql://USER:PASSWORD@HOST:PORT/NAME, ou rien pour SQLite dans le dossier de"
        " données"
    )
    try:
        driver = make_url(url).drivername
    except (exc.ArgumentError, ValueError):
        # Without its words and its cause: they may quote the URL, and so its password.
        raise Misconfigured(
            Sentence("database_url n’est pas l’URL d’une base de données"), todo=todo
        ) from None
    if driver not in _DRIVERS:
        raise Misconfigured(
            Sentence("database_url nomme %(driver)s, que Préau ne peut utiliser", driver=driver),
            todo=todo,
        )


def _do_not_wait(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _busy_timeout(connection, 0)
    else:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '20ms'")


def _wait_again(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _busy_timeout(connection, int(_BUSY_TIMEOUT_S * 1000))


def _busy_timeout(connection: Connection, milliseconds: int) -> None:
    # On the driver's connection: through SQLAlchemy's it would begin the transaction that waits.
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(f"PRAGMA busy_timeout = {milliseconds}")


def writing(engine: Engine) -> Engine:
    """Return `engine` for connections that write; on SQLite each waits its turn from its begin."""
    return engine.execution_options(**{_WRITES: True})


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver must not begin transactions itself: we choose the kind in _begin_sqlite.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={_LONGEST_WAL_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote between; one
    # that begins IMMEDIATE waits its turn instead.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrations_config(url: str) -> "Config":
    """Return Alembic's configuration for `url`; no alembic.ini is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(settings: Settings) -> tuple[str | None, str]:
    """Bring the database to this release's schema, making it first where it does not exist.

    Returns the revisions (before, after); before is None for a new database. Raises Misconfigured
    when it was written by a newer release or cannot be opened; it is then left as it was.
    """
    if settings.database_url is None:
        _make_sqlite_file(
            settings.data_dir, Path(settings.sqlalchemy_url().removeprefix("sqlite:///"))
        )
    engine = make_engine(settings.sqlalchemy_url())
    try:
        before = _revision(engine)
        if before != REVISION:
            from alembic import command

            config = migrations_config(settings.sqlalchemy_url())
            _refuse_newer(before, config, engine)
            config.attributes["engine"] = engine
            command.upgrade(config, "head")
        return before, REVISION
    finally:
        engine.dispose()


def _make_sqlite_file(folder: Path, file: Path) -> None:
    """Make the file for its owner alone: it holds what schools wrote, logins and sealed secrets."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        raise Misconfigured(
            f"the database cannot be made: {error.strerror}",
            where=str(file),
            todo="give data_dir to the user that runs Préau",
        ) from error


def open_database(settings: Settings) -> Database:
    """Return the database of this installation.

    Raises Misconfigured when it does not exist yet, is of an older or newer release, or cannot be
    opened; each says what to do.
    """
    url = settings.sqlalchemy_url()
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).exists():
        raise Misconfigured("there is no database yet", where=path, todo="run: preau db upgrade")
    engine = make_engine(url)
    try:
        current = _revision(engine)
        if current != REVISION:
            _refuse_newer(current, migrations_config(url), engine)
            raise Misconfigured(
                f"the database is at revision {current or 'none'}, this release needs {REVISION}",
                where=_shown(engine),
                todo="run: preau db upgrade",
            )
    except BaseException:
        engine.dispose()
        raise
    return Database(engine)


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(found) if found is not None else None
    except exc.DatabaseError as error:
        raise Misconfigured(
            f"the database cannot be opened: {_first_line(error.orig)}",
            where=_shown(engine),
            todo="check database_url or data_dir",
        ) from error


def _refuse_newer(current: str | None, config: "Config", engine: Engine) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise Misconfigured(
            f"the database was written by a newer release of Préau (revision {current})",
            where=_shown(engine),
            todo="install that release or restore an older database; nothing was changed",
        )


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
