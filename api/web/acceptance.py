"""The acceptance of a site: its last run, its reserves, its report, and asking for a new run."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.cursor import MAX_ROW_ID
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.jobs.queue import enqueue
from api.usecases.acceptance_runs import list_runs, newest_run, run_of_site, say_word, summary
from api.usecases.reserves import assign, lift, open_by_hand, open_reserves, reserves_of
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import jobs, site_to_work_on, visible_site
from api.usecases.survey_pictures import surveys_of
from api.web.templating import page
from api.web.texts import Label
from inventory.errors import InvalidInput, NotAllowed
from inventory.models import AcceptanceRun, JobState, ReserveSeverity
from inventory.sentences import N_, Sentence
from site_surveys.profile import load_profile

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

STATES: Mapping[str, Label] = {
    "passed": Label(N_("Réussi"), "good"),
    "failed": Label(N_("Non réussi"), "bad"),
    "not_proved": Label(N_("Non prouvé"), "warn"),
    "waived": Label(N_("Dérogation"), "warn"),
    "not_applicable": Label(N_("Sans objet")),
}
VERDICTS: Mapping[str, Label] = {
    "passed": Label(N_("Recette réussie"), "good"),
    "failed": Label(N_("Recette non réussie"), "bad"),
    "not_proved": Label(N_("Recette incomplète"), "warn"),
}
SEVERITIES: Mapping[str, Label] = {
    ReserveSeverity.BLOCKING: Label(N_("Bloquante"), "bad"),
    ReserveSeverity.MINOR: Label(N_("Mineure"), "warn"),
}
_Text = Annotated[str, Form(max_length=2000)]
_RunNumber = Annotated[int | None, Query(alias="recette", ge=1, le=MAX_ROW_ID)]


def site_parts(session: Session, site_id: int) -> dict[str, Any]:
    """Return what the page of a site shows of its surveys and its acceptance."""
    run = newest_run(session, site_id)
    reserves = open_reserves(session, site_id)
    return {
        "surveys": surveys_of(session, site_id),
        "acceptance_run": run,
        "acceptance_verdict": VERDICTS[run.verdict] if run is not None else None,
        "blocking_reserves": sum(each.severity is ReserveSeverity.BLOCKING for each in reserves),
        "minor_reserves": sum(each.severity is ReserveSeverity.MINOR for each in reserves),
    }


@router.get("/sites/{site_id}/recette")
def acceptance_page(
    request: Request,
    browser: Browser,
    session: Reading,
    site_id: RowId,
    *,
    number: _RunNumber = None,
) -> Response:
    """Show a run of a site, by default the newest, and the reserves as they stand."""
    viewer = browser.viewer
    site = visible_site(session, viewer, site_id)
    runs = list_runs(session, site_id)
    run = run_of_site(session, site_id, number) if runs or number else None
    by_people = [check for check in load_profile().checks if "person" in check.proof]
    work = [job for job in jobs(session, site_id, limit=20) if job.kind == "acceptance"]
    return page(
        request,
        "acceptance.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        site=site,
        run=run,
        figures=summary(run) if run is not None else None,
        groups=_groups(run),
        runs=[(each, VERDICTS[each.verdict]) for each in runs],
        reserves=reserves_of(session, site_id),
        by_people=by_people,
        states=STATES,
        verdicts=VERDICTS,
        severities=SEVERITIES,
        may_judge=_may(session, viewer, site_id, Right.JUDGE),
        may_lift=_may(session, viewer, site_id, Right.LIFT_RESERVES),
        running=any(job.state in {JobState.QUEUED, JobState.RUNNING} for job in work),
    )


@router.get("/sites/{site_id}/recette/{run_id}.pdf")
def acceptance_report(
    request: Request, browser: Browser, session: Reading, site_id: RowId, run_id: RowId
) -> Response:
    """Return the rapport de recette of a run; its tag is the run's own hash."""
    # typst and matplotlib are for this route alone.
    from api.usecases.acceptance_report import report_name, report_pdf  # noqa: PLC0415

    visible_site(session, browser.viewer, site_id)
    run = run_of_site(session, site_id, run_id)
    headers = {
        "ETag": f'"{run.sha256}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{report_name(run)}"',
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(report_pdf(session, run), media_type="application/pdf", headers=headers)


@router.post("/sites/{site_id}/recette", dependencies=[Needs(Right.JUDGE)])
def ask_for_run(here: Here, browser: FormOfOurs, site_id: RowId) -> Response:
    """Queue a run; the jobs process judges the site."""
    with here.database.write(browser.viewer.actor) as session:
        _allow(session, browser.viewer, site_id, Right.JUDGE)
        enqueue(session, "acceptance", {"site_id": site_id}, browser.viewer.actor)
    return _back(site_id)


@router.post("/sites/{site_id}/recette/controles", dependencies=[Needs(Right.JUDGE)])
def say_of_check(
    here: Here,
    browser: FormOfOurs,
    site_id: RowId,
    *,
    controle: Annotated[str, Form(max_length=80)],
    resultat: Annotated[str, Form(pattern="^(reussi|non-reussi)$")],
    note: _Text,
) -> Response:
    """Keep what a person says of a check that no machine can prove."""
    with here.database.write(browser.viewer.actor) as session:
        _allow(session, browser.viewer, site_id, Right.JUDGE)
        say_word(
            session,
            site_id,
            controle,
            passed=resultat == "reussi",
            note=_clean(note),
            evidence=None,
            actor=browser.viewer.actor,
            profile=load_profile(),
        )
    return _back(site_id)


@router.post("/sites/{site_id}/reserves", dependencies=[Needs(Right.JUDGE)])
def open_reserve(
    here: Here,
    browser: FormOfOurs,
    site_id: RowId,
    *,
    objet: _Text,
    gravite: Annotated[ReserveSeverity, Form()],
    responsable: Annotated[str, Form(max_length=120)] = "",
    echeance: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Open the reserve of a defect that a person saw."""
    with here.database.write(browser.viewer.actor) as session:
        _allow(session, browser.viewer, site_id, Right.JUDGE)
        open_by_hand(
            session,
            site_id,
            _clean(objet),
            severity=gravite,
            actor=browser.viewer.actor,
            responsible=_clean(responsable) or None,
            due_on=_day(echeance),
        )
    return _back(site_id, "reserves")


@router.post("/sites/{site_id}/reserves/{number}", dependencies=[Needs(Right.JUDGE)])
def change_reserve(
    here: Here,
    browser: FormOfOurs,
    site_id: RowId,
    number: RowId,
    *,
    action: Annotated[str, Form(pattern="^(lever|attribuer)$")],
    note: _Text = "",
    responsable: Annotated[str, Form(max_length=120)] = "",
    echeance: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Lift a reserve on the person's word, or say who removes it and until when."""
    actor = browser.viewer.actor
    with here.database.write(actor) as session:
        if action == "lever":
            _allow(session, browser.viewer, site_id, Right.LIFT_RESERVES)
            lift(session, site_id, number, note=_clean(note), evidence=None, actor=actor)
        else:
            _allow(session, browser.viewer, site_id, Right.JUDGE)
            assign(
                session,
                site_id,
                number,
                responsible=_clean(responsable) or None,
                due_on=_day(echeance),
            )
    return _back(site_id, "reserves")


def _groups(run: AcceptanceRun | None) -> list[tuple[str, list[dict[str, Any]]]]:
    if run is None:
        return []
    checks = run.record["checks"]
    return [(name, list(each)) for name, each in groupby(checks, key=lambda each: each["group"])]


def _may(session: Session, viewer: Viewer, site_id: int, right: Right) -> bool:
    return site_to_work_on(session, viewer, site_id, right) is not None


def _allow(session: Session, viewer: Viewer, site_id: int, right: Right) -> None:
    if not _may(session, viewer, site_id, right):
        raise NotAllowed(
            Sentence("Votre rôle ne fait pas cela sur ce site"),
            todo=Sentence("demandez à un gestionnaire de contrat"),
        )


def _back(site_id: int, part: str = "") -> Response:
    address = f"/sites/{site_id}/recette{f'#{part}' if part else ''}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text; browsers send CRLF.
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(Sentence("%(text)s n’est pas un jour", text=text)) from error
