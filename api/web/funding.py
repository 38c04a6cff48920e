"""Funding sources: all of them, one with what it pays already, making and changing one."""

from collections.abc import Mapping
from datetime import date

from fastapi import Request, Response
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
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
from api.web import means, typed
from api.web.means_history import history
from api.web.means_texts import NO_AMOUNT, NO_DAY
from inventory.errors import InvalidInput

PATH = "/financement"
router = means.means_router()


@router.get(PATH)
def sources_page(request: Request, browser: Browser, session: Reading) -> Response:
    """Show the funding sources."""
    return _list(request, browser, session)


@router.post(PATH, dependencies=means.PLAN)
def make_source(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    code: means.Text = "",
    nom: means.Text = "",
    plafond: means.Text = "",
    du: means.Text = "",
    au: means.Text = "",
    motif: means.Text = "",
) -> Response:
    """Make a funding source and show all of them, or what does not fit."""
    typed_in = {"code": code, "nom": nom, "plafond": plafond, "du": du, "au": au,
                    "motif": motif}  # fmt: skip
    return means.write_or_show(
        here,
        browser,
        lambda session: create_funding(session, _values(code, nom, plafond, du, au), reason=motif),
        lambda session, error: _list(request, browser, session, error=error, typed_in=typed_in),
        then=PATH,
    )


@router.get(PATH + "/{source_id}")
def source_page(request: Request, browser: Browser, session: Reading, source_id: RowId) -> Response:
    """Show one funding source, the form that changes it, and its last changes."""
    return _one(request, browser, session, source_id)


@router.post(PATH + "/{source_id}", dependencies=means.PLAN)
def write_source(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    source_id: RowId,
    *,
    etat: means.Text = "",
    code: means.Text = "",
    nom: means.Text = "",
    plafond: means.Text = "",
    du: means.Text = "",
    au: means.Text = "",
    motif: means.Text = "",
) -> Response:
    """Change a funding source that is still as it was shown."""
    typed_in = {
        "etat": etat,
        "code": code,
        "nom": nom,
        "plafond": plafond,
        "du": du,
        "au": au,
        "motif": motif,
    }

    def write(session: Session) -> None:
        row = find_funding(session, source_id, to_change=True)
        means.refuse_changed(etat, funding_lock(row))
        change_funding(session, row, _values(code, nom, plafond, du, au), reason=motif)

    return means.write_or_show(
        here,
        browser,
        write,
        lambda session, error: _one(
            request, browser, session, source_id, error=error, typed_in=typed_in
        ),
        then=f"{PATH}/{source_id}",
    )


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
    error: means.Refusal | None = None,
    typed_in: Mapping[str, str] | None = None,
) -> Response:
    return means.means_page(
        request,
        browser,
        "sources.html",
        error,
        sources=list_funding(session),
        typed_in=means.typed_again(typed_in),
    )


def _one(
    request: Request,
    browser: LoggedIn,
    session: Session,
    source_id: int,
    *,
    error: means.Refusal | None = None,
    typed_in: Mapping[str, str] | None = None,
) -> Response:
    row = find_funding(session, source_id)
    kept = {
        "etat": funding_lock(row),
        "code": row.code,
        "nom": row.name,
        "plafond": row.ceiling,
        "du": row.starts_on,
        "au": row.ends_on,
    }
    return means.means_page(
        request,
        browser,
        "source.html",
        error,
        source=funding_line(session, row),
        shown=means.shown_in_form(kept, typed_in, error),
        written=history(session, "funding_source", source_id),
    )
