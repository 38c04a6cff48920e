"""/api/v1/funding-sources: who pays, up to which ceiling, from when to when."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.conditional import READ_RESPONSES, WRITE_RESPONSES, Reads, Writes
from api.http.cursor import MAX_CURSOR_CHARACTERS, name_cursor, read_name_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.http.problems import Changed
from api.http.programme_texts import Name, Reason, WantedReason
from api.usecases.funding import (
    FundingValues,
    change_funding,
    create_funding,
    find_funding,
    funding_line,
    funding_lock,
    funding_values,
    list_funding,
)
from api.usecases.scope import Right
from inventory.sentences import Sentence

router = APIRouter(
    prefix="/funding-sources",
    tags=["programme"],
    dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)],
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
_Ceiling = Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=2, max_digits=14)]


class FundingAnswer(Answer):
    """One funding source; null: not told. The ceiling in EUR with VAT, `ends_on`: the last day."""

    id: int
    code: str
    name: str
    ceiling: Decimal | None
    starts_on: date | None
    ends_on: date | None = Field(description="last day of an acceptance it pays for")
    dossiers: int


class FundingListAnswer(Answer):
    """One page of funding sources by code; `next` is null at the end."""

    funding_sources: list[FundingAnswer]
    next: str | None


class FundingWanted(BaseModel):
    """A funding source to make; without a name it is called as its code."""

    model_config = ConfigDict(extra="forbid")

    code: Name
    name: Name | None = None
    ceiling: _Ceiling | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reason: Reason | None = None


class FundingChange(BaseModel):
    """What is changed of a funding source, and why; what is not named is left as it is."""

    model_config = ConfigDict(extra="forbid")

    code: Name = Field(default_factory=str)
    name: Name = Field(default_factory=str)
    ceiling: _Ceiling | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reason: WantedReason


@router.get("")
def get_funding_sources(
    session: Reading,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> FundingListAnswer:
    """List the funding sources by code; `after` is the `next` of the page before."""
    found = list_funding(session, after=read_name_cursor(after), limit=limit)
    more = found[limit - 1]["code"] if len(found) > limit else None
    return FundingListAnswer(
        funding_sources=[FundingAnswer.model_validate(each) for each in found[:limit]],
        next=name_cursor(more),
    )


@router.post("", status_code=HTTPStatus.CREATED, dependencies=_PLAN)
def post_funding_source(
    here: Here, viewer: ApiViewer, response: Response, wanted: FundingWanted
) -> FundingAnswer:
    """Make a funding source."""
    values = FundingValues(
        wanted.code, wanted.name or wanted.code, wanted.ceiling, wanted.starts_on, wanted.ends_on
    )
    with here.database.write(viewer.actor) as session:
        made = create_funding(session, values, reason=wanted.reason)
        answer = FundingAnswer.model_validate(funding_line(session, made))
        where = {"Location": f"/api/v1/funding-sources/{made.id}"}
    response.headers.update(where)
    return answer


@router.get("/{source_id}", responses=READ_RESPONSES)
def get_funding_source(session: Reading, reads: Reads, source_id: RowId) -> FundingAnswer:
    """Return one funding source."""
    row = find_funding(session, source_id)
    answer = FundingAnswer.model_validate(funding_line(session, row))
    reads.about(funding_lock(row))
    return answer


@router.patch("/{source_id}", dependencies=_PLAN, responses=WRITE_RESPONSES)
def patch_funding_source(
    here: Here, viewer: ApiViewer, writes: Writes, source_id: RowId, change: FundingChange
) -> FundingAnswer:
    """Change a funding source; why stands in its change record."""
    told = change.model_dump(exclude_unset=True, exclude={"reason"})
    with here.database.write(viewer.actor) as session:
        row = find_funding(session, source_id, to_change=True)
        if not writes.holds(funding_lock(row)):
            now = FundingAnswer.model_validate(funding_line(session, row))
            raise Changed(
                Sentence("Cette source de financement a été modifiée depuis que vous l’avez lue"),
                current=now.model_dump(mode="json"),
            )
        values = replace(funding_values(row), **told)
        changed = change_funding(session, row, values, reason=change.reason)
        return FundingAnswer.model_validate(funding_line(session, changed))
