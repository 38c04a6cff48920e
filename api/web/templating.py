"""Jinja: one environment for each language, and what every page is given."""

import hashlib
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.usecases.scope import Viewer
from api.web import texts
from api.web.appearance import THEMES, theme_of
from api.web.language import LOCALES, language_of, tongue
from api.web.navigation import navigation
from api.web.push_texts import PUSH_STEP
from inventory.sentences import worded

HERE = Path(__file__).parent
STATIC = HERE / "static"


def page(
    request: Request,
    template: str,
    *,
    viewer: Viewer | None = None,
    csrf: str | None = None,
    http_status: HTTPStatus = HTTPStatus.OK,
    **context: Any,
) -> HTMLResponse:
    """Return the page that `template` makes of `context`, in the reader's language.

    `viewer` is who is logged in and `csrf` the token for the forms; None on the pages before that.
    """
    language = language_of(request, viewer)
    values = {
        "path": request.url.path,
        "here": _address(request),
        "theme": theme_of(request),
        "searched": "",
        "viewer": viewer,
        "csrf": csrf,
        **context,
    }
    made = environment(language).get_template(template)
    headers = {"Content-Language": language, "Vary": "Accept-Language, Cookie"}
    return HTMLResponse(made.render(values), http_status, headers)


@cache
def environment(language: str) -> Environment:
    """Return the environment of one language."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    speech = tongue(language)
    made.install_gettext_translations(speech.catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        texts=texts,
        push_steps=PUSH_STEP,
        static=static_address,
        locale=speech.tag,
        locales=LOCALES,
        themes=THEMES,
        navigation=navigation,
    )
    made.filters.update(
        ago=speech.ago,
        local=speech.moment,
        day=speech.day,
        month=speech.month,
        euros=speech.euros,
        number=speech.number,
        say=speech.say,
        worded=worded,
        explained=lambda error: error.said(speech.say),
        said=lambda row: speech.say(row_text(row)),
        iso=lambda moment: moment.isoformat(timespec="seconds"),
        lines=diff_lines,
    )
    return made


class _Worded(Protocol):
    message: str
    wording: dict[str, Any] | None


def row_text(row: _Worded) -> str:
    """Return what a finding or an event says, as a `Sentence` where the row kept one."""
    return worded(row.message, row.wording)


@cache
def static_address(path: str) -> str:
    """Return the address of a static file, with its digest, so that it can be kept for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def ago(moment: datetime, language: str = "fr") -> str:
    """Return how long ago a moment was, in words; after a month, its date."""
    return tongue(language).ago(moment)


def diff_lines(diff: str) -> list[tuple[str, str]]:
    """Return the lines of a unified difference, each with what it is: added, removed, place, same.

    So that a page can show it by more than colour.
    """
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = diff.splitlines()
    return [
        ("file", line) if line.startswith(("+++", "---")) else (kinds.get(line[:1], "same"), line)
        for line in lines
    ]


def _address(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
