"""Entity tags (RFC 9110, 8.8.3 and 13.1): what was read already, and writes about what was read.

A tag is `"LOCK.REST"`: LOCK tells the state that a write is about (a dossier's version, what can be
edited of a device), REST all else that the answer holds. So a poll that moves a device's last
moment gives it a new tag, and a person who edits its place meanwhile is not refused.

Every address that ends with the name of one thing is answered with a tag, and 304 to who has it:
`Tagged` makes it of what is sent. A route whose thing can be written says what a write is about
(`reads.about(lock)`), and its writes ask the same (`writes.demand`).
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Header, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlmodel import Session, SQLModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import API, PROBLEM_RESPONSE, Changed, PreconditionMissing
from inventory.sentences import Sentence

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_DIGEST_CHARACTERS = 20
_LOCK = "preau.lock"
_CHANGED = Sentence("Ceci a été modifié depuis que vous l’avez lu")
Row = TypeVar("Row", bound=SQLModel)
_KEPT = ("etag", "cache-control", "vary", "content-language")

READ_RESPONSES: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is still what If-None-Match says."},
}
WRITE_RESPONSES: dict[int | str, dict[str, Any]] = {
    412: PROBLEM_RESPONSE | {"description": "It was changed meanwhile: `current`, `changes`."},
    428: PROBLEM_RESPONSE | {"description": "If-Match must say which state the write is about."},
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads one resource."""

    request: Request

    def about(self, lock: object) -> None:
        """Say which state of the resource a write would be about."""
        self.request.scope[_LOCK] = str(lock)


async def reader(
    request: Request,
    if_none_match: Annotated[  # noqa: ARG001 - `Tagged` reads it; here it is documented
        str | None, Header(max_length=1000, description="tags of what you have")
    ] = None,
) -> Reader:
    """Return who reads."""
    return Reader(request)


Reads = Annotated[Reader, Depends(reader)]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a write says of the state that it is about."""

    if_match: str | None

    def _demanded(self) -> None:
        """Raise PreconditionMissing when nothing is said."""
        if self.if_match is None:
            raise PreconditionMissing(
                Sentence("Dites dans If-Match sur quel état porte cette écriture (l’ETag lu)")
            )

    def holds(self, lock: object) -> bool:
        """Return whether the write is about the state `lock`; any state for `*`.

        Raises PreconditionMissing when it does not say.
        """
        self._demanded()
        given = (self.if_match or "").strip()
        locks = [tag.partition(".")[0] for weak, tag in _TAG.findall(given) if not weak]
        return given == "*" or str(lock) in locks

    def demand(
        self,
        session: Session,
        row: Row,
        *,
        lock: Callable[[Row], object],
        now: Callable[[Row], BaseModel],
        what: str = _CHANGED,
    ) -> None:
        """Raise Changed, with what it is `now`, unless the write is about the state of `row`.

        The row is read anew and kept from others until the transaction ends.
        """
        session.refresh(row, with_for_update=True)
        if not self.holds(lock(row)):
            raise Changed(what, current=now(row).model_dump(mode="json"))


async def condition(
    if_match: Annotated[
        str | None, Header(max_length=1000, description="the ETag that the write is about; or *")
    ] = None,
) -> Condition:
    """Return the condition of a write."""
    return Condition(if_match)


Writes = Annotated[Condition, Depends(condition)]


def tagged(router: APIRouter) -> APIRouter:
    """Return `router`, with each address of one thing telling that it takes If-None-Match."""
    for route in router.routes:
        if not isinstance(route, APIRoute) or not _is_one(route.path):
            continue
        if "GET" in (route.methods or ()) and READ_RESPONSES.keys() - route.responses.keys():
            route.dependencies.append(Depends(reader))
            route.responses = {**READ_RESPONSES, **route.responses}
    return router


class Tagged:
    """Tags the answers about one thing, and answers 304 to who has them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            if not held and not _is_tagged(scope, message):
                await send(message)
                return
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                for each in _with_tag(scope, held):
                    await send(each)

        await self._app(scope, receive, hold)


def _is_tagged(scope: Scope, message: Message) -> bool:
    """Return whether an answer that begins is about one thing."""
    if message["type"] != "http.response.start" or message["status"] != HTTPStatus.OK:
        return False
    if not scope["path"].startswith(API) or not (_LOCK in scope or _is_one(_route_path(scope))):
        return False
    return Headers(raw=message["headers"]).get("content-type", "") == "application/json"


def _with_tag(scope: Scope, held: list[Message]) -> list[Message]:
    """Return the messages of an answer with its tag, or those of 304."""
    start, *parts = held
    headers = MutableHeaders(raw=list(start["headers"]))
    body = b"".join(each.get("body", b"") for each in parts)
    tag = headers.get("etag") or _tag(scope, headers.get("content-language", ""), body)
    headers["ETag"] = tag
    headers["Cache-Control"] = "private, no-cache"
    asked = Headers(scope=scope).get("if-none-match")
    if asked is None or not _names(asked, tag):
        return [{**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}]
    kept = {name: headers[name] for name in _KEPT if name in headers}
    unchanged = {"status": HTTPStatus.NOT_MODIFIED.value, "headers": Headers(kept).raw}
    return [{**start, **unchanged}, {"type": "http.response.body", "body": b""}]


def _tag(scope: Scope, language: str, body: bytes) -> str:
    digest = hashlib.sha256(language.encode() + b"\n" + body).hexdigest()[:_DIGEST_CHARACTERS]
    return f'"{scope.get(_LOCK, "")}.{digest}"'


def _route_path(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", ""))


def _is_one(path: str) -> bool:
    """Return whether a route's address ends with the name of one thing: `/jobs/{job_id}`."""
    return re.search(r"/\{\w+\}$", path) is not None


def _names(header: str, tag: str) -> bool:
    # Weak comparison (13.1.2): a proxy that compressed the answer made its tag weak.
    return header.strip() == "*" or tag.strip('"') in [each for _, each in _TAG.findall(header)]
