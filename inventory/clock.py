"""The one clock: every module asks it, so that the demo and the tests can move time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return _source()


def set_source(source: Callable[[], datetime] | None) -> None:
    """Make `now()` answer what `source` returns (aware UTC); None: the system's time again."""
    global _source
    _source = source or _system_time


def follow_offset(path: Path) -> None:
    """Make `now()` be ahead of the system's time by as many seconds as a file says at the moment.

    For the demo, whose processes live through years together. No file: not ahead.
    """

    def ahead() -> datetime:
        try:
            return _system_time() + timedelta(seconds=float(path.read_text(encoding="ascii")))
        except FileNotFoundError:
            return _system_time()

    set_source(ahead)
