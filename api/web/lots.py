"""Lots: all of them, one, making and changing one."""

from collections import defaultdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.access import LoggedIn
from api.usecases.contractors import list_contractors
from api.usecases.lots import (
    MAX_SITES_PER_YEAR,
    LotValues,
    change_lot,
    create_lot,
    find_lot,
    list_lots,
    lot_line,
    lot_lock,
)
from api.usecases.scope import Right
from api.web import typed
from api.web.means_history import history
from api.web.means_texts import CHANGED, NO_NUMBER
from api.web.templating import page
from inventory.errors import Conflict, InvalidInput

PATH = "/lots"
router = APIRouter(
    include_in_schema=False, dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)]
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
_Text = Annotated[str, Form(max_length=600)]


@router.get(PATH)
def lots_page(request: Request, browser: Browser, session: Reading) -> Response:
    """Show the lots with who builds them."""
    return _list(request, browser, session)


@router.post(PATH, dependencies=_PLAN)
def make_lot(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    nom: _Text = "",
    adjudicataire: _Text = "",
    par_an: _Text = "",
    motif: _Text = "",
) -> Response:
    """Make a lot and show all of them, or what does not fit."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            create_lot(session, _values(nom, adjudicataire, par_an), reason=motif)
    except (InvalidInput, Conflict) as error:
        typed_in = {"nom": nom, "adjudicataire": adjudicataire, "par_an": par_an, "motif": motif}
        with here.database.read() as session:
            return _list(request, browser, session, error=error, typed_in=typed_in)
    return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


@router.get(PATH + "/{lot_id}")
def lot_page(request: Request, browser: Browser, session: Reading, lot_id: RowId) -> Response:
    """Show one lot, the form that changes it, and its last changes."""
    return _one(request, browser, session, lot_id)


@router.post(PATH + "/{lot_id}", dependencies=_PLAN)
def write_lot(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    lot_id: RowId,
    *,
    etat: _Text = "",
    nom: _Text = "",
    adjudicataire: _Text = "",
    par_an: _Text = "",
    motif: _Text = "",
) -> Response:
    """Change a lot that is still as it was shown."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            row = find_lot(session, lot_id, to_change=True)
            if etat != lot_lock(row):
                raise Conflict(CHANGED)
            change_lot(session, row, _values(nom, adjudicataire, par_an), reason=motif)
    except (InvalidInput, Conflict) as error:
        typed_in = {
            "etat": etat,
            "nom": nom,
            "adjudicataire": adjudicataire,
            "par_an": par_an,
            "motif": motif,
        }
        with here.database.read() as session:
            return _one(request, browser, session, lot_id, error=error, typed_in=typed_in)
    return RedirectResponse(f"{PATH}/{lot_id}", HTTPStatus.SEE_OTHER)


def _values(name: str, contractor: str, yearly: str) -> LotValues:
    """Return what a form tells of a lot; raises InvalidInput."""
    sites = typed.whole(yearly, MAX_SITES_PER_YEAR)
    if yearly.strip() and sites is None:
        raise InvalidInput(NO_NUMBER)
    return LotValues(name, typed.whole(contractor, 10**9) or None, sites)


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
        "means/lots.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        lots=list_lots(session),
        contractors={each["id"]: each["name"] for each in list_contractors(session)},
        error=error,
        typed_in=typed_in or defaultdict(str),
        may_plan=browser.viewer.everywhere(Right.PLAN_PROGRAMME),
    )


def _one(
    request: Request,
    browser: LoggedIn,
    session: Session,
    lot_id: int,
    *,
    error: InvalidInput | Conflict | None = None,
    typed_in: dict[str, str] | None = None,
) -> Response:
    row = find_lot(session, lot_id)
    contractors = {each["id"]: each["name"] for each in list_contractors(session)}
    shown: dict[str, Any] = {
        "etat": lot_lock(row),
        "nom": row.name,
        "adjudicataire": row.contractor_id,
        "par_an": row.sites_per_year,
        "motif": "",
    }
    if error is not None and error.what is not CHANGED:
        shown |= typed_in or {}
    return page(
        request,
        "means/lot.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        lot=lot_line(session, row),
        shown=shown,
        contractors=contractors,
        written=history(session, "lot", lot_id, {"contractor_id": contractors}),
        error=error,
        may_plan=browser.viewer.everywhere(Right.PLAN_PROGRAMME),
    )
