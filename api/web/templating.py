"""Jinja: one environment for each language, and the filters that write times the French way."""

import hashlib
import math
from datetime import datetime
from functools import cache
from gettext import NullTranslations, translation
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.web import texts
from api.web.push_texts import PUSH_STEP
from inventory import clock

HERE = Path(__file__).parent
STATIC = HERE / "static"
SOURCE_LOCALE = "fr"
BRUSSELS = ZoneInfo("Europe/Brussels")
_NBSP = "\N{NO-BREAK SPACE}"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def page(
    request: Request,
    template: str,
    *,
    locale: str = SOURCE_LOCALE,
    http_status: HTTPStatus = HTTPStatus.OK,
    **context: Any,
) -> HTMLResponse:
    """Return the page that `template` makes of `context`, in the reader's language."""
    made = environment(locale).get_template(template)
    values = {"path": request.url.path, "viewer": None, "csrf": None, **context}
    return HTMLResponse(made.render(values), http_status)


@cache
def environment(locale: str) -> Environment:
    """Return the environment of one language; one without a catalogue shows the French source."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = _catalogue(locale)
    made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(texts=texts, push_steps=PUSH_STEP, static=static_address, locale=locale)
    made.filters.update(
        ago=lambda moment: ago(moment, catalogue),
        local=local,
        iso=lambda moment: moment.isoformat(timespec="seconds"),
        lines=diff_lines,
    )
    return made


def _catalogue(locale: str) -> NullTranslations:
    if locale == SOURCE_LOCALE:
        return NullTranslations()
    return translation("preau", HERE / "locale", languages=[locale], fallback=True)


@cache
def static_address(path: str) -> str:
    """Return the address of a static file, with its digest, so that it can be kept for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def local(moment: datetime) -> str:
    """Return a moment as Brussels' clocks show it: `22/11/2026 à 05:43`."""
    return moment.astimezone(BRUSSELS).strftime(f"%d/%m/%Y à{_NBSP}%H:%M")


def ago(moment: datetime, catalogue: NullTranslations | None = None) -> str:
    """Return how long ago a moment was, in words; after a month, its date."""
    words = catalogue or NullTranslations()
    elapsed_s = (clock.now() - moment).total_seconds()
    if elapsed_s < _MINUTE:
        return words.gettext("à l’instant")
    if elapsed_s < _HOUR:
        count, text = math.floor(elapsed_s / _MINUTE), words.gettext("il y a %(count)d min")
    elif elapsed_s < _DAY:
        count, text = math.floor(elapsed_s / _HOUR), words.gettext("il y a %(count)d h")
    elif elapsed_s < 31 * _DAY:
        count = math.floor(elapsed_s / _DAY)
        text = words.ngettext("il y a %(count)d jour", "il y a %(count)d jours", count)
    else:
        return moment.astimezone(BRUSSELS).strftime("%d/%m/%Y")
    return (text % {"count": count}).replace(f"{count} ", f"{count}{_NBSP}")


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
