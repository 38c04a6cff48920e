"""/api/v1/incidents: what is or was silent, by its one cause."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers import IncidentAnswer, IncidentListAnswer
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Reading
from api.http.needs import Needs
from api.usecases.incident_list import Phase, list_incidents
from api.usecases.scope import Right

router = APIRouter(prefix="/incidents", tags=["incidents"], dependencies=[Needs(Right.SEE)])


@router.get("")
def get_incidents(
    session: Reading,
    viewer: ApiViewer,
    *,
    phase: Phase | None = None,
    site_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> IncidentListAnswer:
    """List incidents, newest first; `after` is the `next` of the page before."""
    found = list_incidents(
        session,
        viewer,
        phase=phase,
        site_id=site_id,
        before=read_id_cursor(after),
        limit=limit,
    )
    return IncidentListAnswer(
        incidents=[
            IncidentAnswer(**line.row.model_dump(), device=line.device, site=line.site)
            for line in found.incidents
        ],
        next=id_cursor(found.next),
    )
