"""A response as a workbook: saved, filled elsewhere, looked at, taken in."""

import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.cadastre_files import XLSX, note_workbook
from api.http.cursor import MAX_ROW_ID
from api.http.dependencies import Browser, FormOfOurs, Here, Reading
from api.http.needs import Needs
from api.http.uploading import FormOfBrowser, ReceivedForm
from api.usecases.access import LoggedIn
from api.usecases.cadastre_editions import edition_of
from api.usecases.cadastre_filling import FieldWrite, write_fields
from api.usecases.cadastre_import import ImportPreview, preview_workbook, read_workbook
from api.usecases.cadastre_responses import CadastreRefused, ResponseForm, read_form, site_for
from api.usecases.scope import Right
from api.web.cadastre_response import PATH, At, shared
from api.web.language import language_of
from api.web.templating import page
from inventory.errors import Conflict, InvalidInput
from inventory.files.kinds import UploadKind
from inventory.programme.cadastre.observing import Source
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE_CADASTRE)])


@router.get(f"{PATH}/classeur.xlsx")
def save_workbook(
    request: Request, here: Here, browser: Browser, session: Reading, at: At
) -> Response:
    """Send a response as a workbook that can be filled without a connection."""
    # xlsxwriter is for this route alone.
    from api.usecases.cadastre_workbook import write_workbook  # noqa: PLC0415

    form = at.form(session, browser, Right.SEE_CADASTRE)
    content = write_workbook(form, language_of(request, browser.viewer))
    note_workbook(here, browser.viewer, at.code, at.site_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{at.code}-{at.site_id}.xlsx"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=XLSX, headers=headers)


@router.get(f"{PATH}/classeur")
def workbook_page(request: Request, browser: Browser, session: Reading, at: At) -> Response:
    """Show how to fill a response in a workbook, and take one in."""
    form = at.form(session, browser, Right.SEE_CADASTRE)
    return page(request, "cadastre/workbook.html", **_plain(request, browser, session, form))


@router.post(f"{PATH}/classeur", dependencies=[Needs(Right.FILL_CADASTRE, within=True)])
def look_at_workbook(
    request: Request,
    here: Here,
    at: At,
    sent: Annotated[ReceivedForm, Depends(FormOfBrowser(Right.FILL_CADASTRE))],
) -> Response:
    """Show what a workbook would change, each line with its reason; nothing is written."""
    browser = LoggedIn(sent.viewer, sent.fields.get("csrf", ""))
    with here.database.read() as session:
        form = at.form(session, browser, Right.FILL_CADASTRE)
        context = _plain(request, browser, session, form)
        try:
            received = sent.file("classeur").look_at(UploadKind.TABLE)
            preview = preview_workbook(
                session, form.edition, at.site_id, read_workbook(received.path)
            )
        except InvalidInput as error:
            context |= {"notice": error.what, "todo": error.todo}
            status = HTTPStatus.BAD_REQUEST
        else:
            context |= {"preview": preview, "values": _packed(preview)}
            status = HTTPStatus.OK
        return page(request, "cadastre/workbook.html", http_status=status, **context)


@router.post(f"{PATH}/classeur/reprendre", dependencies=[Needs(Right.FILL_CADASTRE)])
def take_workbook(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    at: At,
    *,
    version: Annotated[int, Form(ge=0, le=MAX_ROW_ID)] = 0,
    reponses: Annotated[str, Form(max_length=900_000)] = "{}",
) -> Response:
    """Write what was shown, all of it or nothing; a response that moved on is shown again."""
    actor = browser.viewer.actor
    try:
        with here.database.write(actor) as session:
            site_for(session, browser.viewer, at.site_id, Right.FILL_CADASTRE)
            write_fields(
                session,
                edition_of(session, at.code),
                at.site_id,
                [FieldWrite(name, value) for name, value in _unpacked(reponses).items()],
                actor=actor,
                source=Source.WORKBOOK,
                expected_version=version,
            )
    except CadastreRefused as refused:
        return _again(request, here, browser, at, refused.sentence)
    except Conflict:
        notice = Sentence(
            "La réponse a changé depuis que le classeur a été lu\u00a0: envoyez-le de nouveau."
        )
        return _again(request, here, browser, at, notice)
    return RedirectResponse(at.path, HTTPStatus.SEE_OTHER)


def _again(request: Request, here: Here, browser: LoggedIn, at: At, notice: Sentence) -> Response:
    with here.database.read() as session:
        form = read_form(session, edition_of(session, at.code), at.site_id)
        context = _plain(request, browser, session, form) | {"notice": notice}
        return page(request, "cadastre/workbook.html", http_status=HTTPStatus.CONFLICT, **context)


def _plain(
    request: Request, browser: LoggedIn, session: Session, form: ResponseForm
) -> dict[str, Any]:
    return {
        **shared(request, browser, session, form),
        "preview": None,
        "values": "",
        "notice": None,
        "todo": None,
    }


def _packed(preview: ImportPreview) -> str:
    """Return what the confirming form carries: nothing while anything cannot be read."""
    if preview.unreadable:
        return ""
    return json.dumps({write.field_id: write.raw for write in preview.writes})


def _unpacked(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput(Sentence("Les réponses du classeur ne sont pas arrivées entières"))
    return found
