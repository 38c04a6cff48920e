"""Funding sources: all of them, one with what it pays already, making and changing one."""

from collections import defaultdict
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.access import LoggedIn
from api.usecases.funding import (
    FundingValues,
    change_funding,
    create_funding,
    find_funding,
    funding_line,
    funding_lock,
    list_funding,
)
from api.usecases.scope import Right
from api.web import typed
from api.web.means_history import history
from api.web.means_texts import CHANGED, NO_AMOUNT, NO_DAY
from api.web.templating import page
from inventory.errors import Conflict, InvalidInput

PATH = "/financement"
router = APIRouter(
    include_in_schema=False, dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)]
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
_Text = Annotated[str, Form(max_length=600)]


@router.get(PATH)
def sources_page(request: Request, browser: Browser, session: Reading) -> Response:
    """Show the funding sources."""
    return _list(request, browser, session)


@router.post(PATH, dependencies=_PLAN)
def make_source(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    code: _Text = "",
    nom: _Text = "",
    plafond: _Text = "",
    du: _Text = "",
    au: _Text = "",
    motif: _Text = "",
) -> Response:
    """Make a funding source and show all of them, or what does not fit."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            create_funding(session, _values(code, nom, plafond, du, au), reason=motif)
    except (InvalidInput, Conflict) as error:
        typed_in = {"code": code, "nom": nom, "plafond": plafond, "du": du, "au": au,
                    "motif": motif}  # fmt: skip
        with here.database.read() as session:
            return _list(request, browser, session, error=error, typed_in=typed_in)
    return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


@router.get(PATH + "/{source_id}")
def source_page(request: Request, browser: Browser, session: Reading, source_id: RowId) -> Response:
    """Show one funding source, the form that changes it, and its last changes."""
    return _one(request, browser, session, source_id)


@router.post(PATH + "/{source_id}", dependencies=_PLAN)
def write_source(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    source_id: RowId,
    *,
    etat: _Text = "",
    code: _Text = "",
    nom: _Text = "",
    plafond: _Text = "",
    du: _Text = "",
    au: _Text = "",
    motif: _Text = "",
) -> Response:
    """Change a funding source that is still as it was shown."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            row = find_funding(session, source_id, to_change=True)
            if etat != funding_lock(row):
                raise Conflict(CHANGED)
            change_funding(session, row, _values(code, nom, plafond, du, au), reason=motif)
    except (InvalidInput, Conflict) as error:
        typed_in = {
            "etat": etat,
            "code": code,
            "nom": nom,
            "plafond": plafond,
            "du": du,
            "au": au,
            "motif": motif,
        }
        with here.database.read() as session:
            return _one(request, browser, session, source_id, error=error, typed_in=typed_in)
    return RedirectResponse(f"{PATH}/{source_id}", HTTPStatus.SEE_OTHER)


def _values(code: str, name: str, ceiling: str, first: str, last: str) -> FundingValues:
    """Return what a form tells of a funding source; raises InvalidInput."""
    amount = typed.amount(ceiling)
    if ceiling.strip() and amount is None:
        raise InvalidInput(NO_AMOUNT)
    return FundingValues(code, name.strip() or code, amount, _day(first), _day(last))


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    day = typed.day(text)
    if day is None:
        raise InvalidInput(NO_DAY)
    return day


def _list(
    request: Request,
    browser: LoggedIn,
    session: Session,
    *,
    error: InvalidInput | Conflict | None = None,
    typed_in: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "means/sources.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        sources=list_funding(session),
        error=error,
        typed_in=typed_in or defaultdict(str),
        may_plan=browser.viewer.everywhere(Right.PLAN_PROGRAMME),
    )


def _one(
    request: Request,
    browser: LoggedIn,
    session: Session,
    source_id: int,
    *,
    error: InvalidInput | Conflict | None = None,
    typed_in: dict[str, str] | None = None,
) -> Response:
    row = find_funding(session, source_id)
    shown: dict[str, Any] = {
        "etat": funding_lock(row),
        "code": row.code,
        "nom": row.name,
        "plafond": row.ceiling,
        "du": row.starts_on,
        "au": row.ends_on,
        "motif": "",
    }
    if error is not None and error.what is not CHANGED:
        shown |= typed_in or {}
    return page(
        request,
        "means/source.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        source=funding_line(session, row),
        shown=shown,
        written=history(session, "funding_source", source_id),
        error=error,
        may_plan=browser.viewer.everywhere(Right.PLAN_PROGRAMME),
    )
