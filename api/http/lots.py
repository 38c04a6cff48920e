"""/api/v1/lots: the parts that one contractor builds; made, and changed with a reason."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.conditional import READ_RESPONSES, WRITE_RESPONSES, Reads, Writes
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, name_cursor, read_name_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.http.problems import Changed
from api.http.programme_texts import Name, Reason, WantedReason
from api.usecases.lots import (
    MAX_SITES_PER_YEAR,
    LotValues,
    change_lot,
    create_lot,
    find_lot,
    list_lots,
    lot_line,
    lot_lock,
    lot_values,
)
from api.usecases.scope import Right
from inventory.sentences import Sentence

router = APIRouter(
    prefix="/lots",
    tags=["programme"],
    dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)],
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
_Contractor = Annotated[int, Field(ge=1, le=MAX_ROW_ID)]
_Yearly = Annotated[int, Field(ge=0, le=MAX_SITES_PER_YEAR)]


class LotAnswer(Answer):
    """One lot; `contractor_id` null: nobody builds it yet, `sites_per_year` null: not told."""

    id: int
    name: str
    contractor_id: int | None
    contractor: str | None
    sites_per_year: int | None
    dossiers: int


class LotListAnswer(Answer):
    """One page of lots by name; `next` is null at the end."""

    lots: list[LotAnswer]
    next: str | None


class LotWanted(BaseModel):
    """A lot to make."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    contractor_id: _Contractor | None = None
    sites_per_year: _Yearly | None = None
    reason: Reason | None = None


class LotChange(BaseModel):
    """What is changed of a lot, and why; what is not named is left as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(default_factory=str)
    contractor_id: _Contractor | None = None
    sites_per_year: _Yearly | None = None
    reason: WantedReason


@router.get("")
def get_lots(
    session: Reading,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> LotListAnswer:
    """List the lots by name; `after` is the `next` of the page before."""
    found = list_lots(session, after=read_name_cursor(after), limit=limit)
    more = found[limit - 1]["name"] if len(found) > limit else None
    return LotListAnswer(
        lots=[LotAnswer.model_validate(each) for each in found[:limit]], next=name_cursor(more)
    )


@router.post("", status_code=HTTPStatus.CREATED, dependencies=_PLAN)
def post_lot(here: Here, viewer: ApiViewer, response: Response, wanted: LotWanted) -> LotAnswer:
    """Make a lot."""
    values = LotValues(wanted.name, wanted.contractor_id, wanted.sites_per_year)
    with here.database.write(viewer.actor) as session:
        made = create_lot(session, values, reason=wanted.reason)
        answer = LotAnswer.model_validate(lot_line(session, made))
        where = {"Location": f"/api/v1/lots/{made.id}"}
    response.headers.update(where)
    return answer


@router.get("/{lot_id}", responses=READ_RESPONSES)
def get_lot(session: Reading, reads: Reads, lot_id: RowId) -> LotAnswer:
    """Return one lot."""
    row = find_lot(session, lot_id)
    answer = LotAnswer.model_validate(lot_line(session, row))
    reads.about(lot_lock(row))
    return answer


@router.patch("/{lot_id}", dependencies=_PLAN, responses=WRITE_RESPONSES)
def patch_lot(
    here: Here, viewer: ApiViewer, writes: Writes, lot_id: RowId, change: LotChange
) -> LotAnswer:
    """Change a lot; why stands in its change record."""
    told = change.model_dump(exclude_unset=True, exclude={"reason"})
    with here.database.write(viewer.actor) as session:
        row = find_lot(session, lot_id, to_change=True)
        if not writes.holds(lot_lock(row)):
            raise Changed(
                Sentence("Ce lot a été modifié depuis que vous l’avez lu"),
                current=LotAnswer.model_validate(lot_line(session, row)).model_dump(mode="json"),
            )
        values = replace(lot_values(row), **told)
        changed = change_lot(session, row, values, reason=change.reason)
        return LotAnswer.model_validate(lot_line(session, changed))
