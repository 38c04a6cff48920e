"""How many requests are looked at at once: the others wait, and hold nothing while they do.

A request holds one database connection, for a moment two, and waits for one of the server's threads
while it does. Were there more requests than connections, all threads could wait for connections
that requests hold which wait for a thread. So no more are let in than the pool has for
(`inventory.database`).
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from inventory.database import CONNECTIONS

AT_ONCE = CONNECTIONS // 2


class Admission:
    """Lets so many requests in at once, in the order in which they came."""

    def __init__(self, app: ASGIApp, *, at_once: int = AT_ONCE) -> None:
        self._app = app
        self._free = asyncio.Semaphore(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request when its turn has come."""
        if scope["type"] != "http" or _waits_for_nobody(scope):
            await self._app(scope, receive, send)
            return
        async with self._free:
            await self._app(scope, receive, send)


def _waits_for_nobody(scope: Scope) -> bool:
    """Return whether a request holds no connection, or would keep others out for too long.

    A live stream and a file on its way in last for minutes, and each has a limit of its own.
    """
    path = scope["path"]
    if path == "/healthz" or path.startswith("/static/") or path.endswith("/events"):
        return True
    return Headers(scope=scope).get("content-type", "").startswith("multipart/")
