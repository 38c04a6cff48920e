"""/api/v1/contractors: the companies that were awarded lots; made, and changed with a reason."""

from dataclasses import replace
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
from api.usecases.contractors import (
    ContractorValues,
    change_contractor,
    contractor_line,
    contractor_lock,
    contractor_values,
    create_contractor,
    find_contractor,
    list_contractors,
)
from api.usecases.scope import Right
from inventory.sentences import Sentence

router = APIRouter(
    prefix="/contractors",
    tags=["programme"],
    dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)],
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
_Bce = Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$", description="BCE number")]


class ContractorAnswer(Answer):
    """One contractor with the names of its lots; `company_number` (BCE) null: not told."""

    id: int
    name: str
    company_number: str | None
    lots: list[str]


class ContractorListAnswer(Answer):
    """One page of contractors by name; `next` is null at the end."""

    contractors: list[ContractorAnswer]
    next: str | None


class ContractorWanted(BaseModel):
    """A contractor to make."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    company_number: _Bce | None = None
    reason: Reason | None = None


class ContractorChange(BaseModel):
    """What is changed of a contractor, and why; what is not named is left as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(default_factory=str)
    company_number: _Bce | None = None
    reason: WantedReason


@router.get("")
def get_contractors(
    session: Reading,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> ContractorListAnswer:
    """List the contractors by name; `after` is the `next` of the page before."""
    found = list_contractors(session, after=read_name_cursor(after), limit=limit)
    more = found[limit - 1]["name"] if len(found) > limit else None
    return ContractorListAnswer(
        contractors=[ContractorAnswer.model_validate(each) for each in found[:limit]],
        next=name_cursor(more),
    )


@router.post("", status_code=HTTPStatus.CREATED, dependencies=_PLAN)
def post_contractor(
    here: Here, viewer: ApiViewer, response: Response, wanted: ContractorWanted
) -> ContractorAnswer:
    """Make a contractor."""
    values = ContractorValues(wanted.name, wanted.company_number)
    with here.database.write(viewer.actor) as session:
        made = create_contractor(session, values, reason=wanted.reason)
        answer = ContractorAnswer.model_validate(contractor_line(session, made))
        where = {"Location": f"/api/v1/contractors/{made.id}"}
    response.headers.update(where)
    return answer


@router.get("/{contractor_id}", responses=READ_RESPONSES)
def get_contractor(session: Reading, reads: Reads, contractor_id: RowId) -> ContractorAnswer:
    """Return one contractor."""
    row = find_contractor(session, contractor_id)
    answer = ContractorAnswer.model_validate(contractor_line(session, row))
    reads.about(contractor_lock(row))
    return answer


@router.patch("/{contractor_id}", dependencies=_PLAN, responses=WRITE_RESPONSES)
def patch_contractor(
    here: Here, viewer: ApiViewer, writes: Writes, contractor_id: RowId, change: ContractorChange
) -> ContractorAnswer:
    """Change a contractor; why stands in its change record."""
    told = change.model_dump(exclude_unset=True, exclude={"reason"})
    with here.database.write(viewer.actor) as session:
        row = find_contractor(session, contractor_id, to_change=True)
        if not writes.holds(contractor_lock(row)):
            now = ContractorAnswer.model_validate(contractor_line(session, row))
            raise Changed(
                Sentence("Cet adjudicataire a été modifié depuis que vous l’avez lu"),
                current=now.model_dump(mode="json"),
            )
        values = replace(contractor_values(row), **told)
        changed = change_contractor(session, row, values, reason=change.reason)
        return ContractorAnswer.model_validate(contractor_line(session, changed))
