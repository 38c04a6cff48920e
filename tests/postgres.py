"""A real PostgreSQL server for the tests: Debian's binaries, own folder, Unix socket, no TCP."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from inventory.database import upgrade
from inventory.settings import Settings

_USER = "postgres"
_ROOM_BYTES = 2 * 1024**3
# Nothing here outlives its test: durability would only cost time.
_OPTIONS = (
    "listen_addresses=''",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
)


def _binary(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


def missing_postgres() -> str | None:
    """Return what keeps a server from being started here, or None."""
    if _binary("initdb") is None or _binary("postgres") is None:
        return "PostgreSQL's server is not installed"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(_USER)
        except KeyError:
            return "PostgreSQL refuses to run as root and there is no user postgres"
    return None


class PostgresServer:
    """One running server; `new_database()` gives the URL of one of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._migrated: str | None = None

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["PostgresServer"]:
        """Make a cluster in a new folder, run it, and remove it afterwards."""
        # A socket's path may hold 107 bytes, so the folder is a short one.
        folder = Path(tempfile.mkdtemp(prefix="preau-pg-", dir=_memory()))
        if os.geteuid() == 0:
            shutil.chown(folder, _USER, _USER)
        data = folder / "data"
        try:
            _run("initdb", "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync")
            options = [f"unix_socket_directories={folder}", *_OPTIONS]
            words = " ".join(f"-c {option}" for option in options)
            _run("pg_ctl", "-D", str(data), "-o", words, "-w", "-l", f"{folder}/log", "start")
            try:
                yield cls(folder)
            finally:
                _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def new_database(self, *, migrated: bool) -> str:
        """Create an empty database and return its URL; `migrated`: at the newest schema."""
        if not migrated:
            return self._create("template0")
        if self._migrated is None:
            url = self._create("template0")
            upgrade(Settings(data_dir=self.folder, database_url=url))
            self._migrated = _name(url)
        return self._create(self._migrated)

    def drop(self, url: str) -> None:
        """Remove a database, whoever still uses it: hundreds of them would fill the disk."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)".encode())

    def _create(self, template: str) -> str:
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode()
            )
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://{_USER}@/{name}?host={quote(str(self.folder))}"


def _memory() -> str | None:
    """Return a file system in memory with room for the server, or None."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return None
    return str(memory) if shutil.disk_usage(memory).free > _ROOM_BYTES else None


def _name(url: str) -> str:
    return url.split("/")[3].split("?", maxsplit=1)[0]


def _run(binary: str, *arguments: str) -> None:
    path = _binary(binary)
    assert path is not None, binary
    done = subprocess.run(
        [path, *arguments],
        user=_USER if os.geteuid() == 0 else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stdout
