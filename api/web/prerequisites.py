"""The prerequisites of a site: what the organising authority still has to do, and what is done."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.http.uploading import FormOfBrowser, ReceivedForm
from api.usecases.prerequisites import (
    add_prerequisite,
    lift_prerequisite,
    postpone,
    prerequisites_of,
)
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import site_to_work_on, visible_site
from api.usecases.uploads import keep_upload
from api.web.templating import page
from inventory.errors import InvalidInput, NotAllowed
from inventory.files.kinds import UploadKind
from inventory.models import PrerequisiteKind
from inventory.sentences import N_, Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

KINDS: Mapping[str, str] = {
    PrerequisiteKind.POWER: N_("Alimentation électrique"),
    PrerequisiteKind.RACK: N_("Armoire ou coffret"),
    PrerequisiteKind.CABLING: N_("Passage de câbles"),
    PrerequisiteKind.ASBESTOS: N_("Amiante"),
    PrerequisiteKind.OTHER: N_("Autre"),
}
_PATH = "/sites/{site_id}/prerequis"
_FOLLOWS = [Needs(Right.FOLLOW_PREREQUISITES)]


@router.get(_PATH)
def prerequisites_page(
    request: Request, browser: Browser, session: Reading, site_id: RowId
) -> Response:
    """Show what is still to be done before the works, and what is done."""
    site = visible_site(session, browser.viewer, site_id)
    return page(
        request,
        "prerequisites.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        site=site,
        rows=prerequisites_of(session, site_id),
        kinds=KINDS,
        may_follow=_may(session, browser.viewer, site_id),
    )


@router.post(_PATH, dependencies=_FOLLOWS)
def write_down(
    here: Here,
    browser: FormOfOurs,
    site_id: RowId,
    *,
    genre: Annotated[PrerequisiteKind, Form()],
    objet: Annotated[str, Form(max_length=2000)],
    echeance: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Write a prerequisite down."""
    with here.database.write(browser.viewer.actor) as session:
        _allow(session, browser.viewer, site_id)
        actor = browser.viewer.actor
        add_prerequisite(session, site_id, genre, _clean(objet), actor=actor, due_on=_day(echeance))
    return _back(site_id)


@router.post(_PATH + "/{prerequisite_id}/echeance", dependencies=_FOLLOWS)
def set_due_day(
    here: Here,
    browser: FormOfOurs,
    site_id: RowId,
    prerequisite_id: RowId,
    echeance: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Give a prerequisite another due day."""
    with here.database.write(browser.viewer.actor) as session:
        _allow(session, browser.viewer, site_id)
        postpone(session, site_id, prerequisite_id, _day(echeance))
    return _back(site_id)


@router.post(
    _PATH + "/{prerequisite_id}/lever",
    dependencies=[Needs(Right.FOLLOW_PREREQUISITES, within=True)],
)
def lift(
    here: Here,
    site_id: RowId,
    prerequisite_id: RowId,
    form: Annotated[ReceivedForm, Depends(FormOfBrowser(Right.FOLLOW_PREREQUISITES))],
) -> Response:
    """Say that a work is done, with a document or a sentence."""
    actor = form.viewer.actor
    # A browser sends an empty file for a field that nobody filled.
    given = [each for each in form.files.get("document", []) if each.file_name]
    received = given[0].look_at(UploadKind.DOCUMENT) if given else None
    with here.database.write(actor) as session:
        _allow(session, form.viewer, site_id)
        upload_id = None
        if received is not None:
            kept = keep_upload(session, here.settings, received, by=actor, site_id=site_id)
            upload_id = kept.id
        note = _clean(form.fields.get("note", ""))
        lift_prerequisite(
            session, site_id, prerequisite_id, note=note, actor=actor, upload_id=upload_id
        )
    return _back(site_id)


def _may(session: Session, viewer: Viewer, site_id: int) -> bool:
    return site_to_work_on(session, viewer, site_id, Right.FOLLOW_PREREQUISITES) is not None


def _allow(session: Session, viewer: Viewer, site_id: int) -> None:
    if not _may(session, viewer, site_id):
        raise NotAllowed(Sentence("Votre rôle ne permet pas de suivre les prérequis de ce site"))


def _back(site_id: int) -> Response:
    return RedirectResponse(f"/sites/{site_id}/prerequis", HTTPStatus.SEE_OTHER)


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text; browsers send CRLF.
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(Sentence("%(text)s n’est pas un jour", text=text)) from error
