"""Files that people handed in, saved from a page."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.http.attachments import attachment
from api.http.dependencies import Browser, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.uploads import visible_upload

router = APIRouter(include_in_schema=False)


@router.get("/fichiers/{upload_id}", response_class=FileResponse, dependencies=[Needs(Right.SEE)])
def save_file(here: Here, browser: Browser, session: Reading, upload_id: RowId) -> FileResponse:
    """Send the bytes of one file."""
    return attachment(here, visible_upload(session, browser.viewer, upload_id))
