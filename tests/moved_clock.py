"""A clock that a test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from inventory import clock


class MovedClock:
    """Answers the moment at which it stands until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def moved_clock() -> Iterator[MovedClock]:
    """Let the product read a clock that stands still until the test moves it."""
    moved = MovedClock()
    clock.set_source(moved)
    try:
        yield moved
    finally:
        clock.set_source(None)
