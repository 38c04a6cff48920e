"""/api/v1/dossiers/transitions: one move for many dossiers, with what came of each."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId, Speech
from api.http.needs import Needs
from api.usecases.dossier_bulk import (
    Choice,
    SiteOutcome,
    WantedMove,
    advance_many,
    ask_many,
    chosen_sites,
    list_requests,
    outcomes_of,
    try_many,
    visible_request,
)
from api.usecases.scope import Right
from api.web.language import Tongue
from inventory.models import BulkState
from inventory.programme.dossier import Status

router = APIRouter(
    prefix="/dossiers/transitions", tags=["dossiers"], dependencies=[Needs(Right.MOVE_MANY)]
)

MOST_AT_ONCE = 500
_Text = Annotated[str, Field(max_length=2000, pattern="^[^\\x00]*$")]


class ManyWanted(BaseModel):
    """A move for the dossiers that fit everything that is said.

    `request_id` makes a request that is sent again the same one. With `dry_run` nothing is written.
    """

    model_config = ConfigDict(extra="forbid")

    request_id: Annotated[str, Field(min_length=1, max_length=80, pattern="^[!-~]+$")]
    to: Status
    site_ids: list[Annotated[int, Field(ge=1, le=MAX_ROW_ID)]] | None = Field(
        None, max_length=MOST_AT_ONCE
    )
    status: Status | None = None
    province: _Text | None = None
    lot_id: Annotated[int | None, Field(ge=1, le=MAX_ROW_ID)] = None
    reason: _Text | None = None
    facts: dict[str, _Text] = Field(default_factory=dict, max_length=40)
    dry_run: bool = False


class OutcomeAnswer(Answer):
    """What came of one site; `said` is why it was refused."""

    site_id: int
    site: str
    state: BulkState
    version: int = Field(description="of the dossier when it was chosen")
    said: str | None


class ManyAnswer(Answer):
    """A request and what came of each of its sites; `id` is null after a dry run."""

    id: int | None
    to: Status
    moved: int
    refused: int
    pending: int
    sites: list[OutcomeAnswer]


class RequestAnswer(Answer):
    """One request in the list."""

    id: int
    request_id: str
    to: Status
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    moved: int
    refused: int
    pending: int


class RequestListAnswer(Answer):
    """One page of the caller's requests, newest first; `next` is null at the end."""

    requests: list[RequestAnswer]
    next: str | None


@router.post("")
def post_bulk_transition(
    here: Here, viewer: ApiViewer, speech: Speech, wanted: ManyWanted
) -> ManyAnswer:
    """Move each dossier of a choice in a transaction of its own, or try it without writing.

    Asked again with the same `request_id`, it goes on where it stopped and moves nothing twice.
    """
    choice = Choice(
        tuple(wanted.site_ids) if wanted.site_ids is not None else None,
        wanted.status,
        wanted.province,
        wanted.lot_id,
    )
    move = WantedMove(wanted.to, wanted.reason, wanted.facts)
    with here.database.read() as session:
        site_ids = chosen_sites(session, viewer, choice)
        if wanted.dry_run:
            return _answer(None, wanted.to, try_many(session, viewer, site_ids, move), speech)
    with here.database.write(viewer.actor) as session:
        bulk_id = ask_many(session, viewer, wanted.request_id, site_ids, move).id
    assert bulk_id is not None
    return _answer(bulk_id, wanted.to, advance_many(here.database, viewer, bulk_id), speech)


@router.get("")
def get_bulk_transitions(
    session: Reading,
    viewer: ApiViewer,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> RequestListAnswer:
    """List the caller's requests; `after` is the `next` of the page before."""
    rows = list_requests(session, viewer, before=read_id_cursor(after), limit=limit + 1)
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return RequestListAnswer(
        requests=[
            RequestAnswer(
                id=row.id or 0,
                request_id=row.request_id,
                to=Status(row.to_status),
                created_at=row.created_at,
                finished_at=row.finished_at,
                moved=counts.get("moved", 0),
                refused=counts.get("refused", 0),
                pending=counts.get("pending", 0),
            )
            for row, counts in rows[:limit]
        ],
        next=id_cursor(more),
    )


@router.get("/{bulk_id}")
def get_bulk_transition(
    session: Reading, viewer: ApiViewer, speech: Speech, bulk_id: RowId
) -> ManyAnswer:
    """Return one of the caller's requests with what came of each site."""
    row = visible_request(session, viewer, bulk_id)
    return _answer(bulk_id, Status(row.to_status), outcomes_of(session, viewer, bulk_id), speech)


def _answer(
    bulk_id: int | None, to: Status, outcomes: list[SiteOutcome], speech: Tongue
) -> ManyAnswer:
    states = [each.state for each in outcomes]
    return ManyAnswer(
        id=bulk_id,
        to=to,
        moved=states.count(BulkState.MOVED),
        refused=states.count(BulkState.REFUSED),
        pending=states.count(BulkState.PENDING),
        sites=[
            OutcomeAnswer(
                site_id=each.site_id,
                site=each.site,
                state=each.state,
                version=each.version,
                said=speech.say(each.said) if each.said else None,
            )
            for each in outcomes
        ],
    )
