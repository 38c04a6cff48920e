"""/api/v1/adviser-visits: an adviser's own time, and the sheet of a month: signed, exported."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.conditional import READ_RESPONSES, WRITE_RESPONSES, Reads, Writes
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Installation, Reading, RowId
from api.http.needs import Needs
from api.usecases.adviser_sheet import sheet_csv, sheet_xlsx
from api.usecases.adviser_visits import (
    Told,
    VisitLine,
    correct_visit,
    list_visits,
    month_sheet,
    read_month,
    remove_visit,
    sign_month,
    signature,
    tell_visit,
    visit_line,
    visit_lock,
)
from api.usecases.exporting import note_export
from api.usecases.funding import payers
from api.usecases.scope import Right, Viewer
from inventory.models import AdviserMonth
from inventory.programme.advisers import Sheet, VisitKind

router = APIRouter(
    prefix="/adviser-visits", tags=["advisers"], dependencies=[Needs(Right.SEE_VISITS)]
)
_RECORD = [Needs(Right.RECORD_VISITS)]
Month = Annotated[str, Path(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", description="as 2026-12")]
Login = Annotated[str | None, Query(max_length=100, description="another person's")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class VisitAnswer(Answer):
    """Some time of an adviser; `site_id` null: at no school."""

    id: int
    on: date
    minutes: int
    kind: VisitKind
    funding_source_id: int
    source: str
    site_id: int | None
    site: str | None
    notes: str

    @classmethod
    def of(cls, line: VisitLine) -> Self:
        """Return the answer that tells a line."""
        return cls.model_validate(
            {**line.row.model_dump(), "site": line.site, "source": line.source}
        )


class VisitListAnswer(Answer):
    """One page of visits, the last told first; `next` is null at the end."""

    visits: list[VisitAnswer]
    next: str | None


class MonthAnswer(Answer):
    """A month: minutes by funding source, and its signature."""

    month: date
    person: str
    minutes: int
    by_source: dict[str, int]
    entries: int
    signed_by: str | None
    signed_at: AwareDatetime | None
    sha256: str | None

    @classmethod
    def of(cls, found: Sheet, signed: AdviserMonth | None) -> Self:
        """Return the answer that tells a sheet."""
        return cls(
            month=found.month,
            person=found.person,
            minutes=found.minutes,
            by_source=found.by_source,
            entries=len(found.entries),
            signed_by=signed.signed_by if signed else None,
            signed_at=signed.signed_at if signed else None,
            sha256=signed.sha256 if signed else None,
        )


class PayerAnswer(Answer):
    """A funding source that hours are noted on; what it may pay is told to who plans."""

    id: int
    code: str
    name: str
    starts_on: date | None
    ends_on: date | None = Field(description="the last day")


class PayerListAnswer(Answer):
    """Every funding source, by code."""

    funding_sources: list[PayerAnswer]


class VisitWanted(BaseModel):
    """Some time to keep."""

    model_config = ConfigDict(extra="forbid")

    on: date
    minutes: int = Field(ge=1, le=1440)
    kind: VisitKind
    funding_source_id: int = Field(ge=1, le=MAX_ROW_ID)
    site_id: int | None = Field(None, ge=1, le=MAX_ROW_ID)
    notes: str = Field("", max_length=2000, pattern="^[^\\x00]*$")

    def told(self) -> Told:
        """Return it as the use case takes it."""
        return Told(**self.model_dump())


class KeptAnswer(Answer):
    """The visit that was kept."""

    id: int


@router.get("/funding-sources")
def get_visits_funding_sources(session: Reading) -> PayerListAnswer:
    """List the funding sources that hours can be noted on, by code."""
    return PayerListAnswer(
        funding_sources=[PayerAnswer.model_validate(each) for each in payers(session)]
    )


@router.get("")
def get_adviser_visits(
    session: Reading,
    viewer: ApiViewer,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> VisitListAnswer:
    """List the caller's own visits, the last told first; `after` is the `next` before."""
    lines, more = list_visits(session, viewer, before=read_id_cursor(after), limit=limit)
    return VisitListAnswer(visits=[VisitAnswer.of(each) for each in lines], next=id_cursor(more))


@router.post("", dependencies=_RECORD)
def post_adviser_visit(here: Here, viewer: ApiViewer, wanted: VisitWanted) -> KeptAnswer:
    """Keep some time of the caller."""
    with here.database.write(viewer.actor) as session:
        return KeptAnswer(id=tell_visit(session, viewer, wanted.told()).id or 0)


@router.get("/{visit_id}", responses=READ_RESPONSES)
def get_adviser_visit(
    session: Reading, viewer: ApiViewer, reads: Reads, visit_id: RowId
) -> VisitAnswer:
    """Return some time of the caller."""
    line = visit_line(session, viewer, visit_id)
    reads.about(visit_lock(line.row))
    return VisitAnswer.of(line)


@router.put("/{visit_id}", dependencies=_RECORD, responses=WRITE_RESPONSES)
def put_adviser_visit(
    here: Here, viewer: ApiViewer, writes: Writes, visit_id: RowId, wanted: VisitWanted
) -> KeptAnswer:
    """Correct some time of the caller."""
    with here.database.write(viewer.actor) as session:
        line = visit_line(session, viewer, visit_id)
        writes.demand(session, line.row, lock=visit_lock, now=lambda _: VisitAnswer.of(line))
        return KeptAnswer(id=correct_visit(session, viewer, visit_id, wanted.told()).id or 0)


@router.delete("/{visit_id}", status_code=204, dependencies=_RECORD)
def delete_adviser_visit(here: Here, viewer: ApiViewer, visit_id: RowId) -> None:
    """Take some time of the caller back."""
    with here.database.write(viewer.actor) as session:
        remove_visit(session, viewer, visit_id)


@router.get("/months/{month}")
def get_visits_month(
    session: Reading, viewer: ApiViewer, month: Month, login: Login = None
) -> MonthAnswer:
    """Return a month by funding source: the caller's, or another's for who checks hours."""
    first = read_month(month)
    found = month_sheet(session, viewer, first, login)
    return MonthAnswer.of(found, signature(session, viewer, first, login))


@router.get("/months/{month}/sheet.{form}", response_class=Response)
def get_visits_sheet(
    here: Here,
    session: Reading,
    viewer: ApiViewer,
    month: Month,
    *,
    form: Annotated[str, Path(pattern="^(csv|xlsx)$")],
    login: Login = None,
) -> Response:
    """Return a month's sheet as CSV or as a workbook."""
    found = month_sheet(session, viewer, read_month(month), login)
    return sheet_file(here, viewer, found, form, login)


@router.post("/months/{month}/signature", dependencies=_RECORD)
def post_visits_signature(here: Here, viewer: ApiViewer, month: Month) -> MonthAnswer:
    """Sign the caller's own month; its hours no longer change."""
    first = read_month(month)
    with here.database.write(viewer.actor) as session:
        signed = sign_month(session, viewer, first)
        return MonthAnswer.of(month_sheet(session, viewer, first), signed)


def sheet_file(
    here: Installation, viewer: Viewer, found: Sheet, form: str, login: str | None
) -> Response:
    """Return a sheet as a file to save, once it is noted who saves whose."""
    told = {"login": login or viewer.login, "month": f"{found.month:%Y-%m}", "format": form}
    note_export(here.database, viewer.actor, "adviser_visit", told)
    content = sheet_xlsx(found) if form == "xlsx" else sheet_csv(found)
    kind = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    name = f"heures-{found.month:%Y-%m}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
