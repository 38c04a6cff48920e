"""The late list: which terms were not met, who has the ball, since when and by how much."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.http.cursor import MAX_CURSOR_CHARACTERS, late_cursor, read_late_cursor
from api.http.dependencies import Browser, Reading
from api.http.needs import Needs
from api.usecases.deadlines import LateFilter, late_by_ball, late_list
from api.usecases.scope import Right
from api.usecases.sites import provinces
from api.web.saved_views import view_parts
from api.web.templating import page
from inventory.programme.deadlines.labels import LABELS
from inventory.programme.dossier import Role

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

ROWS = 50
_Text = Annotated[str, Query(max_length=200)]


@router.get("/retards")
def late_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    qui: _Text = "",
    delai: _Text = "",
    province: _Text = "",
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show the overdue terms of the sites that the person follows."""
    known = provinces(session, browser.viewer)
    wanted = LateFilter(
        Role(qui) if qui in set(Role) else None,
        delai if delai in LABELS else None,
        province if province in known else None,
    )
    found = late_list(session, browser.viewer, wanted, after=read_late_cursor(suite), limit=ROWS)
    chosen = {"qui": qui, "delai": delai, "province": province}
    kept = {name: value for name, value in chosen.items() if value}
    cursor = late_cursor(found.next)
    return page(
        request,
        "late.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        **view_parts(request, session, browser.viewer),
        lines=found.lines,
        may_move=browser.viewer.holds(Right.MOVE_MANY),
        by_ball=late_by_ball(session, browser.viewer),
        chosen=chosen,
        filtered=wanted != LateFilter(),
        provinces=known,
        labels=LABELS,
        roles={role.value: role.label for role in Role},
        first_address="/retards?" + urlencode(kept) if suite else None,
        next_address="/retards?" + urlencode({**kept, "suite": cursor}) if cursor else None,
    )
