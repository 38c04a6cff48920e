"""/api/v1/docs: the API's documentation, drawn from its OpenAPI document on the server.

It works without scripts, on a phone and with a screen reader; the document itself is beside it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request, Response

from api.http.needs import Anybody
from api.web.templating import page

router = APIRouter(include_in_schema=False)

_HEAD = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the page shows it."""

    tag: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str, str, str], ...]
    """Name, where it stands, type, description."""
    body: str
    answers: tuple[tuple[str, str, str], ...]
    """Status, description, type."""


@router.get("/docs", dependencies=[Anybody("what the API offers, no data")])
def docs(request: Request) -> Response:
    """Show the OpenAPI document."""
    document = request.app.openapi()
    operations = sorted(_operations(document["paths"]), key=lambda each: each.tag)
    return page(
        request,
        "api_docs.html",
        version=document["info"]["version"],
        groups=[(tag, list(each)) for tag, each in groupby(operations, lambda each: each.tag)],
        schemas={
            name: json.dumps(schema, ensure_ascii=False, indent=2)
            for name, schema in sorted(document.get("components", {}).get("schemas", {}).items())
        },
    )


def _operations(paths: Mapping[str, Mapping[str, Any]]) -> Iterator[Operation]:
    for path, methods in paths.items():
        for method, told in methods.items():
            yield Operation(
                tag=(told.get("tags") or ["other"])[0],
                method=method.upper(),
                path=path,
                summary=told.get("summary", ""),
                description=told.get("description", ""),
                parameters=tuple(map(_parameter, told.get("parameters", ()))),
                body=_content(told.get("requestBody", {})),
                answers=tuple(
                    (status, answer.get("description", "").rstrip("."), _content(answer))
                    for status, answer in told["responses"].items()
                ),
            )


def _parameter(told: Mapping[str, Any]) -> tuple[str, str, str, str]:
    where = told["in"] if not told.get("required") else f"{told['in']}, required"
    return told["name"], where, type_words(told["schema"]), told.get("description", "")


def _content(told: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{type_words(kind['schema'])} ({media})" if kind.get("schema") else media
        for media, kind in told.get("content", {}).items()
    )


def type_words(schema: Mapping[str, Any]) -> str:
    """Return a JSON schema's type in a few words (JSON Schema 2020-12), as `array of string`."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_HEAD)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return " or ".join(dict.fromkeys(map(type_words, schema[choice])))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"array of {type_words(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
