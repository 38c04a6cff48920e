"""The companies that were awarded lots: all of them, one, making and changing one."""

from collections.abc import Mapping

from fastapi import Request, Response
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
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
from api.web import means
from api.web.means_history import history

PATH = "/adjudicataires"
router = means.means_router()


@router.get(PATH)
def contractors_page(request: Request, browser: Browser, session: Reading) -> Response:
    """Show the contractors with their lots."""
    return _list(request, browser, session)


@router.post(PATH, dependencies=means.PLAN)
def make_contractor(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    nom: means.Text = "",
    bce: means.Text = "",
    motif: means.Text = "",
) -> Response:
    """Make a contractor and show all of them, or what does not fit."""
    typed_in = {"nom": nom, "bce": bce, "motif": motif}
    return means.write_or_show(
        here,
        browser,
        lambda session: create_contractor(session, ContractorValues(nom, bce), reason=motif),
        lambda session, error: _list(request, browser, session, error=error, typed_in=typed_in),
        then=PATH,
    )


@router.get(PATH + "/{contractor_id}")
def contractor_page(
    request: Request, browser: Browser, session: Reading, contractor_id: RowId
) -> Response:
    """Show one contractor, the form that changes it, and its last changes."""
    return _one(request, browser, session, contractor_id)


@router.post(PATH + "/{contractor_id}", dependencies=means.PLAN)
def write_contractor(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    contractor_id: RowId,
    *,
    etat: means.Text = "",
    nom: means.Text = "",
    bce: means.Text = "",
    motif: means.Text = "",
) -> Response:
    """Change a contractor that is still as it was shown."""
    typed_in = {"etat": etat, "nom": nom, "bce": bce, "motif": motif}

    def write(session: Session) -> None:
        row = find_contractor(session, contractor_id, to_change=True)
        means.refuse_changed(etat, contractor_lock(row))
        change_contractor(session, row, ContractorValues(nom, bce), reason=motif)

    return means.write_or_show(
        here,
        browser,
        write,
        lambda session, error: _one(
            request, browser, session, contractor_id, error=error, typed_in=typed_in
        ),
        then=f"{PATH}/{contractor_id}",
    )


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
        "contractors.html",
        error,
        contractors=list_contractors(session),
        typed_in=means.typed_again(typed_in),
    )


def _one(
    request: Request,
    browser: LoggedIn,
    session: Session,
    contractor_id: int,
    *,
    error: means.Refusal | None = None,
    typed_in: Mapping[str, str] | None = None,
) -> Response:
    row = find_contractor(session, contractor_id)
    kept = {"etat": contractor_lock(row), "nom": row.name, "bce": row.company_number}
    return means.means_page(
        request,
        browser,
        "contractor.html",
        error,
        contractor=contractor_line(session, row),
        shown=means.shown_in_form(kept, typed_in, error),
        written=history(session, "contractor", contractor_id),
    )
