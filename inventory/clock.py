"""The one clock: every module asks it, so that the demo and the tests can move time."""

from collections.abc import Callable
from datetime import UTC, datetime


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
