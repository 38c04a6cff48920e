"""/api/v1/dossiers, /schools and /organising-authorities: lists of those that the caller sees."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.http.answers import Answer
from api.http.cursor import (
    MAX_CURSOR_CHARACTERS,
    MAX_ROW_ID,
    id_cursor,
    read_id_cursor,
    read_site_cursor,
    site_cursor,
)
from api.http.dependencies import ApiViewer, Reading
from api.http.needs import Needs
from api.usecases.dossier_list import (
    DossierFilter,
    list_authorities,
    list_dossiers,
    list_schools,
)
from api.usecases.scope import Right
from inventory.programme.dossier import Measure, Status

router = APIRouter(dependencies=[Needs(Right.SEE)])

_Word = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
_Limit = Annotated[int, Query(ge=1, le=200)]
_After = Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)]


class DossierLineAnswer(Answer):
    """One dossier in a list; `version` is the one that a step of it is about."""

    site_id: int
    site: str
    commune: str | None
    province: str | None
    status: Status
    status_before_hold: Status | None
    measures: list[str]
    lot: str | None
    version: int
    updated_at: AwareDatetime


class DossierListAnswer(Answer):
    """One page of dossiers; `next` is null at the end."""

    dossiers: list[DossierLineAnswer]
    next: str | None


class SchoolAnswer(Answer):
    """One school (établissement)."""

    id: int
    fase: int
    name: str
    education_network: str | None
    organising_authority_id: int | None
    organising_authority: str | None
    commune: str | None


class SchoolListAnswer(Answer):
    """One page of schools; `next` is null at the end."""

    schools: list[SchoolAnswer]
    next: str | None


class AuthorityAnswer(Answer):
    """One organising authority (pouvoir organisateur)."""

    id: int
    fase: int
    name: str
    company_number: str | None
    commune: str | None


class AuthorityListAnswer(Answer):
    """One page of organising authorities; `next` is null at the end."""

    organising_authorities: list[AuthorityAnswer]
    next: str | None


@router.get("/dossiers", tags=["dossiers"])
def get_dossiers(
    session: Reading,
    viewer: ApiViewer,
    *,
    q: Annotated[str, Query(max_length=200, description="name, commune or FASE numbers")] = "",
    status: Status | None = None,
    province: _Word = None,
    lot: _Word = None,
    measure: Measure | None = None,
    late: Annotated[bool | None, Query(description="whether a term of it is over")] = None,
    limit: _Limit = 50,
    after: _After = None,
) -> DossierListAnswer:
    """List dossiers in the order of their sites' names."""
    wanted = DossierFilter(q.replace("\0", ""), status, province, lot, measure, late)
    lines, more = list_dossiers(session, viewer, wanted, after=read_site_cursor(after), limit=limit)
    return DossierListAnswer(
        dossiers=[DossierLineAnswer.model_validate(line) for line in lines],
        next=site_cursor(more),
    )


@router.get("/schools", tags=["register"])
def get_schools(
    session: Reading,
    viewer: ApiViewer,
    *,
    education_network: _Word = None,
    organising_authority_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    limit: _Limit = 50,
    after: _After = None,
) -> SchoolListAnswer:
    """List schools in the order of their ids."""
    rows = list_schools(
        session,
        viewer,
        education_network=education_network,
        organising_authority_id=organising_authority_id,
        after=read_id_cursor(after),
        limit=limit + 1,
    )
    more = rows[limit - 1].id if len(rows) > limit else None
    return SchoolListAnswer(
        schools=[SchoolAnswer.model_validate(row) for row in rows[:limit]], next=id_cursor(more)
    )


@router.get("/organising-authorities", tags=["register"])
def get_authorities(
    session: Reading, viewer: ApiViewer, *, limit: _Limit = 50, after: _After = None
) -> AuthorityListAnswer:
    """List organising authorities in the order of their ids."""
    rows = list_authorities(session, viewer, after=read_id_cursor(after), limit=limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return AuthorityListAnswer(
        organising_authorities=[AuthorityAnswer.model_validate(row) for row in rows[:limit]],
        next=id_cursor(more),
    )
