"""Deployment plans: the list, and the page of one, which follows it live."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, Reading, RowId
from api.usecases.plans import FOLLOWED, list_plans, plan_devices, plan_line
from api.web.templating import page
from inventory.models import PlanState, PushState

router = APIRouter(include_in_schema=False)

_ROWS = 100
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
        running=line.plan.state is PlanState.RUNNING,
        # One that is started while the page is open is seen to start.
        live=line.plan.state in FOLLOWED,
        next_address=f"/deploiements/{plan_id}?{more}" if more else None,
    )
