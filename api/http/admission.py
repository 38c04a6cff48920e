"""How many requests are looked at at once: the others wait, and hold nothing while they do.

A request holds one database connection, for a moment two, and waits for one of the server's threads
while it does. Were there more requests than connections, all threads could wait for connections
that requests hold which wait for a thread. So no more are let in than the pool has for
(`inventory.database`), whoever asks and for what.

Nobody keeps a place while a client takes its time: a body has come in before the place is taken
(`api.http.middleware.Gate`), files come in outside of it, and it is given back when the answer
begins, be that a page or a stream of ten minutes. By then its session is closed
(`api.http.dependencies.Reading`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inventory.database import CONNECTIONS

MOST_HELD = 2
"""How many connections a request holds at most: that of what it read, and one to write."""
AT_ONCE = CONNECTIONS // MOST_HELD
PLACE = "preau.place"
"""Where a request's scope holds its `Place`."""


class Place:
    """One request's place among those that are looked at."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._held = False

    async def take(self) -> None:
        """Wait for a place, in the order in which requests came."""
        await self._free.acquire()
        self._held = True

    def leave(self) -> None:
        """Give it back, once."""
        if self._held:
            self._held = False
            self._free.release()

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[None]:
        """Hold no place in the block, which waits for the client, and so no session either."""
        self.leave()
        yield
        await self.take()


class Admission:
    """Lets so many requests in at once, in the order in which they came."""

    def __init__(self, app: ASGIApp, *, at_once: int = AT_ONCE) -> None:
        self._app = app
        self._free = asyncio.Semaphore(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request when its turn has come."""
        if scope["type"] != "http" or _holds_nothing(scope["path"]):
            await self._app(scope, receive, send)
            return
        place = scope[PLACE] = Place(self._free)

        async def send_outside(message: Message) -> None:
            if message["type"] == "http.response.start":
                place.leave()
            await send(message)

        await place.take()
        try:
            await self._app(scope, receive, send_outside)
        finally:
            place.leave()


def _holds_nothing(path: str) -> bool:
    """Return whether a request for this path holds no connection while it waits for a thread."""
    return path == "/healthz" or path.startswith("/static/")
