"""Any list of the API as CSV or XLSX: `?format=csv`, or what Accept asks.

It stands before the routes and asks the list for its pages, one after the other, as the caller
would: the same filters, the same scope, and no list has to know of it. What a page answers that is
no page (a problem) is the answer. Pages stream: no more than one is held. Who exports what stands
in the audit log before the first row is sent.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.dependencies import Installation
from api.http.problems import failure
from api.http.rate_limit import PART
from api.usecases.access import LoggedIn
from api.usecases.exporting import note_export
from api.usecases.scope import Viewer
from inventory.files.kinds import MediaType
from inventory.files.tables import BOM, SheetWriter, csv_lines
from inventory.sentences import N_

PAGE_ROWS = 200
_NO_LIST = N_("Ceci n’est pas une liste qui s’exporte")
_API = "/api/v1/"
_PIECE_BYTES = 256 * 1024
_FORMAT_PARAMETER = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "the whole list as a file; without it, as Accept asks",
    "schema": {"type": "string", "enum": ["json", "csv", "xlsx"], "default": "json"},
}
_FORMS = {"csv": MediaType.CSV, "xlsx": MediaType.XLSX}


class Exports:
    """Answers a list's address with its rows as a file, where that is asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        form = _form_asked(scope) if scope["type"] == "http" else None
        if form is None or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        pages = _Pages(self._app, scope, receive)
        first = await pages.read(None)
        if first is None:
            answer: Response = pages.refusal or failure(
                Request(scope), HTTPStatus.NOT_ACCEPTABLE, _NO_LIST
            )
        else:
            await run_in_threadpool(_note, scope, form, pages.name)
            rows = pages.from_first(first)
            sent = _csv(rows, pages) if form == "csv" else _workbook(rows, pages)
            answer = StreamingResponse(sent, headers=_headers(form, pages.name))
        await answer(scope, receive, send)


def describe_exports(app: FastAPI) -> None:
    """Have the OpenAPI document tell of each list that it can be had as a file."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        fresh = app.openapi_schema is None
        document = plain()
        for methods in document["paths"].values() if fresh else ():
            if "get" in methods and _is_list(document, methods["get"]):
                methods["get"].setdefault("parameters", []).append(_FORMAT_PARAMETER)
                content = methods["get"]["responses"]["200"]["content"]
                content |= {kind.value: {"schema": {"type": "string"}} for kind in _FORMS.values()}
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _is_list(document: dict[str, Any], operation: dict[str, Any]) -> bool:
    content = operation["responses"].get("200", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    told = document["components"]["schemas"].get(name, {}).get("properties", {})
    return "next" in told and sum(each.get("type") == "array" for each in told.values()) == 1


class _Pages:
    """The pages of one list, asked for one after the other."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        self._app, self._scope, self._receive = app, scope, receive
        self.name = ""
        self.columns: list[str] = []
        self.refusal: Response | None = None

    async def read(self, after: str | None) -> dict[str, Any] | None:
        """Return one page; None, and `refusal` where there is one, when it is no page."""
        status, headers, body = await self._ask(after)
        if status != HTTPStatus.OK:
            self.refusal = Response(body, status, dict(headers))
            return None
        is_json = headers.get("content-type", "").startswith("application/json")
        page = json.loads(body) if is_json else None
        return page if isinstance(page, dict) and self._is_page(page) else None

    async def from_first(self, page: dict[str, Any]) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield the rows of each page; raises when a later one cannot be read.

        The answer has begun by then: it is cut off, so that nobody takes a part for the whole.
        """
        self.columns = _columns(page[self.name])
        while True:
            yield page[self.name]
            if page["next"] is None:
                return
            following = await self.read(page["next"])
            if following is None:
                raise RuntimeError(f"the list {self.name} ended in the middle of an export")
            page = following

    def _is_page(self, page: dict[str, Any]) -> bool:
        lists = [name for name, value in page.items() if isinstance(value, list)]
        if "next" not in page or len(lists) != 1:
            return False
        self.name = lists[0]
        return True

    async def _ask(self, after: str | None) -> tuple[int, Headers, bytes]:
        asked = dict(self._scope)
        query = [(k, v) for k, v in _query(self._scope) if k not in {"format", "after", "limit"}]
        query += [("limit", str(PAGE_ROWS))] + ([("after", after)] if after else [])
        asked["query_string"] = urlencode(query).encode()
        asked[PART] = after is not None
        asked["headers"] = [
            (name, value)
            for name, value in self._scope["headers"]
            if name not in {b"accept", b"if-none-match"}
        ]
        status, raw, body = 0, cast("list[tuple[bytes, bytes]]", []), bytearray()

        async def take(message: Message) -> None:
            nonlocal status, raw
            if message["type"] == "http.response.start":
                status, raw = message["status"], list(message.get("headers", ()))
            else:
                body.extend(message.get("body", b""))

        await self._app(asked, self._receive, take)
        return status, Headers(raw=raw), bytes(body)


async def _csv(pages: AsyncIterator[list[dict[str, Any]]], told: _Pages) -> AsyncIterator[bytes]:
    begun = False
    async for rows in pages:
        if not begun:
            head = dict(zip(told.columns, told.columns, strict=True))
            yield (BOM + csv_lines(told.columns, [head])).encode()
            begun = True
        yield csv_lines(told.columns, rows).encode()


async def _workbook(
    pages: AsyncIterator[list[dict[str, Any]]], told: _Pages
) -> AsyncIterator[bytes]:
    with tempfile.TemporaryFile() as file:
        target = cast(BinaryIO, file)
        writer: SheetWriter | None = None
        async for rows in pages:
            if writer is None:
                writer = await run_in_threadpool(SheetWriter, target, told.columns, told.name)
            await run_in_threadpool(_write_all, writer, rows)
        assert writer is not None
        await run_in_threadpool(writer.close)
        target.seek(0)
        while piece := await run_in_threadpool(target.read, _PIECE_BYTES):
            yield piece


def _write_all(writer: SheetWriter, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        writer.write(row)


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    # Each row of a list has the same names: a null is told as null.
    return list(rows[0]) if rows else ["id"]


def _form_asked(scope: Scope) -> str | None:
    """Return csv or xlsx; None: the answer is JSON."""
    if not scope["path"].startswith(_API):
        return None
    asked = dict(_query(scope)).get("format")
    if asked is not None:
        return asked if asked in _FORMS else None
    accepted = Headers(scope=scope).get("accept", "").partition(",")[0].partition(";")[0].strip()
    return next((name for name, kind in _FORMS.items() if accepted == kind), None)


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _headers(form: str, name: str) -> Mapping[str, str]:
    charset = "; charset=utf-8" if form == "csv" else ""
    return {
        "Content-Type": f"{_FORMS[form]}{charset}",
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "private, no-store",
    }


def _note(scope: Scope, form: str, name: str) -> None:
    """Record who exports what, with the filters."""
    here: Installation = scope["app"].state.installation
    state = scope["state"]
    browser: LoggedIn | None = state.get("browser")
    viewer: Viewer | None = state.get("holder") or (browser.viewer if browser else None)
    told = {"format": form, "query": dict(_query(scope))}
    note_export(here.database, viewer.actor if viewer else "web", name, told)
