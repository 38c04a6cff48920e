"""How an operation is asked: lists are walked by key, writes are done once, refusals are raised."""

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter

from api.client.model import ServerEvent, Told
from api.client.problems import problem_of

_Kind = TypeVar("_Kind")
_PAGE_ROWS = 200
_SENT_AGAIN = 2


class Calls:
    """One installation, asked with one token. Close it, or use it in a `with` block."""

    def __init__(
        self, address: str, token: str, *, language: str = "fr", timeout_s: float = 30.0
    ) -> None:
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v1",
            headers={"Authorization": f"Bearer {token}", "Accept-Language": language},
            timeout=timeout_s,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def export(self, path: str, target: Path, *, form: str = "csv", **filters: object) -> None:
        """Save a whole list (`/devices`, `/sites` …) as csv or xlsx."""
        self._save("GET", path, target=target, query={**filters, "format": form})

    def _walk(
        self,
        method: str,
        path: str,
        field: str,
        kind: type[_Kind],
        query: Mapping[str, object] | None = None,
    ) -> Iterator[_Kind]:
        row = TypeAdapter(kind)
        sent = {**_query(query or {}), "limit": str(_PAGE_ROWS)}
        while True:
            page = self._ask(method, path, params=sent).json()
            yield from (row.validate_python(each) for each in page[field])
            if page["next"] is None:
                return
            sent["after"] = page["next"]

    def _told(self, method: str, path: str, kind: type[_Kind], **asked: Any) -> _Kind:
        answer = self._send(method, path, **asked)
        told = TypeAdapter(kind).validate_json(answer.content)
        if isinstance(told, Told):
            told.tagged(answer.headers.get("etag"))
        return told

    def _done(self, method: str, path: str, **asked: Any) -> None:
        self._send(method, path, **asked)

    def _save(
        self, method: str, path: str, *, target: Path, query: Mapping[str, object] | None = None
    ) -> None:
        with self._http.stream(method, path, params=_query(query or {})) as answer:
            if answer.is_error:
                answer.read()
                raise problem_of(answer)
            with target.open("wb") as file:
                for piece in answer.iter_bytes():
                    file.write(piece)

    def _events(self, method: str, path: str) -> Iterator[ServerEvent]:
        with self._http.stream(method, path) as answer:
            if answer.is_error:
                answer.read()
                raise problem_of(answer)
            told: dict[str, str] = {}
            for line in answer.iter_lines():
                if line:
                    name, _, value = line.partition(":")
                    told[name] = value.removeprefix(" ")
                elif "data" in told:
                    yield ServerEvent(told.get("event", "message"), told["data"], told.get("id"))
                    told = {}

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: BaseModel | None = None,
        file: Path | None = None,
        fields: Mapping[str, object] | None = None,
        if_match: str | None = None,
        once: bool = False,
    ) -> httpx.Response:
        """Ask; what is to be done `once` has a key, and is asked again when the line breaks."""
        headers = {"If-Match": if_match} if if_match is not None else {}
        more: dict[str, Any] = {"params": _query(query or {})}
        if body is not None:
            more["json"] = body.model_dump(mode="json", exclude_unset=True)
        if file is not None:
            with file.open("rb") as opened:
                files = {"file": (file.name, opened)}
                data = _query(fields or {})
                return self._ask(method, path, data=data, files=files, headers=headers)
        if once:
            headers["Idempotency-Key"] = str(uuid.uuid4())
            for _ in range(_SENT_AGAIN):
                try:
                    return self._ask(method, path, headers=headers, **more)
                except httpx.TransportError:
                    continue
        return self._ask(method, path, headers=headers, **more)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self._http.request(method, path, **more)
        if answer.is_error:
            raise problem_of(answer)
        return answer


def _query(filters: Mapping[str, object]) -> dict[str, Any]:
    return {name: _text(value) for name, value in filters.items() if value is not None}


def _text(value: object) -> str | list[str]:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return [str(_text(each)) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
