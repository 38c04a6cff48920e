"""What `preau doctor` looks at: each part of an installation, whether it works, and what to do."""

import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from api.usecases.status import jobs_process_alive
from inventory.database import open_database
from inventory.errors import Misconfigured, PreauError
from inventory.secrets import open_vault
from inventory.settings import Settings

_MIN_FREE_BYTES = 500 * 1024 * 1024
_LIBRARIES = ("netmiko", "napalm", "hier_config", "pysnmp", "scapy", "fastapi", "apscheduler")


@dataclass(frozen=True, slots=True)
class Check:
    """One part. `needed`: without it the product does not work."""

    what: str
    ok: bool
    told: str
    todo: str | None = None
    needed: bool = True


def examine(settings: Settings) -> Iterator[Check]:
    """Yield what is found about each part; never raises for a part that is broken."""
    yield Check("Python", sys.version_info >= (3, 11), sys.version.split()[0], "use 3.11 or newer")
    yield from _libraries()
    yield _data_dir(settings)
    yield _attempt("key file", lambda: _key_file(settings))
    yield from _database(settings)
    yield _port(settings)


def _libraries() -> Iterator[Check]:
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    told = f"missing: {', '.join(missing)}" if missing else "all there"
    yield Check("libraries", not missing, told, "install Préau again in a clean environment")


def _data_dir(settings: Settings) -> Check:
    where = settings.data_dir.absolute()
    if not where.is_dir():
        return Check("data folder", False, f"{where} is absent", "run: preau db upgrade")
    free = shutil.disk_usage(where).free
    writable = os.access(where, os.W_OK)
    return Check(
        "data folder",
        writable and free > _MIN_FREE_BYTES,
        f"{where}, {free // 2**20} MiB free{'' if writable else ', not writable'}",
        "give it to the user that runs Préau, with room to write",
    )


def _key_file(settings: Settings) -> Check:
    vault = open_vault(settings)
    path = settings.secret_key_path()
    mode = stat.S_IMODE(path.stat().st_mode)
    return Check(
        "key file",
        not mode & 0o077,
        f"{path}, key {vault.key_id}, mode {mode:04o}",
        f"others may read it; run: chmod 600 {path}",
    )


def _database(settings: Settings) -> Iterator[Check]:
    try:
        database = open_database(settings)
    except PreauError as error:
        yield Check("database", ok=False, told=error.what, todo=error.todo)
        return
    try:
        yield Check("database", ok=True, told=database.engine.dialect.name)
        with database.read() as session:
            alive = jobs_process_alive(session)
    finally:
        database.close()
    told = "gives signs of life" if alive else "not running"
    yield Check("jobs process", alive, told, "run: preau serve", needed=False)


def _port(settings: Settings) -> Check:
    where = (settings.web_host, settings.web_port)
    with socket.socket() as probe:
        probe.settimeout(1.0)
        taken = probe.connect_ex(where) == 0
    told = f"{where[0]}:{where[1]} {'is answered' if taken else 'is free'}"
    return Check("web port", ok=True, told=told, needed=False)


def _attempt(what: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Misconfigured as error:
        return Check(what, ok=False, told=error.what, todo=error.todo)
