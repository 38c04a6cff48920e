"""Keeping the filters of a list under a name: a part of the pages that show lists."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.dependencies import FormOfOurs, Here, RowId
from api.http.needs import NeedsLogin
from api.usecases.saved_views import remove_view, save_view, views_of
from api.usecases.scope import Viewer
from inventory.errors import InvalidInput
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[NeedsLogin()])

PATHS = frozenset({"/", "/retards", "/avancement"})
"""The pages whose filters can be kept."""


def view_parts(request: Request, session: Session, viewer: Viewer) -> dict[str, Any]:
    """Return what a list's page shows of the person's views of it."""
    return {
        "views": views_of(session, viewer.user_id, request.url.path),
        "view_query": request.url.query,
    }


@router.post("/vues")
def keep_view(
    here: Here,
    browser: FormOfOurs,
    *,
    page: Annotated[str, Form(max_length=100)],
    filtres: Annotated[str, Form(max_length=2000)] = "",
    nom: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep a view and go to it."""
    if page not in PATHS:
        raise InvalidInput(Sentence("Cette page n’a pas de vues"))
    with here.database.write(browser.viewer.actor) as session:
        view = save_view(session, browser.viewer.user_id, page, nom, filtres)
        address = f"{view.path}?{view.query}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.post("/vues/{view_id}")
def drop_view(here: Here, browser: FormOfOurs, view_id: RowId) -> Response:
    """Remove a view and go back to its page."""
    with here.database.write(browser.viewer.actor) as session:
        path = remove_view(session, browser.viewer.user_id, view_id)
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
