"""/api/v1/late: the terms that were not met, at the sites that the caller may see."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers import Answer
from api.http.cursor import MAX_CURSOR_CHARACTERS, late_cursor, read_late_cursor
from api.http.dependencies import ApiViewer, Reading
from api.http.needs import Needs
from api.usecases.deadlines import LateFilter, late_list
from api.usecases.scope import Right
from inventory.programme.dossier import Role, Status

router = APIRouter(prefix="/late", tags=["dossiers"], dependencies=[Needs(Right.SEE)])
_Text = Annotated[str | None, Query(max_length=200)]


class LateAnswer(Answer):
    """One overdue term; `ball` is the role that must act, `late_days` counts calendar days."""

    clock_id: int
    site_id: int
    site: str
    commune: str | None
    province: str | None
    status: Status
    term_id: str
    ball: Role
    started_on: date
    due_on: date
    late_days: int


class LateListAnswer(Answer):
    """One page of overdue terms, the longest overdue first; `next` is null at the end."""

    late: list[LateAnswer]
    next: str | None


@router.get("")
def get_late(
    session: Reading,
    viewer: ApiViewer,
    *,
    ball: Role | None = None,
    term: _Text = None,
    province: _Text = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> LateListAnswer:
    """List overdue terms; `after` is the `next` of the page before."""
    wanted = LateFilter(ball, _clean(term), _clean(province))
    found = late_list(session, viewer, wanted, after=read_late_cursor(after), limit=limit)
    return LateListAnswer(
        late=[LateAnswer.model_validate(each) for each in found.lines],
        next=late_cursor(found.next),
    )


def _clean(text: str | None) -> str | None:
    # PostgreSQL takes no NUL in a text.
    return text.replace("\0", "") if text else None
