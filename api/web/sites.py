"""The list of sites and the page of one site."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.http.cursor import MAX_CURSOR_CHARACTERS, read_site_cursor, site_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.jobs.requests import JobRequest, request_job
from api.usecases import site_detail
from api.usecases.dossiers import PossibleMove, possible_moves
from api.usecases.scope import Right, Viewer
from api.usecases.sites import Condition, SiteFilter, list_sites, provinces, site_line
from api.usecases.topology import site_network
from api.web import texts
from api.web.acceptance import site_parts
from api.web.dossier_context import dossier_parts
from api.web.history_context import site_history_context
from api.web.language import language_of
from api.web.readings import access_point_readings
from api.web.saved_views import view_parts
from api.web.templating import page
from inventory import clock
from inventory.models import Job, JobState
from inventory.programme.cantons import cantons
from inventory.programme.dossier import Status

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

ROWS = 50
INCIDENTS_SHOWN_FOR = timedelta(days=7)
_MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the person chose in the filters, as it stands in the address."""

    q: str
    province: str
    canton: str
    statut: str
    etat: str

    def address(self, **more: str | None) -> str:
        chosen = {
            "q": self.q,
            "province": self.province,
            "canton": self.canton,
            "statut": self.statut,
            "etat": self.etat,
        }
        kept = {key: value for key, value in {**chosen, **more}.items() if value}
        return "/?" + urlencode(kept) if kept else "/"


@router.get("/")
def sites_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    q: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
    province: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
    canton: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
    statut: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
    etat: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show the sites that the person follows."""
    choice = _Choice(q, province, canton, statut, etat)
    known = provinces(session, browser.viewer)
    wanted = SiteFilter(
        text=q,
        # A value that no filter offers, as from an old bookmark, filters nothing.
        province=province if province in known else None,
        canton=canton if canton in cantons() else None,
        status=statut if statut in texts.STATUSES else None,
        condition=Condition(etat) if etat in set(Condition) else None,
    )
    found = list_sites(session, browser.viewer, wanted, after=read_site_cursor(suite), limit=ROWS)
    cursor = site_cursor(found.next)
    return page(
        request,
        "sites.html",
        **_person(browser),
        **view_parts(request, session, browser.viewer),
        choice=choice,
        filtered=wanted != SiteFilter(),
        provinces=known,
        canton=cantons().get(canton),
        sites=found.sites,
        first_address=choice.address() if suite else None,
        next_address=choice.address(suite=cursor) if cursor else None,
    )


@router.get("/sites/{site_id}")
def site_page(
    request: Request,
    here: Here,
    browser: Browser,
    session: Reading,
    site_id: RowId,
    *,
    periode: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
) -> Response:
    """Show where one site stands."""
    viewer = browser.viewer
    line = site_line(session, viewer, site_id)
    devices = site_detail.devices(session, site_id)
    readings = site_detail.last_readings(session, [each.id for each in devices if each.id])
    dossier, history = site_detail.dossier(session, site_id)
    return page(
        request,
        "site.html",
        **_person(browser),
        site=site_detail.visible_site(session, viewer, site_id),
        line=line,
        implantations=site_detail.implantations(session, site_id),
        dossier=dossier,
        may_see_cadastre=_holds(session, viewer, site_id, Right.SEE_CADASTRE),
        status=texts.STATUSES.get(dossier.status) if dossier else None,
        held=texts.STATUSES.get(dossier.status_before_hold or "") if dossier else None,
        history=history,
        moves=_steps_forward(session, site_id) if dossier else [],
        **dossier_parts(session, site_id, dossier),
        devices=devices,
        network=site_network(
            session, here.settings, site_id, closed_since=clock.now() - INCIDENTS_SHOWN_FOR
        ),
        readings=readings,
        access_points=access_point_readings(devices, readings),
        push=site_detail.last_push(session, site_id),
        findings=site_detail.open_findings(session, site_id),
        events=site_detail.events(session, site_id),
        **site_parts(session, site_id),
        may_run=_holds(session, viewer, site_id, Right.RUN_JOBS),
        **_jobs(session, site_id),
        **site_history_context(
            here, session, site_id, periode, language=language_of(request, viewer)
        ),
    )


@router.get("/sites/{site_id}/travaux")
def site_jobs(request: Request, browser: Browser, session: Reading, site_id: RowId) -> Response:
    """Show the state of a site's jobs: the part of its page that is loaded again."""
    site_detail.visible_site(session, browser.viewer, site_id)
    return page(
        request,
        "site/jobs.html",
        **_person(browser),
        site_id=site_id,
        **_jobs(session, site_id),
    )


@router.post("/sites/{site_id}/travaux", dependencies=[Needs(Right.RUN_JOBS)])
def ask_for_job(
    here: Here, browser: FormOfOurs, site_id: RowId, kind: Annotated[str, Form(max_length=20)]
) -> Response:
    """Queue a job for one site and go back to its page."""
    with here.database.write(browser.viewer.actor) as session:
        request_job(session, browser.viewer, JobRequest(kind, site_id))
    return RedirectResponse(f"/sites/{site_id}#travaux", HTTPStatus.SEE_OTHER)


def _holds(session: Reading, viewer: Viewer, site_id: int, right: Right) -> bool:
    return site_detail.site_to_work_on(session, viewer, site_id, right) is not None


def _steps_forward(session: Reading, site_id: int) -> list[PossibleMove]:
    """Return the moves that lead on: neither sent back, nor put on hold, nor given up."""
    aside = {Status.ON_HOLD, Status.DECLINED}
    return [
        move
        for move in possible_moves(session, site_id)
        if move.to not in aside and not move.reason_needed
    ]


def _person(browser: Browser) -> dict[str, Any]:
    return {"viewer": browser.viewer, "csrf": browser.csrf_token}


def _jobs(session: Reading, site_id: int) -> dict[str, Any]:
    jobs: list[Job] = site_detail.jobs(session, site_id)
    active = any(job.state in {JobState.QUEUED, JobState.RUNNING} for job in jobs)
    return {"jobs": jobs, "jobs_active": active}
