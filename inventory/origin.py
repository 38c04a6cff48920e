"""By which way a write came: the token that a program sent, the key under which it is done once.

The web process begins one for each request; what is found out later about the request is told to
the same object, so that the record of a write has it whichever thread writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlmodel import Session


@dataclass(slots=True)
class Origin:
    """One request: from which address, and by which token, once it is known.

    `mark` is done in each transaction that the request commits, as the last thing in it.
    """

    address: str | None = None
    token: str | None = None
    mark: Callable[[Session], None] | None = None

    @property
    def via(self) -> str | None:
        """Return how it stands in the change records: `token:nagios`."""
        return f"token:{self.token}" if self.token else None


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


@contextmanager
def coming_from(address: str | None) -> Iterator[Origin]:
    """Take what is written in this block as asked for by one request."""
    origin = Origin(address)
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def current() -> Origin:
    """Return the origin of what runs now; an empty one outside of any request."""
    return _current.get() or Origin()
