"""The list of incidents: what is silent now, and what was."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, Reading
from api.http.needs import Needs
from api.usecases.incident_list import Phase, list_incidents
from api.usecases.scope import Right
from api.web.templating import page

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])


@router.get("/incidents")
def incidents_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    etat: Annotated[str, Query(max_length=20)] = "",
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show the incidents at the sites that the person follows; those that go on unless asked."""
    phase = Phase.CLOSED if etat == Phase.CLOSED else Phase.OPEN
    found = list_incidents(session, browser.viewer, phase=phase, before=read_id_cursor(suite))
    more = urlencode({"etat": phase.value, "suite": id_cursor(found.next)}) if found.next else None
    return page(
        request,
        "incidents.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        phase=phase,
        incidents=found.incidents,
        next_address=f"/incidents?{more}" if more else None,
    )
