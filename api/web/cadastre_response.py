"""The questionnaire of one school: its sections, each a form, and the page where the head signs."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from api.http.cadastre import Code
from api.http.cursor import MAX_ROW_ID
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.http.uploading import FormOfBrowser, ReceivedForm
from api.usecases.access import LoggedIn
from api.usecases.cadastre_decisions import Signer, document_of, submit
from api.usecases.cadastre_editions import edition_of
from api.usecases.cadastre_files import file_value
from api.usecases.cadastre_filling import FieldWrite, Written, refuse_unless, write_fields
from api.usecases.cadastre_responses import (
    CadastreRefused,
    ResponseForm,
    has_right,
    read_form,
    site_for,
)
from api.usecases.dossiers import MoveRefused
from api.usecases.scope import Right
from api.usecases.uploads import keep_upload
from api.web import cadastre_texts
from api.web.cadastre_forms import form_fields, writes_of
from api.web.language import language_of, tongue
from api.web.templating import page
from inventory.errors import Conflict, PreauError
from inventory.files.kinds import UploadKind
from inventory.programme.cadastre.documents import sha256_of
from inventory.programme.cadastre.judging import completeness
from inventory.programme.cadastre.questionnaire import FieldType, Section
from inventory.programme.cadastre.states import Act
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE_CADASTRE)])

PATH = "/cadastre/{code}/sites/{site_id}"


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


class Address:
    """The response of which site to which edition."""

    def __init__(self, code: Code, site_id: RowId) -> None:
        self.code = code
        self.site_id = site_id
        self.path = f"/cadastre/{code}/sites/{site_id}"

    def form(self, session: Session, browser: LoggedIn, right: Right) -> ResponseForm:
        """Return the response; raises NotFound and NotAllowed without the right there."""
        site_for(session, browser.viewer, self.site_id, right)
        return read_form(session, edition_of(session, self.code), self.site_id)


At = Annotated[Address, Depends()]


@router.get(PATH)
def response_page(request: Request, browser: Browser, session: Reading, at: At) -> Response:
    """Show how far the response of a school is, section by section."""
    form = at.form(session, browser, Right.SEE_CADASTRE)
    sections = [
        (section, completeness(form.questionnaire, form.answers, section), _wrong(form, section))
        for section in form.questionnaire.sections
    ]
    return page(
        request,
        "cadastre/response.html",
        sections=sections,
        people=_people(form),
        decides=has_right(session, browser.viewer, at.site_id, Right.DECIDE_CADASTRE),
        may_sign=has_right(session, browser.viewer, at.site_id, Right.SIGN_CADASTRE),
        **shared(request, browser, session, form),
    )


@router.get(f"{PATH}/sections/{{section_id}}")
def section_page(
    request: Request, browser: Browser, session: Reading, at: At, section_id: str
) -> Response:
    """Show one section, to fill where the person may."""
    form = at.form(session, browser, Right.SEE_CADASTRE)
    return _section(request, browser, session, form, form.questionnaire.section(section_id))


@router.post(f"{PATH}/sections/{{section_id}}", dependencies=[Needs(Right.FILL_CADASTRE)])
def save_section(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    at: At,
    *,
    section_id: str,
    sent: Sent,
    version: Annotated[int, Form(ge=0, le=MAX_ROW_ID)] = 0,
    action: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Keep what was filled in; what cannot be read stays in the page with what is wrong."""
    with here.database.read() as session:
        form = at.form(session, browser, Right.FILL_CADASTRE)
    section = form.questionnaire.section(section_id)
    writes = writes_of(section, sent, version)
    try:
        with here.database.write(browser.viewer.actor) as session:
            written = write_fields(
                session,
                edition_of(session, at.code),
                at.site_id,
                writes,
                actor=browser.viewer.actor,
                all_or_nothing=False,
            )
    except CadastreRefused as refused:
        with here.database.read() as session:
            form = at.form(session, browser, Right.SEE_CADASTRE)
            return _section(request, browser, session, form, section, notice=refused.sentence)
    if written.unread or written.conflicts:
        with here.database.read() as session:
            form = at.form(session, browser, Right.SEE_CADASTRE)
            typed = {write.field_id: write.raw for write in writes}
            return _section(request, browser, session, form, section, typed=typed, written=written)
    following = _following(form, section)
    if action == "suite":
        target = f"{at.path}/sections/{following.id}" if following else at.path
    else:
        target = f"{at.path}/sections/{section.id}"
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)


@router.post(
    f"{PATH}/fichiers/{{field_id}}", dependencies=[Needs(Right.FILL_CADASTRE, within=True)]
)
def hand_in_file(
    here: Here,
    at: At,
    field_id: str,
    sent: Annotated[ReceivedForm, Depends(FormOfBrowser(Right.FILL_CADASTRE))],
) -> Response:
    """Keep a file and name it in the answer, as the plan of the floors."""
    with here.database.read() as session:
        site_for(session, sent.viewer, at.site_id, Right.FILL_CADASTRE)
        form = read_form(session, edition_of(session, at.code), at.site_id)
        field = form.questionnaire.field(field_id)
        refuse_unless(form.edition, form.state, Act.FILL)
    received = sent.file("fichier").look_at(UploadKind.PLAN)
    actor = sent.viewer.actor
    with here.database.write(actor) as session:
        kept = keep_upload(session, here.settings, received, by=actor, site_id=at.site_id)
        write = FieldWrite(field.id, file_value(kept))
        write_fields(session, edition_of(session, at.code), at.site_id, [write], actor=actor)
    section = next(each for each in form.questionnaire.sections if field in each.fields)
    return RedirectResponse(f"{at.path}/sections/{section.id}", HTTPStatus.SEE_OTHER)


@router.get(f"{PATH}/signature")
def signature_page(request: Request, browser: Browser, session: Reading, at: At) -> Response:
    """Show the head what will be sent, all of it."""
    form = at.form(session, browser, Right.SEE_CADASTRE)
    return _signature(request, browser, session, form)


@router.post(f"{PATH}/signature", dependencies=[Needs(Right.SIGN_CADASTRE)])
def sign(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    at: At,
    *,
    sha256: Annotated[str, Form(max_length=64)] = "",
    accord: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Sign and submit what was shown."""
    signer = Signer(browser.viewer.actor, browser.viewer.display_name)
    notice: str
    try:
        with here.database.write(browser.viewer.actor) as session:
            form = at.form(session, browser, Right.SIGN_CADASTRE)
            if accord == "oui":
                submit(session, form.edition, at.site_id, signer, sha256=sha256)
                return RedirectResponse(at.path, HTTPStatus.SEE_OTHER)
            notice = Sentence("Confirmez que les réponses sont exactes pour les signer.")
    except (CadastreRefused, MoveRefused, Conflict) as refused:
        notice = _told(refused)
    with here.database.read() as session:
        form = at.form(session, browser, Right.SEE_CADASTRE)
        return _signature(request, browser, session, form, notice=notice)


def shared(
    request: Request, browser: LoggedIn, session: Session, form: ResponseForm
) -> dict[str, Any]:
    """Return what every page of a response is given."""
    speech = tongue(language_of(request, browser.viewer))
    site_id = form.site.id or 0
    try:
        refuse_unless(form.edition, form.state, Act.FILL)
        closed = None
    except CadastreRefused as refused:
        closed = refused.sentence
    return {
        "viewer": browser.viewer,
        "csrf": browser.csrf_token,
        "form": form,
        "site": form.site,
        "base": f"/cadastre/{form.edition.code}/sites/{site_id}",
        "state": cadastre_texts.STATES[form.state],
        "closed": closed,
        "may_fill": closed is None
        and has_right(session, browser.viewer, site_id, Right.FILL_CADASTRE),
        "own": "de" if speech.tag == "de" else "fr",
        "lines_of": lambda field, value: cadastre_texts.answer_lines(speech, field, value),
        "told_of": lambda problem: cadastre_texts.problem_text(speech, problem),
        "who": cadastre_texts.who,
        "sources": cadastre_texts.SOURCES,
    }


def _section(
    request: Request,
    browser: LoggedIn,
    session: Session,
    form: ResponseForm,
    section: Section,
    *,
    typed: dict[str, Any] | None = None,
    written: Written | None = None,
    notice: Sentence | None = None,
) -> Response:
    unread = written.unread if written else ()
    fields = form_fields(form, section, typed=typed, unread=unread)
    context = shared(request, browser, session, form)
    return page(
        request,
        "cadastre/section.html",
        http_status=HTTPStatus.BAD_REQUEST if unread or notice else HTTPStatus.OK,
        section=section,
        fields=fields,
        files=[each for each in fields if each.field.type is FieldType.FILE],
        wrong=[each for each in fields if each.shown and each.wrong],
        conflicts=written.conflicts if written else (),
        following=_following(form, section),
        remarks=[each for each in form.open_remarks if _of_section(each, section)],
        notice=notice,
        **context,
    )


def _signature(
    request: Request,
    browser: LoggedIn,
    session: Session,
    form: ResponseForm,
    *,
    notice: str | None = None,
) -> Response:
    site_id = form.site.id or 0
    return page(
        request,
        "cadastre/signature.html",
        http_status=HTTPStatus.CONFLICT if notice else HTTPStatus.OK,
        sha256=sha256_of(document_of(session, form)),
        may_sign=has_right(session, browser.viewer, site_id, Right.SIGN_CADASTRE),
        section_of={
            field.id: section.id
            for section in form.questionnaire.sections
            for field in section.fields
        },
        notice=notice,
        **shared(request, browser, session, form),
    )


def _told(refused: PreauError) -> str:
    if isinstance(refused, MoveRefused):
        return " ".join(refused.missing)
    if isinstance(refused, CadastreRefused):
        return refused.sentence
    return Sentence("Des réponses ont changé depuis que la page a été affichée\u00a0: relisez-les.")


def _wrong(form: ResponseForm, section: Section) -> int:
    ids = {field.id for field in section.fields}
    return sum(1 for problem in form.blocking if problem.field_id in ids)


def _people(form: ResponseForm) -> list[tuple[str, Any]]:
    """Return who gave answers, with when they last did, the latest first."""
    last: dict[str, Any] = {}
    for given in form.given.values():
        last[given.by] = max(last.get(given.by, given.at), given.at)
    return sorted(last.items(), key=lambda each: each[1], reverse=True)


def _following(form: ResponseForm, section: Section) -> Section | None:
    sections = form.questionnaire.sections
    place = sections.index(section) + 1
    return sections[place] if place < len(sections) else None


def _of_section(remark: Any, section: Section) -> bool:
    ids = {field.id for field in section.fields}
    return remark.section_id == section.id or remark.field_id in ids
