"""Around every request: headers that browsers obey, limits, the log line and the figures.

Plain ASGI, so that nothing is buffered and live events can stream through.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.dependencies import SAFE
from api.http.metrics import RequestFigures
from api.http.problems import failure
from inventory.origin import coming_from

log = structlog.get_logger()

MAX_BODY_BYTES = 1024 * 1024
BODY_LIMIT = "preau.body_limit"
"""Where a request's scope holds its `BodyLimit`."""
# 'self' everywhere: nothing inline, nothing from elsewhere. `data:` is for icons inside the CSS.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header; `none` is a person's own doing.
_OWN = frozenset({"same-origin", "none"})


_SECRETS_IN_PATHS = frozenset({"token"})


class Watch:
    """The outermost part: headers, one log line a request, and a page when all else failed."""

    def __init__(self, app: ASGIApp, figures: RequestFigures, *, https: bool) -> None:
        self._app = app
        self._figures = figures
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            with coming_from(_address(scope)):
                await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request_failed", method=scope["method"], path=scope["path"])
            if status:
                raise  # too late to say anything else
            answer = failure(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR, None)
            await answer(scope, receive, send_with_headers)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, duration_s: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "other"
        self._figures.note(scope["method"], route, status, duration_s)
        if scope["path"].startswith("/static/") or scope["path"] == "/healthz":
            return
        # The path without its query, and as it is declared where it holds a secret: people search
        # for names, and who reads a log must not read anybody's calendar.
        secret = _SECRETS_IN_PATHS & scope.get("path_params", {}).keys()
        log.info(
            "request",
            method=scope["method"],
            path=route if secret else scope["path"],
            status=status,
            duration_ms=round(duration_s * 1000, 1),
        )


@dataclass
class BodyLimit:
    """How large a body that streams may be; what takes files (api.http.uploading) allows more."""

    told_bytes: int
    max_bytes: int = MAX_BODY_BYTES


def _address(scope: Scope) -> str | None:
    client = scope.get("client")
    return str(client[0]) if client else None


class Gate:
    """Refuses bodies that are too large and writes that another site's page asked for.

    Bodies are read before the application is asked, except forms with files where a route takes
    files: those stream. What a client says of its body decides nothing.
    """

    def __init__(self, app: ASGIApp, *, takes_files: Callable[[str], bool]) -> None:
        self._app = app
        self._takes_files = takes_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("sec-fetch-site", "same-origin") not in _OWN:
            await failure(Request(scope), HTTPStatus.FORBIDDEN, "a foreign page asked for this")(
                scope, receive, send
            )
            return
        with_files = headers.get("content-type", "").lower().startswith("multipart/")
        if with_files and self._takes_files(scope["path"]):
            await self._app(scope, _limited(scope, headers, receive), send)
            return
        body = await _whole_body(receive)
        if body is None:
            await failure(Request(scope), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, None)(
                scope, receive, send
            )
            return
        given = False

        async def receive_again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, receive_again, send)


def _limited(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """Return what receives a body as it comes in, up to the limit that stands in the scope."""
    told = headers.get("content-length", "")
    limit = scope[BODY_LIMIT] = BodyLimit(int(told) if told.isascii() and told.isdigit() else 0)
    received = 0

    async def receive_within() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit.max_bytes:
            # Not an error of ours: whatever reads the body must let it through to the answer.
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return receive_within


async def _whole_body(receive: Receive) -> bytes | None:
    """Return the body, or None when it is larger than what is taken."""
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(parts)
        parts += message.get("body", b"")
        if len(parts) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(parts)
