"""Deployment plans: the list, and the page of one, which follows it live."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Installation, Reading, RowId
from api.http.needs import Needs
from api.jobs.rollout_requests import may_roll_out, request_rollback, request_rollout, request_stop
from api.usecases.access import LoggedIn
from api.usecases.approvals import (
    approvals_of,
    approve_plan,
    is_author,
    may_approve,
    person_of,
    waits_for_approval,
)
from api.usecases.plan_review import review_of
from api.usecases.plan_states import refuse_school_hours
from api.usecases.plans import (
    FOLLOWED,
    list_plans,
    plan_devices,
    plan_line,
    progress_of,
    waves_of,
)
from api.usecases.rollout_options import calendar_of, options_of
from api.usecases.scope import Right
from api.web.templating import page
from inventory.errors import Conflict
from inventory.models import DeployPlan, PlanRequest, PlanState, PushState
from inventory.sentences import worded

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

_ROWS = 100
_GROUPS = 40  # of changes that are shown at once; the first ones are on the most devices
_MAX_NOTE = 500
Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)]


@router.get("/deploiements")
def deployments_page(
    request: Request, browser: Browser, session: Reading, suite: Cursor = None
) -> Response:
    """Show the plans that touch a school that the person follows, newest first."""
    found = list_plans(session, browser.viewer, before=read_id_cursor(suite))
    more = urlencode({"suite": id_cursor(found.next)}) if found.next else None
    return page(
        request,
        "deployments.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        plans=found.plans,
        next_address=f"/deploiements?{more}" if more else None,
    )


@router.get("/deploiements/{plan_id}")
def deployment_page(
    request: Request,
    here: Here,
    browser: Browser,
    session: Reading,
    plan_id: RowId,
    *,
    etat: Annotated[str, Query(max_length=20)] = "",
    suite: Cursor = None,
) -> Response:
    """Show how each device of one plan stands."""
    line = plan_line(session, browser.viewer, plan_id)
    state = PushState(etat) if etat in set(PushState) else None
    found = plan_devices(
        session, browser.viewer, plan_id, state=state, after=read_id_cursor(suite), limit=_ROWS
    )
    progress = progress_of(session, [plan_id]).get(plan_id)
    review = review_of(session, plan_id, browser.viewer)
    chosen = {"etat": state.value} if state else {}
    more = urlencode({**chosen, "suite": id_cursor(found.next)}) if found.next else None
    return page(
        request,
        "deployment.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        line=line,
        state=state,
        devices=found.devices,
        review=review,
        groups=review.changes[:_GROUPS],
        second_person=[worded("", each) for each in line.plan.risk.get("second_person", ())],
        approvals=[(person_of(each.approved_by), each) for each in approvals_of(session, plan_id)],
        waits=waits_for_approval(session, line.plan),
        author=person_of(line.plan.created_by),
        may_approve=line.plan.state is PlanState.FROZEN
        and not is_author(line.plan, browser.viewer)
        and may_approve(session, plan_id, browser.viewer),
        waves=waves_of(progress.devices.values() if progress else ()),
        halt=worded(halt.get("message", ""), halt.get("wording"))
        if (halt := line.plan.halt)
        else None,
        may_run=may_roll_out(session, plan_id, browser.viewer),
        must_answer=_must_answer(session, here, line.plan),
        running=line.plan.state is PlanState.RUNNING,
        # One that is started while the page is open is seen to start.
        live=line.plan.state in FOLLOWED,
        next_address=f"/deploiements/{plan_id}?{more}" if more else None,
    )


@router.post("/deploiements/{plan_id}/approbation", dependencies=[Needs(Right.APPROVE_PLANS)])
def approve(
    here: Here,
    browser: FormOfOurs,
    plan_id: RowId,
    remarque: Annotated[str, Form(max_length=_MAX_NOTE)] = "",
) -> Response:
    """Approve a frozen plan as another than its author, and go back to its page."""
    with here.database.write(browser.viewer.actor) as session:
        plan_line(session, browser.viewer, plan_id)  # one that is not seen is not there
        note = remarque.replace("\0", "").strip()
        approve_plan(session, plan_id, browser.viewer, note=note)
    return RedirectResponse(f"/deploiements/{plan_id}", HTTPStatus.SEE_OTHER)


@router.post("/deploiements/{plan_id}/lancer", dependencies=[Needs(Right.RUN_JOBS)])
def run(
    here: Here,
    browser: FormOfOurs,
    plan_id: RowId,
    motif: Annotated[str, Form(max_length=_MAX_NOTE)] = "",
) -> Response:
    """Queue the run of a plan, or go on with one that was stopped, and go back to its page."""
    now = motif.replace("\0", "").strip() or None
    with here.database.write(browser.viewer.actor) as session:
        plan_line(session, browser.viewer, plan_id)
        request_rollout(session, here.settings, browser.viewer, plan_id, now=now)
    return _back(plan_id)


@router.post("/deploiements/{plan_id}/suspendre", dependencies=[Needs(Right.RUN_JOBS)])
def pause(here: Here, browser: FormOfOurs, plan_id: RowId) -> Response:
    """Ask a plan to pause once the devices that are being changed have ended."""
    return _stop(here, browser, plan_id, PlanRequest.PAUSE)


@router.post("/deploiements/{plan_id}/annuler", dependencies=[Needs(Right.RUN_JOBS)])
def cancel(here: Here, browser: FormOfOurs, plan_id: RowId) -> Response:
    """Ask a plan to end: what was not begun is never sent, what was done stays."""
    return _stop(here, browser, plan_id, PlanRequest.CANCEL)


@router.post("/deploiements/{plan_id}/retablir", dependencies=[Needs(Right.RUN_JOBS)])
def roll_back(here: Here, browser: FormOfOurs, plan_id: RowId) -> Response:
    """Queue a plan that takes this one back; it is reviewed and run as any other."""
    with here.database.write(browser.viewer.actor) as session:
        plan_line(session, browser.viewer, plan_id)
        request_rollback(session, browser.viewer, plan_id)
    return RedirectResponse("/deploiements", HTTPStatus.SEE_OTHER)


def _stop(
    here: Installation, browser: LoggedIn, plan_id: int, request: PlanRequest
) -> RedirectResponse:
    with here.database.write(browser.viewer.actor) as session:
        plan_line(session, browser.viewer, plan_id)
        request_stop(session, browser.viewer, plan_id, request)
    return _back(plan_id)


def _back(plan_id: int) -> RedirectResponse:
    return RedirectResponse(f"/deploiements/{plan_id}", HTTPStatus.SEE_OTHER)


def _must_answer(session: Session, here: Installation, plan: DeployPlan) -> bool:
    """Return whether schools could be interrupted now, for which somebody must answer."""
    if plan.state not in FOLLOWED and plan.state is not PlanState.HALTED:
        return False
    try:
        refuse_school_hours(
            session, plan.id or 0, options_of(plan, here.settings), calendar_of(here.settings)
        )
    except Conflict:
        return True
    return False
