"""Files among the answers: a field names a file that was handed in, never a hash that was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from api.usecases.cadastre_filling import FieldWrite
from api.usecases.scope import Viewer
from api.usecases.uploads import visible_upload
from inventory.errors import InvalidInput
from inventory.models import Upload
from inventory.programme.cadastre.questionnaire import FieldType, Questionnaire
from inventory.sentences import Sentence


def file_value(upload: Upload) -> dict[str, Any]:
    """Return a file that was handed in, as an answer."""
    return {
        "name": upload.file_name,
        "sha256": upload.sha256,
        "size_bytes": upload.size_bytes,
        "upload": upload.id,
    }


def with_files(
    session: Session,
    viewer: Viewer,
    questionnaire: Questionnaire,
    site_id: int,
    writes: Sequence[FieldWrite],
) -> list[FieldWrite]:
    """Return `writes` with each `{"upload": NUMBER}` replaced by that file.

    Raises NotFound for a file that the viewer may not see or that is of another site, InvalidInput
    for anything else under a field that takes a file.
    """
    return [
        replace(write, raw=_file(session, viewer, site_id, write))
        if questionnaire.field(write.field_id).type is FieldType.FILE and write.raw is not None
        else write
        for write in writes
    ]


def _file(session: Session, viewer: Viewer, site_id: int, write: FieldWrite) -> dict[str, Any]:
    match write.raw:
        case Mapping() as given if (
            isinstance(number := given.get("upload"), int) and 0 < number < 2**31
        ):
            upload = visible_upload(session, viewer, number)
            if upload.site_id in (None, site_id):
                return file_value(upload)
    raise InvalidInput(
        Sentence(
            "%(field_id)s prend un fichier qui a été déposé pour ce site", field_id=write.field_id
        ),
        todo=Sentence('déposez-le à /api/v1/uploads, puis donnez {"upload": son numéro}'),
    )
