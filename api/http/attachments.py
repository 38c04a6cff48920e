"""Files sent to be saved: under their own type, and never shown in a page of ours."""

from fastapi.responses import FileResponse

from api.http.dependencies import Installation
from api.usecases.uploads import content_path
from inventory.errors import NotFound
from inventory.models import Upload
from inventory.sentences import Sentence

_HEADERS = {
    # A browser that is talked into showing it runs nothing of it.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
}


def attachment(here: Installation, upload: Upload) -> FileResponse:
    """Return the answer that sends a file's bytes; raises NotFound when they are not there."""
    path = content_path(here.settings, upload.sha256)
    if not path.is_file():
        raise NotFound(
            Sentence("Le contenu du fichier n°%(id)s n’est plus là", id=upload.id or 0),
            todo=Sentence("restaurez uploads/ depuis la sauvegarde du dossier de données"),
        )
    return FileResponse(
        path, media_type=upload.media_type, filename=upload.file_name, headers=_HEADERS
    )
