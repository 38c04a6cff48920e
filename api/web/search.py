"""The page of the search above every page."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.http.cursor import MAX_CURSOR_CHARACTERS, read_search_cursor, search_cursor
from api.http.dependencies import Browser, Reading
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.search import MIN_CHARACTERS, Hits, Kind, search_kinds
from api.web import texts
from api.web.templating import page

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

_FIRST_ROWS, _ROWS = 8, 50


@router.get("/recherche")
def search_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    genre: Annotated[str, Query(max_length=20)] = "",
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show what was found: the first of each kind, or one kind page by page."""
    text = q.replace("\0", "").strip()
    kind = Kind(genre) if genre in set(Kind) else None
    place = read_search_cursor(suite) if kind else None
    rows = _ROWS if kind else _FIRST_ROWS
    kinds = [kind] if kind else list(Kind)
    found = search_kinds(session, browser.viewer, text, kinds, after=place, limit=rows)
    return page(
        request,
        "search.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        searched=text,
        short=len(text) < MIN_CHARACTERS,
        kind=kind,
        headings=texts.SEARCH_KIND,
        found={each: hits for each, hits in found.items() if hits.hits},
        more={each: _address(text, each, hits, kind) for each, hits in found.items()},
    )


def _address(text: str, kind: Kind, hits: Hits, asked: Kind | None) -> str | None:
    """Return where the rest of a list is: its next page, or its own list from the beginning."""
    if hits.next is None:
        return None
    cursor = {"suite": search_cursor(hits.next)} if asked else {}
    return "/recherche?" + urlencode({"q": text, "genre": kind.value, **cursor})
