"""The school's guide: where it stands, what comes next, who has the ball, what to do by when."""

from fastapi import APIRouter, Request, Response

from api.http.dependencies import Browser, Reading, RowId
from api.http.needs import Needs
from api.usecases import site_detail
from api.usecases.acting import roles_at
from api.usecases.brussels import today
from api.usecases.guide import site_tasks
from api.usecases.scope import ROLES, Right
from api.usecases.sites import site_line
from api.web import texts
from api.web.templating import page
from inventory.programme.guide import Place, Task

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])


@router.get("/sites/{site_id}/guide")
def guide_page(request: Request, browser: Browser, session: Reading, site_id: RowId) -> Response:
    """Show the guide of one school."""
    viewer = browser.viewer
    line = site_line(session, viewer, site_id)
    held = frozenset(roles_at(session, viewer, site_id))
    found = site_tasks(session, site_id)
    dossier, history = site_detail.dossier(session, site_id)
    return page(
        request,
        "guide.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        line=line,
        dossier=dossier,
        history=history,
        status=texts.STATUSES.get(dossier.status) if dossier else None,
        held_status=texts.STATUSES.get(dossier.status_before_hold or "") if dossier else None,
        mine=[task for task in found if task.roles & held],
        others=[task for task in found if not task.roles & held],
        addresses={place: _address(site_id, place) for place in Place},
        may_open={place: bool(held & _allowed(place)) for place in Place},
        today=today(),
        people=_people,
    )


def _address(site_id: int, place: Place) -> str:
    return f"/sites/{site_id}/cadastre" if place is Place.CADASTRE else f"/sites/{site_id}"


def _allowed(place: Place) -> frozenset[str]:
    right = Right.SEE_CADASTRE if place is Place.CADASTRE else Right.SEE
    return frozenset(role.value for role in ROLES[right])


def _people(task: Task) -> list[str]:
    """Return who a task falls to, in French, in the order of their names."""
    return sorted(role.label for role in task.roles)
