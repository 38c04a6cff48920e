"""The manager's page: a response beside the last one and what is observed; the decision."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.http.cursor import MAX_ROW_ID
from api.http.dependencies import Browser, FormOfOurs, Here, RowId
from api.http.needs import Needs
from api.usecases.access import LoggedIn
from api.usecases.cadastre_comparison import Beside, beside
from api.usecases.cadastre_decisions import look_again, reopen, send_back, validate
from api.usecases.cadastre_lists import next_submitted
from api.usecases.cadastre_remarks import add_remark, settle_remark
from api.usecases.cadastre_responses import CadastreRefused, has_right
from api.usecases.dossiers import MoveRefused
from api.usecases.scope import Right
from api.web import cadastre_texts
from api.web.cadastre_response import PATH, Address, At, shared
from api.web.templating import page
from inventory.programme.cadastre.comparison import Change
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE_CADASTRE)])

_Words = Annotated[str, Form(max_length=2000)]
_Id = Annotated[str, Form(max_length=60)]


@router.get(f"{PATH}/examen")
def review_page(
    request: Request,
    here: Here,
    browser: Browser,
    at: At,
    *,
    vue: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show a response with the last edition and what collectors see beside it."""
    return _review(request, here, browser, at, only_differences=vue == "differences")


@router.post(f"{PATH}/remarques", dependencies=[Needs(Right.DECIDE_CADASTRE)])
def remark(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    at: At,
    *,
    texte: _Words = "",
    question: _Id = "",
) -> Response:
    """Keep a remark on a question, a section (`#section`) or the whole response."""
    actor = browser.viewer.actor
    if not texte.strip():
        notice = Sentence("Écrivez la remarque avant de l’ajouter.")
        return _review(request, here, browser, at, notice=notice)
    try:
        with here.database.write(actor) as session:
            form = at.form(session, browser, Right.DECIDE_CADASTRE)
            section = question.removeprefix("#") if question.startswith("#") else None
            add_remark(
                session,
                form.edition,
                at.site_id,
                texte,
                actor=actor,
                field_id=question if question and section is None else None,
                section_id=section,
            )
    except CadastreRefused as refused:
        return _review(request, here, browser, at, notice=refused.sentence)
    return RedirectResponse(f"{at.path}/examen#remarques", HTTPStatus.SEE_OTHER)


@router.post(f"{PATH}/remarques/{{number}}", dependencies=[Needs(Right.DECIDE_CADASTRE)])
def settle(here: Here, browser: FormOfOurs, at: At, number: RowId) -> Response:
    """Note that a remark is answered."""
    with here.database.write(browser.viewer.actor) as session:
        form = at.form(session, browser, Right.DECIDE_CADASTRE)
        settle_remark(session, form.edition, at.site_id, number, actor=browser.viewer.actor)
    return RedirectResponse(f"{at.path}/examen#remarques", HTTPStatus.SEE_OTHER)


@router.post(f"{PATH}/decision", dependencies=[Needs(Right.DECIDE_CADASTRE)])
def decide(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    at: At,
    *,
    version: Annotated[int, Form(ge=0, le=MAX_ROW_ID)],
    action: Annotated[str, Form(max_length=20)] = "",
    motif: _Words = "",
) -> Response:
    """Validate a response, send it back or reopen it, and go on to the next that waits."""
    actor = browser.viewer.actor
    try:
        with here.database.write(actor) as session:
            form = at.form(session, browser, Right.DECIDE_CADASTRE)
            look_again(session, form.edition, at.site_id, seen_version=version)
            if action == "valider":
                validate(session, form.edition, at.site_id, actor=actor)
            elif action == "rouvrir":
                reopen(session, form.edition, at.site_id, actor=actor, reason=motif)
            else:
                send_back(session, form.edition, at.site_id, actor=actor, reason=motif)
    except CadastreRefused as refused:
        return _review(request, here, browser, at, notice=refused.sentence, motif=motif)
    except MoveRefused as refused:
        told = " ".join(refused.missing)
        return _review(request, here, browser, at, notice=told, motif=motif)
    with here.database.read() as session:
        following = next_submitted(session, browser.viewer, form.edition, at.site_id)
    if following is None:
        return RedirectResponse(f"/cadastre?edition={at.code}", HTTPStatus.SEE_OTHER)
    target = f"/cadastre/{at.code}/sites/{following}/examen"
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)


def _review(
    request: Request,
    here: Here,
    browser: LoggedIn,
    at: Address,
    *,
    only_differences: bool = False,
    notice: str | None = None,
    motif: str = "",
) -> Response:
    with here.database.read() as session:
        form = at.form(session, browser, Right.SEE_CADASTRE)
        found = beside(session, form)
        lines = [line for line in found.lines if not only_differences or _differs(line)]
        return page(
            request,
            "cadastre/review.html",
            http_status=HTTPStatus.CONFLICT if notice else HTTPStatus.OK,
            lines=lines,
            before=found.before,
            only_differences=only_differences,
            differing=sum(1 for line in found.lines if _differs(line)),
            changes=cadastre_texts.CHANGES,
            problems={each.field_id: each for each in form.problems},
            decides=has_right(session, browser.viewer, at.site_id, Right.DECIDE_CADASTRE),
            following=next_submitted(session, browser.viewer, form.edition, at.site_id),
            notice=notice,
            motif=motif,
            **shared(request, browser, session, form),
        )


def _differs(line: Beside) -> bool:
    changed = line.compared is not None and line.compared.change not in (
        Change.SAME,
        Change.NEW_FIELD,
        Change.DROPPED,
    )
    return changed or (line.seen is not None and not line.seen.agrees)
