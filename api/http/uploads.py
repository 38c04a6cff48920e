"""/api/v1/uploads: plans, photos, cable tests and papers that people hand in."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse
from pydantic import AwareDatetime, Field

from api.http.answers import Answer
from api.http.attachments import attachment
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.http.problems import PROBLEM_RESPONSE
from api.http.uploading import FormOfApi, ReceivedForm
from api.usecases.scope import Right
from api.usecases.uploads import (
    keep_upload,
    list_uploads,
    may_hand_in,
    remove_upload,
    visible_upload,
)
from inventory.errors import InvalidInput
from inventory.files.kinds import MediaType, UploadKind
from inventory.sentences import Sentence

router = APIRouter(prefix="/uploads", tags=["uploads"])


class UploadAnswer(Answer):
    """One file as it is kept: a picture's hash and size are those of what was drawn anew."""

    id: int
    file_name: str
    kind: UploadKind
    media_type: MediaType = Field(description="told by the content")
    size_bytes: int
    sha256: str
    site_id: int | None
    uploaded_by: str
    at: AwareDatetime


class UploadListAnswer(Answer):
    """One page of files, newest first; `next` is null at the end."""

    uploads: list[UploadAnswer]
    next: str | None


_CONTENT: dict[str, Any] = {kind.value: {} for kind in MediaType}
_FORM: dict[str, Any] = {
    "security": [{"token": []}, {"session": []}],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["kind", "file"],
                    "properties": {
                        "kind": {"type": "string", "enum": [each.value for each in UploadKind]},
                        "site_id": {
                            "type": "integer",
                            "minimum": 1,
                            "maximum": MAX_ROW_ID,
                            "description": "the site that it is about; none: only you see it",
                        },
                        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                    },
                }
            }
        },
    },
}


@router.post(
    "",
    dependencies=[Needs(Right.HAND_IN, within=True)],
    status_code=HTTPStatus.CREATED,
    openapi_extra=_FORM,
    responses={
        413: PROBLEM_RESPONSE | {"description": "The file is too large."},
        415: PROBLEM_RESPONSE | {"description": "Files of this type are not taken."},
        503: PROBLEM_RESPONSE | {"description": "Too many files at once, or the disk is full."},
    },
)
def post_upload(
    here: Here, response: Response, form: Annotated[ReceivedForm, Depends(FormOfApi(Right.HAND_IN))]
) -> UploadAnswer:
    """Hand in one file. Its type is told by its content; a picture is kept without its metadata."""
    site_id = _site_id(form.fields.get("site_id"))
    if site_id is not None:
        with here.database.read() as session:
            may_hand_in(session, form.viewer, site_id)
    received = form.file("file").look_at(_kind(form.fields.get("kind")))
    with here.database.write(form.viewer.actor) as session:
        kept = keep_upload(session, here.settings, received, by=form.viewer.actor, site_id=site_id)
    response.headers["Location"] = f"/api/v1/uploads/{kept.id}"
    return UploadAnswer.model_validate(kept)


@router.get("", dependencies=[Needs(Right.SEE)])
def get_uploads(
    session: Reading,
    viewer: ApiViewer,
    *,
    site_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    kind: UploadKind | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> UploadListAnswer:
    """List the files that you may see, newest first."""
    rows = list_uploads(
        session,
        viewer,
        site_id=site_id,
        kind=kind,
        before=read_id_cursor(after),
        limit=limit + 1,
    )
    more = rows[limit - 1].id if len(rows) > limit else None
    return UploadListAnswer(
        uploads=[UploadAnswer.model_validate(row) for row in rows[:limit]], next=id_cursor(more)
    )


@router.get("/{upload_id}", dependencies=[Needs(Right.SEE)])
def get_upload(session: Reading, viewer: ApiViewer, upload_id: RowId) -> UploadAnswer:
    """Return what is known of one file."""
    return UploadAnswer.model_validate(visible_upload(session, viewer, upload_id))


@router.get(
    "/{upload_id}/content",
    dependencies=[Needs(Right.SEE)],
    response_class=FileResponse,
    responses={
        200: {"content": _CONTENT, "description": "The bytes."},
        206: {"content": _CONTENT, "description": "A part of them."},
        416: {"description": "There is no such part."},
    },
)
def get_upload_content(
    here: Here, viewer: ApiViewer, upload_id: RowId, session: Reading
) -> FileResponse:
    """Return the bytes of one file, to be saved and never shown in the page."""
    return attachment(here, visible_upload(session, viewer, upload_id))


@router.delete(
    "/{upload_id}",
    dependencies=[Needs(Right.HAND_IN)],
    status_code=HTTPStatus.NO_CONTENT,
    responses={409: PROBLEM_RESPONSE | {"description": "A dossier rests on this file."}},
)
def delete_upload(here: Here, viewer: ApiViewer, upload_id: RowId) -> None:
    """Remove a file that no dossier rests on."""
    with here.database.write(viewer.actor) as session:
        remove_upload(session, viewer, upload_id)


def _kind(text: str | None) -> UploadKind:
    try:
        return UploadKind(text or "")
    except ValueError:
        kinds = ", ".join(UploadKind)
        raise InvalidInput(
            Sentence("Le champ «\u00a0kind\u00a0» est l’un de\u00a0: %(kinds)s", kinds=kinds)
        ) from None


def _site_id(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= MAX_ROW_ID):
        raise InvalidInput(Sentence("Le champ «\u00a0site_id\u00a0» est le numéro d’un site"))
    return int(text)
