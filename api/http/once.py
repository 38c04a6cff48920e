"""The header Idempotency-Key: a write that is sent again is answered as it was, and not done again.

It is so for every POST and PATCH of the API, and no route has a line for it: `done_once` adds the
dependency that begins the key once the caller's rights are known, every transaction of the request
marks it (`inventory.origin`), and `KeptAnswers` keeps what is answered.
"""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.dependencies import Here, calling, who_asks
from api.usecases.idempotency import BegunWrite, StoredAnswer, begin
from inventory import origin

ONCE = frozenset({"POST", "PATCH"})
"""Methods that are not idempotent by themselves (RFC 9110, 9.2.2; RFC 5789, 2)."""
_BEGUN = "preau.begun_write"
_KEPT = ("content-language", "content-type", "etag", "location")
_REPLAYED = {"Idempotent-Replayed": "true"}


class AlreadyAnswered(Exception):
    """The request was answered before: the same answer is sent again."""

    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__()
        self.answer = answer

    def response(self) -> Response:
        """Return what was answered."""
        headers = {**self.answer.headers, **_REPLAYED}
        return Response(self.answer.body, self.answer.status, headers)


async def begin_once(
    request: Request,
    here: Here,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="the same for a write that is sent again; kept for a day",
        ),
    ] = None,
) -> None:
    """Begin the write of a key; raises AlreadyAnswered, NotTheSameRequest and Conflict."""
    key = idempotency_key.strip('"') if idempotency_key else ""
    if not key:
        return

    def who() -> int:
        # A session of its own, and a short one: a file may come in for long after this.
        with here.database.read() as session:
            asker = who_asks(request, session)
            return calling(request, asker, request.headers.get("x-csrf-token")).user_id

    user_id = await run_in_threadpool(who)
    digest = await _digest(request)
    begun = await run_in_threadpool(begin, here.database, user_id, key, digest)
    if isinstance(begun, StoredAnswer):
        raise AlreadyAnswered(begun)
    request.scope[_BEGUN] = begun
    origin.current().mark = begun.mark


def done_once(router: APIRouter) -> APIRouter:
    """Return `router`, with every POST and PATCH of it taking an Idempotency-Key."""
    for route in router.routes:
        if not isinstance(route, APIRoute) or not ONCE & (route.methods or set()):
            continue
        if all(each.dependency is not begin_once for each in route.dependencies):
            route.dependencies.append(Depends(begin_once))
    return router


class KeptAnswers:
    """Keeps what is answered to a write that was begun under a key, before it is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in ONCE:
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            begun = scope.get(_BEGUN)
            if begun is None:
                await send(message)
                return
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await _end(scope, begun, _answer_of(held))
                for each in held:
                    await send(each)

        try:
            await self._app(scope, receive, hold)
        finally:
            if begun := scope.get(_BEGUN):  # it ended without an answer
                await _end(scope, begun, None)


async def _end(scope: Scope, begun: BegunWrite, answer: StoredAnswer | None) -> None:
    scope[_BEGUN] = origin.current().mark = None
    await run_in_threadpool(begun.end, answer)


def _answer_of(messages: list[Message]) -> StoredAnswer:
    start, *parts = messages
    headers = Headers(raw=start["headers"])
    body = b"".join(each.get("body", b"") for each in parts)
    kept = {name: headers[name] for name in _KEPT if name in headers}
    return StoredAnswer(start["status"], body.decode(), kept)


async def _digest(request: Request) -> str:
    """Return a digest of what is asked; of a form with files, which streams, its length alone."""
    asked = f"{request.method} {request.url.path}?{request.url.query}\n"
    condition = request.headers.get("if-match", "")
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        body = request.headers.get("content-length", "").encode()
    else:
        body = await request.body()
    return hashlib.sha256(asked.encode() + condition.encode() + body).hexdigest()
