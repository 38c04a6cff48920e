"""What the pages of lots, contractors and funding sources have in common.

Each has a list with the form that makes one, and the page of one with the form that changes it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.dependencies import Installation
from api.http.needs import Needs
from api.usecases.access import LoggedIn
from api.usecases.scope import Right
from api.web.means_texts import CHANGED
from api.web.templating import page
from inventory.errors import Conflict, InvalidInput

Refusal = InvalidInput | Conflict
PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
Text = Annotated[str, Form(max_length=600)]


def means_router() -> APIRouter:
    """Return a router of pages for who sees the whole programme."""
    return APIRouter(
        include_in_schema=False, dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)]
    )


def means_page(
    request: Request, browser: LoggedIn, template: str, error: Refusal | None, **context: Any
) -> Response:
    """Return a page, with what does not fit in what was typed."""
    return page(
        request,
        f"means/{template}",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        error=error,
        may_plan=browser.viewer.everywhere(Right.PLAN_PROGRAMME),
        **context,
    )


def typed_again(typed_in: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return what the form of a list shows: what was typed, or nothing."""
    return typed_in or defaultdict(str)


def shown_in_form(
    kept: Mapping[str, Any], typed_in: Mapping[str, str] | None, error: Refusal | None
) -> dict[str, Any]:
    """Return what the form of one shows: what was typed, unless somebody changed it meanwhile."""
    changed = error is not None and error.what is CHANGED
    return {**kept, "motif": "", **({} if changed else typed_in or {})}


def refuse_changed(shown: str, lock: str) -> None:
    """Raise Conflict when what was shown is not what is kept any more."""
    if shown != lock:
        raise Conflict(CHANGED)


def write_or_show(
    here: Installation,
    browser: LoggedIn,
    write: Callable[[Session], object],
    show: Callable[[Session, Refusal], Response],
    *,
    then: str,
) -> Response:
    """Write and go on to `then`, or return what is shown of that which does not fit."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            write(session)
    except (InvalidInput, Conflict) as error:
        with here.database.read() as session:
            return show(session, error)
    return RedirectResponse(then, HTTPStatus.SEE_OTHER)
