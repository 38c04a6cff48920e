"""Eligibility: the rules, what running them would change, and what earlier runs did."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.jobs.campaign_requests import ELIGIBILITY, WantedRun, last_jobs, request_run
from api.usecases.eligibility import preview_run
from api.usecases.eligibility_runs import list_runs, outcomes_of
from api.usecases.rule_sets import known_rules
from api.usecases.scope import Right
from api.web import texts
from api.web.templating import page
from inventory.programme.eligibility import Verdict
from inventory.sentences import N_, worded

router = APIRouter(
    include_in_schema=False, dependencies=[Needs(Right.RUN_ELIGIBILITY, everywhere=True)]
)

ROWS = 50
CAUSES: Mapping[str, str] = {
    "asked": N_("demandé"),
    "register": N_("après un import du signalétique"),
    "cadastre": N_("après une validation du cadastre"),
}
_Version = Annotated[str, Query(max_length=60)]
_Suite = Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)]


@router.get("/eligibilite")
def eligibility_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    regles: _Version = "",
    suite: _Suite = None,
) -> Response:
    """Show the rules and what running them would change."""
    return _page(request, browser, session, regles, suite=suite)


@router.post("/eligibilite")
def run_rules(
    here: Here,
    browser: FormOfOurs,
    *,
    regles: Annotated[str, Form(max_length=60)] = "",
    digest: Annotated[str, Form(max_length=64)] = "",
    adopter: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Queue the application of what was shown, and show how far it is.

    The rules are put in force with it where that was asked.
    """
    wanted = WantedRun(regles, digest, adopt=adopter == "oui")
    with here.database.write(browser.viewer.actor) as session:
        job_id = request_run(session, browser.viewer, wanted).id
    return RedirectResponse(f"/travaux/{job_id}", HTTPStatus.SEE_OTHER)


@router.get("/eligibilite/{run_id}")
def run_page(
    request: Request, browser: Browser, session: Reading, run_id: RowId, *, suite: _Suite = None
) -> Response:
    """Show what a run changed, site by site."""
    found = outcomes_of(session, run_id, after=read_id_cursor(suite), limit=ROWS + 1)
    runs = list_runs(session, before=run_id + 1, limit=1)
    cursor = id_cursor(found[ROWS - 1][0].id) if len(found) > ROWS else None
    return page(
        request,
        "eligibility_run.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        run=runs[0],
        lines=[(row, site, _said(row.reasons), _said(row.missing)) for row, site in found[:ROWS]],
        next_address=f"/eligibilite/{run_id}?suite={cursor}" if cursor else None,
        **_words(),
    )


def _page(
    request: Request,
    browser: Browser,
    session: Reading,
    version: str,
    *,
    suite: str | None = None,
) -> Response:
    known = known_rules(session)
    chosen = next((each for each in known if each.rules.version == version), None)
    chosen = chosen or next(each for each in known if each.in_force)
    preview = preview_run(session, chosen.rules)
    begin = read_id_cursor(suite) or 0
    rest = [each for each in preview.changes if each.site_id > begin]
    cursor = id_cursor(rest[ROWS - 1].site_id) if len(rest) > ROWS else None
    address = f"/eligibilite?regles={chosen.rules.version}"
    return page(
        request,
        "eligibility.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        known=known,
        chosen=chosen,
        preview=preview,
        lines=rest[:ROWS],
        runs=list_runs(session, limit=10),
        jobs=[each for each in last_jobs(session, browser.viewer, ELIGIBILITY) if not each.result],
        next_address=f"{address}&suite={cursor}" if cursor else None,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "outcomes": texts.ELIGIBILITY_OUTCOME,
        "causes": CAUSES,
        "verdicts": {each.value: each.label for each in Verdict},
    }


def _said(kept: Iterable[dict[str, Any] | str]) -> list[str]:
    return [each if isinstance(each, str) else worded(each.get("text", ""), each) for each in kept]
