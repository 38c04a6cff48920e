"""Cadastre campaigns on pages: the list of schools with their state, and how far an edition is."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from sqlmodel import Session

from api.http.cadastre import Code
from api.http.cadastre_files import csv_export, xlsx_export
from api.http.cursor import MAX_CURSOR_CHARACTERS, read_site_cursor, site_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.jobs.campaign_requests import OPENING, last_jobs, request_opening
from api.usecases.access import LoggedIn
from api.usecases.brussels import today
from api.usecases.cadastre_editions import edition_of, list_editions
from api.usecases.cadastre_lists import (
    STATES,
    Grouping,
    ResponseFilter,
    list_responses,
    progress,
    total,
)
from api.usecases.cadastre_opening import waiting_sites
from api.usecases.cadastre_responses import site_for
from api.usecases.scope import Right, sites_within
from api.usecases.sites import provinces
from api.web import cadastre_texts
from api.web.templating import page
from inventory.errors import Conflict, NotFound
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE_CADASTRE)])

ROWS = 50
_Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the person chose in the filters, as it stands in the address."""

    edition: str
    q: str
    province: str
    etat: str

    def address(self, **more: str | None) -> str:
        chosen = {
            "edition": self.edition,
            "q": self.q,
            "province": self.province,
            "etat": self.etat,
        }
        kept = {key: value for key, value in {**chosen, **more}.items() if value}
        return "/cadastre?" + urlencode(kept) if kept else "/cadastre"


@router.get("/cadastre")
def cadastre_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    edition: _Text = "",
    q: _Text = "",
    province: _Text = "",
    etat: _Text = "",
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show the schools that an edition asks, with the state of each."""
    viewer = browser.viewer
    editions = list_editions(session)
    chosen = next((each for each in editions if each.code == edition), None)
    chosen = chosen or next((e for e in editions if e.opens_on <= today()), None)
    known = provinces(session, viewer)
    # A value that no filter offers, as from an old bookmark, filters nothing.
    province = province if province in known else ""
    choice = _Choice(chosen.code if chosen else "", q, province, etat if etat in STATES else "")
    wanted = ResponseFilter(choice.etat or None, province or None, None, q.replace("\0", ""))
    found = (
        list_responses(session, viewer, chosen, wanted, after=read_site_cursor(suite), limit=ROWS)
        if chosen
        else None
    )
    cursor = site_cursor(found.next) if found else None
    return page(
        request,
        "cadastre.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        editions=editions,
        edition=chosen,
        lines=found.lines if found else (),
        choice=choice,
        states=cadastre_texts.STATES,
        provinces=known,
        decides=viewer.holds(Right.DECIDE_CADASTRE),
        first_address=choice.address() if suite else None,
        next_address=choice.address(suite=cursor) if cursor else None,
    )


@router.get("/cadastre/{code}/avancement")
def progress_page(
    request: Request, browser: Browser, session: Reading, code: Code, *, par: _Text = ""
) -> Response:
    """Show how far an edition is, by province or by education network."""
    by = Grouping.EDUCATION_NETWORK if par == "reseau" else Grouping.PROVINCE
    edition = edition_of(session, code)
    groups = progress(session, browser.viewer, edition, by)
    # A site of two networks counts in both, so the whole is counted by what parts the sites.
    whole = total(progress(session, browser.viewer, edition, Grouping.PROVINCE))
    return page(
        request,
        "cadastre/progress.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        edition=edition,
        by=by.value,
        groups=groups,
        whole=whole,
        states=cadastre_texts.STATES,
    )


@router.get("/cadastre/{code}/export.csv")
def export_csv(here: Here, browser: Browser, code: Code) -> StreamingResponse:
    """Send every response that the person may see, a line for each school."""
    return csv_export(here, browser.viewer, code)


@router.get("/cadastre/{code}/export.xlsx")
def export_xlsx(here: Here, browser: Browser, code: Code) -> FileResponse:
    """Send the same as a workbook."""
    return xlsx_export(here, browser.viewer, code)


@router.get("/cadastre/{code}/ouvrir", dependencies=[Needs(Right.DECIDE_CADASTRE)])
def opening_page(request: Request, browser: Browser, session: Reading, code: Code) -> Response:
    """Show how many schools would be asked for their cadastre, and the openings before."""
    return _opening(request, browser, session, code)


@router.post("/cadastre/{code}/ouvrir", dependencies=[Needs(Right.DECIDE_CADASTRE)])
def open_for_schools(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    code: Code,
    digest: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Queue the opening for the schools that were shown, and show how far it is."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            job_id = request_opening(session, browser.viewer, code, digest).id
    except Conflict as refused:
        with here.database.read() as session:
            return _opening(request, browser, session, code, notice=refused)
    return RedirectResponse(f"/travaux/{job_id}", HTTPStatus.SEE_OTHER)


def _opening(
    request: Request,
    browser: LoggedIn,
    session: Session,
    code: str,
    *,
    notice: Conflict | None = None,
) -> Response:
    viewer = browser.viewer
    edition = edition_of(session, code)
    waiting = waiting_sites(session, sites_within(viewer, Right.DECIDE_CADASTRE))
    return page(
        request,
        "cadastre/opening.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.CONFLICT if notice else HTTPStatus.OK,
        edition=edition,
        opens=edition.opens_on <= today(),
        waiting=waiting,
        provinces=sorted(waiting.by_province.items(), key=lambda each: each[0] or "~"),
        jobs=last_jobs(session, viewer, OPENING),
        notice=notice,
    )


@router.get("/sites/{site_id}/cadastre")
def cadastre_of_site(browser: Browser, session: Reading, site_id: RowId) -> Response:
    """Go to the response of a site to the newest edition that is open."""
    site_for(session, browser.viewer, site_id, Right.SEE_CADASTRE)
    begun = [each for each in list_editions(session) if each.opens_on <= today()]
    if not begun:
        raise NotFound(Sentence("Aucune édition du cadastre n’a encore ouvert"))
    return RedirectResponse(f"/cadastre/{begun[0].code}/sites/{site_id}", HTTPStatus.SEE_OTHER)
