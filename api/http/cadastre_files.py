"""/api/v1/cadastre: an edition's responses as CSV or XLSX, one response as a workbook, and back."""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import Field
from starlette.background import BackgroundTask

from api.http.answers import Answer
from api.http.cadastre import Code
from api.http.cadastre_answers import ProblemAnswer
from api.http.dependencies import ApiViewer, Here, Installation, Reading, RowId
from api.http.needs import Needs
from api.http.problems import PROBLEM_RESPONSE
from api.http.uploading import FormOfApi, ReceivedForm
from api.usecases.cadastre_editions import edition_of
from api.usecases.cadastre_export import csv_chunks, known_questionnaire, write_xlsx
from api.usecases.cadastre_import import (
    ImportPreview,
    apply_workbook,
    preview_workbook,
    read_workbook,
)
from api.usecases.cadastre_responses import read_form, site_for
from api.usecases.exporting import note_export
from api.usecases.scope import Right, Viewer
from inventory.files.kinds import UploadKind

router = APIRouter(
    prefix="/cadastre/editions/{code}", tags=["cadastre"], dependencies=[Needs(Right.SEE_CADASTRE)]
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BINARY = {"schema": {"type": "string", "contentMediaType": XLSX}}
_AS_XLSX: dict[int | str, dict[str, Any]] = {
    200: {"description": "A workbook.", "content": {XLSX: _BINARY}}
}
_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "Lines of text.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


class ImportLineAnswer(Answer):
    """What stands at one place of a workbook; `by`: who changed it since the workbook was made."""

    sheet: str
    row: int | None
    field: str
    before: Any
    after: Any
    problems: list[ProblemAnswer]
    by: str | None


class ImportAnswer(Answer):
    """What a workbook changes; `applied` is false for a dry run, or where a cell is unreadable."""

    applied: bool
    version: int
    unreadable: bool = Field(description="nothing can be taken in before it is mended")
    lines: list[ImportLineAnswer]


_FORM: dict[str, Any] = {
    "security": [{"token": []}, {"session": []}],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": XLSX},
                        "apply": {
                            "type": "string",
                            "enum": ["true", "false"],
                            "description": "false, or none: a dry run",
                        },
                    },
                }
            }
        },
    },
}


def csv_export(here: Installation, viewer: Viewer, code: str) -> StreamingResponse:
    """Return every response that `viewer` may see as CSV; raises NotFound before it begins."""
    known_questionnaire(here.database, code)
    told = {"edition": code, "format": "csv"}
    note_export(here.database, viewer.actor, "cadastre_response", told)
    return StreamingResponse(
        csv_chunks(here.database, viewer, code),
        media_type="text/csv; charset=utf-8",
        headers=_saved_as(f"{code}.csv"),
    )


def xlsx_export(here: Installation, viewer: Viewer, code: str) -> FileResponse:
    """Return the same as a workbook, from a file that is gone once it is sent."""
    known_questionnaire(here.database, code)
    told = {"edition": code, "format": "xlsx"}
    note_export(here.database, viewer.actor, "cadastre_response", told)
    handle, name = tempfile.mkstemp(suffix=".xlsx")
    os.close(handle)
    path = Path(name)
    try:
        write_xlsx(here.database, viewer, code, path)
    except BaseException:
        path.unlink()
        raise
    return FileResponse(
        path,
        media_type=XLSX,
        headers=_saved_as(f"{code}.xlsx"),
        background=BackgroundTask(path.unlink),
    )


def note_workbook(here: Installation, viewer: Viewer, code: str, site_id: int) -> None:
    """Record that `viewer` takes the response of a site away."""
    told = {"edition": code, "site_id": site_id, "format": "xlsx"}
    note_export(here.database, viewer.actor, "cadastre_response", told, key=site_id)


@router.get("/export.csv", response_class=StreamingResponse, responses=_AS_CSV)
def get_edition_csv(here: Here, viewer: ApiViewer, code: Code) -> StreamingResponse:
    """Export the responses, a line for each school; text that could run is neutralised."""
    return csv_export(here, viewer, code)


@router.get("/export.xlsx", response_class=FileResponse, responses=_AS_XLSX)
def get_edition_xlsx(here: Here, viewer: ApiViewer, code: Code) -> FileResponse:
    """Export the responses as a workbook."""
    return xlsx_export(here, viewer, code)


@router.get("/sites/{site_id}/workbook", response_class=Response, responses=_AS_XLSX)
def get_workbook(
    here: Here, session: Reading, viewer: ApiViewer, code: Code, site_id: RowId
) -> Response:
    """Return one response as a workbook that can be filled without a connection."""
    from api.usecases.cadastre_workbook import write_workbook  # noqa: PLC0415 - xlsxwriter

    site_for(session, viewer, site_id, Right.SEE_CADASTRE)
    form = read_form(session, edition_of(session, code), site_id)
    content = write_workbook(form, viewer.locale or "fr")
    note_workbook(here, viewer, code, site_id)
    return Response(content, media_type=XLSX, headers=_saved_as(f"{code}-{site_id}.xlsx"))


@router.post(
    "/sites/{site_id}/workbook",
    dependencies=[Needs(Right.FILL_CADASTRE, within=True)],
    openapi_extra=_FORM,
    responses={
        409: PROBLEM_RESPONSE | {"description": "The response may not be filled, or not so."},
        413: PROBLEM_RESPONSE | {"description": "The file is too large."},
        415: PROBLEM_RESPONSE | {"description": "It is no workbook."},
        503: PROBLEM_RESPONSE | {"description": "Too many files at once, or the disk is full."},
    },
)
def post_workbook(
    here: Here,
    code: Code,
    site_id: RowId,
    form: Annotated[ReceivedForm, Depends(FormOfApi(Right.FILL_CADASTRE))],
) -> ImportAnswer:
    """Show what a filled workbook would change, or with `apply` take all of it in, or nothing."""
    viewer = form.viewer
    with here.database.read() as session:
        site_for(session, viewer, site_id, Right.FILL_CADASTRE)
        edition = edition_of(session, code)
        sheets = read_workbook(form.file("file").look_at(UploadKind.TABLE).path)
        preview = preview_workbook(session, edition, site_id, sheets)
    if form.fields.get("apply") != "true" or preview.unreadable:
        return _answer(preview, preview.version, applied=False)
    with here.database.write(viewer.actor) as session:
        written = apply_workbook(
            session,
            edition_of(session, code),
            site_id,
            sheets,
            actor=viewer.actor,
            expected_version=preview.version,
        )
    return _answer(preview, written.version, applied=True)


def _answer(preview: ImportPreview, version: int, *, applied: bool) -> ImportAnswer:
    return ImportAnswer(
        applied=applied,
        version=version,
        unreadable=preview.unreadable,
        lines=[
            ImportLineAnswer(
                sheet=line.sheet,
                row=line.row,
                field=line.field.id,
                before=line.before,
                after=line.after,
                problems=[ProblemAnswer.of(each) for each in line.problems],
                by=line.taken_over,
            )
            for line in preview.lines
        ],
    )


def _saved_as(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
