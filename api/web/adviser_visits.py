"""An adviser's own visits on a phone, and the sheet of a month: signed, and saved for the funds."""

import re
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.adviser_visits import sheet_file
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.access import LoggedIn
from api.usecases.adviser_visits import (
    Told,
    WrongDuration,
    correct_visit,
    list_visits,
    month_sheet,
    own_visit,
    people_of_month,
    read_month,
    remove_visit,
    sign_month,
    signature,
    tell_visit,
)
from api.usecases.brussels import today
from api.usecases.funding import list_funding
from api.usecases.lookup import find_site
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from api.web.templating import page
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.models import AdviserVisit, Site
from inventory.programme.advisers import VisitKind, hours, month_after
from inventory.sentences import N_

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE_VISITS)])
_RECORD = [Needs(Right.RECORD_VISITS)]
Month = Annotated[str, Path(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Text = Annotated[str, Form(max_length=2000)]
Login = Annotated[str | None, Query(max_length=100)]
PATH = "/visites"
_DURATION = re.compile(r"\s*(\d{1,2})\s*(?:[:hH]\s*(\d{1,2})?)?\s*")
NOT_KEPT = {
    "duree": N_("La durée s’écrit 1:30 (heures et minutes), de 0:01 à 24:00 par jour."),
    "jour": N_("La date n’est pas valable, ou elle est à venir."),
    "ecole": N_("Aucune école de votre périmètre ne répond à ce nom ou à ce numéro FASE."),
    "mois": N_("Ce mois est signé\u00a0: ses heures ne changent plus."),
    "mois-signature": N_("Ce mois n’est pas fini, est vide ou est déjà signé."),
}


@router.get(PATH)
def visits_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    corriger: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
    faute: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the person's own visits, the last told first, and the form to tell another."""
    lines, more = list_visits(session, browser.viewer, before=read_id_cursor(suite))
    row = own_visit(session, browser.viewer, corriger) if corriger else None
    site = session.get(Site, row.site_id) if row and row.site_id else None
    day = today()
    return page(
        request,
        "advisers/visits.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        lines=lines,
        row=row,
        site=site.name if site else "",
        today=row.on if row else day,
        month=f"{day:%Y-%m}",
        kinds={each.value: each.label for each in VisitKind},
        sources={each["id"]: each["name"] for each in list_funding(session)},
        hours=hours,
        fault=NOT_KEPT.get(faute),
        may_record=browser.viewer.holds(Right.RECORD_VISITS),
        next_address=f"{PATH}?suite={id_cursor(more)}" if more else None,
    )


@router.post(PATH, dependencies=_RECORD)
def tell(
    here: Here,
    browser: FormOfOurs,
    *,
    jour: Text = "",
    duree: Text = "",
    genre: Text = VisitKind.VISIT,
    source: Annotated[int, Form(ge=1, le=MAX_ROW_ID)] = 1,
    ecole: Text = "",
    notes: Text = "",
) -> Response:
    """Keep some time, and go back to the list."""
    with here.database.write(browser.viewer.actor) as session:
        told = _told(
            session,
            browser,
            day=jour,
            duration=duree,
            kind=genre,
            source=source,
            school=ecole,
            notes=notes,
        )
        if isinstance(told, str):
            return _back(told)
        fault = _tried(session, browser, told, None)
    return _back(fault)


@router.post(PATH + "/{visit_id}", dependencies=_RECORD)
def correct(
    here: Here,
    browser: FormOfOurs,
    visit_id: RowId,
    *,
    action: Text = "corriger",
    jour: Text = "",
    duree: Text = "",
    genre: Text = VisitKind.VISIT,
    source: Annotated[int, Form(ge=1, le=MAX_ROW_ID)] = 1,
    ecole: Text = "",
    notes: Text = "",
) -> Response:
    """Correct some time or take it back, and go back to the list."""
    with here.database.write(browser.viewer.actor) as session:
        own_visit(session, browser.viewer, visit_id)
        if action == "retirer":
            remove_visit(session, browser.viewer, visit_id)
            return _back("")
        told = _told(
            session,
            browser,
            day=jour,
            duration=duree,
            kind=genre,
            source=source,
            school=ecole,
            notes=notes,
        )
        if isinstance(told, str):
            return _back(told)
        fault = _tried(session, browser, told, visit_id)
    return _back(fault)


@router.get(PATH + "/mois/{month}")
def month_page(
    request: Request,
    browser: Browser,
    session: Reading,
    month: Month,
    *,
    qui: Login = None,
    faute: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the sheet of a month by funding source; who checks hours finds everybody's."""
    viewer, first = browser.viewer, read_month(month)
    found = month_sheet(session, viewer, first, qui)
    checks = viewer.everywhere(Right.CHECK_VISITS)
    before = (first.replace(day=1) - (month_after(first) - first)).replace(day=1)
    return page(
        request,
        "advisers/month.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        found=found,
        month=month,
        before=f"{before:%Y-%m}",
        after=f"{month_after(first):%Y-%m}",
        who=qui,
        signed=signature(session, viewer, first, qui),
        people=people_of_month(session, first) if checks else [],
        hours=hours,
        own=qui in (None, viewer.login) and viewer.holds(Right.RECORD_VISITS),
        over=today() >= month_after(first),
        fault=NOT_KEPT.get(faute),
    )


@router.get(PATH + "/mois/{month}/feuille.{form}")
def month_file(
    here: Here,
    browser: Browser,
    session: Reading,
    month: Month,
    *,
    form: Annotated[str, Path(pattern="^(csv|xlsx)$")],
    qui: Login = None,
) -> Response:
    """Send the sheet of a month as a file."""
    found = month_sheet(session, browser.viewer, read_month(month), qui)
    return sheet_file(here, browser.viewer, found, form, qui)


@router.post(PATH + "/mois/{month}/signer", dependencies=_RECORD)
def sign(here: Here, browser: FormOfOurs, month: Month) -> Response:
    """Sign the person's own month, and go back to it."""
    fault = ""
    try:
        with here.database.write(browser.viewer.actor) as session:
            sign_month(session, browser.viewer, read_month(month))
    except Conflict:
        fault = "?faute=mois-signature"
    return RedirectResponse(f"{PATH}/mois/{month}{fault}", HTTPStatus.SEE_OTHER)


def _told(
    session: Session,
    browser: LoggedIn,
    *,
    day: str,
    duration: str,
    kind: str,
    source: int,
    school: str,
    notes: str,
) -> Told | str:
    """Return what a form tells, or the name of the field that does not fit."""
    match = _DURATION.fullmatch(duration)
    minutes = int(match[1]) * 60 + int(match[2] or 0) if match else 0
    if not 1 <= minutes <= 1440 or (match and int(match[2] or 0) > 59):
        return "duree"
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return "jour"
    site_id = None
    if wanted := school.replace("\0", "").strip():
        try:
            site_id = visible_site(session, browser.viewer, find_site(session, wanted).id or 0).id
        except (InvalidInput, NotFound):
            return "ecole"
    known = VisitKind(kind) if kind in set(VisitKind) else VisitKind.VISIT
    return Told(on, minutes, known, source, site_id, notes)


def _tried(session: Session, browser: LoggedIn, told: Told, visit_id: int | None) -> str:
    """Keep what was told, and return the name of the field that did not fit, if any."""
    try:
        kept: AdviserVisit = (
            tell_visit(session, browser.viewer, told)
            if visit_id is None
            else correct_visit(session, browser.viewer, visit_id, told)
        )
    except Conflict:
        return "mois"
    except NotAllowed:
        return "ecole"
    except WrongDuration:
        return "duree"
    except InvalidInput:
        return "jour"
    return "" if kept.id else "jour"


def _back(fault: str) -> RedirectResponse:
    return RedirectResponse(f"{PATH}?faute={fault}" if fault else PATH, HTTPStatus.SEE_OTHER)
