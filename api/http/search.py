"""/api/v1/search: one search over sites, devices, dossiers and incidents."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers import HitAnswer, HitListAnswer, SearchAnswer
from api.http.cursor import MAX_CURSOR_CHARACTERS, read_search_cursor, search_cursor
from api.http.dependencies import ApiViewer, Reading
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.search import Kind, search_kinds

router = APIRouter(prefix="/search", tags=["search"], dependencies=[Needs(Right.SEE)])


@router.get("")
def get_search(
    session: Reading,
    viewer: ApiViewer,
    *,
    q: Annotated[
        str, Query(max_length=200, description="words, FASE numbers, serial, MAC or IP address")
    ],
    kind: Annotated[Kind | None, Query(description="one kind only; needed with `after`")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> SearchAnswer:
    """Find what the caller may see; `after` is the `next` of the page before of the same kind."""
    place = read_search_cursor(after) if kind else None
    kinds = [kind] if kind else list(Kind)
    found = search_kinds(session, viewer, q.replace("\0", ""), kinds, after=place, limit=limit)
    return SearchAnswer(
        **{
            each.value: HitListAnswer(
                hits=[HitAnswer.model_validate(hit) for hit in page.hits],
                next=search_cursor(page.next),
            )
            for each, page in found.items()
        }
    )
