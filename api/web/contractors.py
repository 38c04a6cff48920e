"""The companies that were awarded lots: all of them, one, making and changing one."""

from collections import defaultdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.access import LoggedIn
from api.usecases.contractors import (
    ContractorValues,
    change_contractor,
    contractor_line,
    contractor_lock,
    create_contractor,
    find_contractor,
    list_contractors,
)
from api.usecases.scope import Right
from api.web.means_history import history
from api.web.means_texts import CHANGED
from api.web.templating import page
from inventory.errors import Conflict, InvalidInput

PATH = "/adjudicataires"
router = APIRouter(
    include_in_schema=False, dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)]
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
_Text = Annotated[str, Form(max_length=600)]


@router.get(PATH)
def contractors_page(request: Request, browser: Browser, session: Reading) -> Response:
    """Show the contractors with their lots."""
    return _list(request, browser, session)


@router.post(PATH, dependencies=_PLAN)
def make_contractor(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    nom: _Text = "",
    bce: _Text = "",
    motif: _Text = "",
) -> Response:
    """Make a contractor and show all of them, or what does not fit."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            create_contractor(session, ContractorValues(nom, bce), reason=motif)
    except (InvalidInput, Conflict) as error:
        typed_in = {"nom": nom, "bce": bce, "motif": motif}
        with here.database.read() as session:
            return _list(request, browser, session, error=error, typed_in=typed_in)
    return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


@router.get(PATH + "/{contractor_id}")
def contractor_page(
    request: Request, browser: Browser, session: Reading, contractor_id: RowId
) -> Response:
    """Show one contractor, the form that changes it, and its last changes."""
    return _one(request, browser, session, contractor_id)


@router.post(PATH + "/{contractor_id}", dependencies=_PLAN)
def write_contractor(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    contractor_id: RowId,
    *,
    etat: _Text = "",
    nom: _Text = "",
    bce: _Text = "",
    motif: _Text = "",
) -> Response:
    """Change a contractor that is still as it was shown."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            row = find_contractor(session, contractor_id, to_change=True)
            if etat != contractor_lock(row):
                raise Conflict(CHANGED)
            change_contractor(session, row, ContractorValues(nom, bce), reason=motif)
    except (InvalidInput, Conflict) as error:
        typed_in = {"etat": etat, "nom": nom, "bce": bce, "motif": motif}
        with here.database.read() as session:
            return _one(request, browser, session, contractor_id, error=error, typed_in=typed_in)
    return RedirectResponse(f"{PATH}/{contractor_id}", HTTPStatus.SEE_OTHER)


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
        "means/contractors.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        contractors=list_contractors(session),
        error=error,
        typed_in=typed_in or defaultdict(str),
        may_plan=browser.viewer.everywhere(Right.PLAN_PROGRAMME),
    )


def _one(
    request: Request,
    browser: LoggedIn,
    session: Session,
    contractor_id: int,
    *,
    error: InvalidInput | Conflict | None = None,
    typed_in: dict[str, str] | None = None,
) -> Response:
    row = find_contractor(session, contractor_id)
    shown: dict[str, Any] = {
        "etat": contractor_lock(row),
        "nom": row.name,
        "bce": row.company_number,
        "motif": "",
    }
    if error is not None and error.what is not CHANGED:
        shown |= typed_in or {}
    return page(
        request,
        "means/contractor.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        contractor=contractor_line(session, row),
        shown=shown,
        written=history(session, "contractor", contractor_id),
        error=error,
        may_plan=browser.viewer.everywhere(Right.PLAN_PROGRAMME),
    )
