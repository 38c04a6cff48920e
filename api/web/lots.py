"""Lots: all of them, one, making and changing one."""

from collections.abc import Mapping

from fastapi import Request, Response
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
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
from api.web import means, typed
from api.web.means_history import history
from api.web.means_texts import NO_NUMBER
from inventory.errors import InvalidInput

PATH = "/lots"
router = means.means_router()


@router.get(PATH)
def lots_page(request: Request, browser: Browser, session: Reading) -> Response:
    """Show the lots with who builds them."""
    return _list(request, browser, session)


@router.post(PATH, dependencies=means.PLAN)
def make_lot(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    nom: means.Text = "",
    adjudicataire: means.Text = "",
    par_an: means.Text = "",
    motif: means.Text = "",
) -> Response:
    """Make a lot and show all of them, or what does not fit."""
    typed_in = {"nom": nom, "adjudicataire": adjudicataire, "par_an": par_an, "motif": motif}
    return means.write_or_show(
        here,
        browser,
        lambda session: create_lot(session, _values(nom, adjudicataire, par_an), reason=motif),
        lambda session, error: _list(request, browser, session, error=error, typed_in=typed_in),
        then=PATH,
    )


@router.get(PATH + "/{lot_id}")
def lot_page(request: Request, browser: Browser, session: Reading, lot_id: RowId) -> Response:
    """Show one lot, the form that changes it, and its last changes."""
    return _one(request, browser, session, lot_id)


@router.post(PATH + "/{lot_id}", dependencies=means.PLAN)
def write_lot(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    lot_id: RowId,
    *,
    etat: means.Text = "",
    nom: means.Text = "",
    adjudicataire: means.Text = "",
    par_an: means.Text = "",
    motif: means.Text = "",
) -> Response:
    """Change a lot that is still as it was shown."""
    typed_in = {
        "etat": etat,
        "nom": nom,
        "adjudicataire": adjudicataire,
        "par_an": par_an,
        "motif": motif,
    }

    def write(session: Session) -> None:
        row = find_lot(session, lot_id, to_change=True)
        means.refuse_changed(etat, lot_lock(row))
        change_lot(session, row, _values(nom, adjudicataire, par_an), reason=motif)

    return means.write_or_show(
        here,
        browser,
        write,
        lambda session, error: _one(
            request, browser, session, lot_id, error=error, typed_in=typed_in
        ),
        then=f"{PATH}/{lot_id}",
    )


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
    error: means.Refusal | None = None,
    typed_in: Mapping[str, str] | None = None,
) -> Response:
    return means.means_page(
        request,
        browser,
        "lots.html",
        error,
        lots=list_lots(session),
        contractors={each["id"]: each["name"] for each in list_contractors(session)},
        typed_in=means.typed_again(typed_in),
    )


def _one(
    request: Request,
    browser: LoggedIn,
    session: Session,
    lot_id: int,
    *,
    error: means.Refusal | None = None,
    typed_in: Mapping[str, str] | None = None,
) -> Response:
    row = find_lot(session, lot_id)
    contractors = {each["id"]: each["name"] for each in list_contractors(session)}
    kept = {
        "etat": lot_lock(row),
        "nom": row.name,
        "adjudicataire": row.contractor_id,
        "par_an": row.sites_per_year,
    }
    return means.means_page(
        request,
        browser,
        "lot.html",
        error,
        lot=lot_line(session, row),
        shown=means.shown_in_form(kept, typed_in, error),
        contractors=contractors,
        written=history(session, "lot", lot_id, {"contractor_id": contractors}),
    )
