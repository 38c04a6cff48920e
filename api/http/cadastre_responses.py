"""/api/v1/cadastre/editions/…/sites/…: what one school site answers, field by field."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sqlmodel import Session

from api.http.cadastre import Code
from api.http.cadastre_answers import (
    ComparisonAnswer,
    FieldsGiven,
    Reason,
    RemarkAnswer,
    RemarkGiven,
    ResponseAnswer,
    Signature,
    WrittenAnswer,
    beside_answer,
    response_answer,
    written_answer,
)
from api.http.conditional import Condition, Writes
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.http.problems import PROBLEM_RESPONSE, Changed
from api.usecases import cadastre_decisions as decisions
from api.usecases import cadastre_remarks
from api.usecases.cadastre_comparison import beside
from api.usecases.cadastre_editions import edition_of
from api.usecases.cadastre_files import with_files
from api.usecases.cadastre_filling import FieldWrite, write_fields
from api.usecases.cadastre_responses import ResponseForm, find_response, read_form, site_for
from api.usecases.scope import Right
from inventory.models import CadastreEdition, CadastreRemark

router = APIRouter(
    prefix="/cadastre/editions/{code}/sites/{site_id}",
    tags=["cadastre"],
    dependencies=[Needs(Right.SEE_CADASTRE)],
    responses={
        409: PROBLEM_RESPONSE
        | {"description": "The response's state, or another person's write, forbids it."}
    },
)


_STALE: dict[int | str, dict[str, Any]] = {
    412: PROBLEM_RESPONSE | {"description": "The response is no longer at the version of If-Match."}
}


class Address:
    """Who asks for the response of which site to which edition."""

    def __init__(self, here: Here, viewer: ApiViewer, code: Code, site_id: RowId) -> None:
        self.here = here
        self.viewer = viewer
        self.code = code
        self.site_id = site_id
        self.actor = viewer.actor

    def edition(self, session: Session, right: Right) -> CadastreEdition:
        """Return the edition; raises NotFound and NotAllowed without the right at the site."""
        site_for(session, self.viewer, self.site_id, right)
        return edition_of(session, self.code)


Asked = Annotated[Address, Depends()]


@router.get("")
def get_response(session: Reading, asked: Asked, response: Response) -> ResponseAnswer:
    """Return the response of a site; its ETag is its version."""
    edition = asked.edition(session, Right.SEE_CADASTRE)
    return response_answer(session, read_form(session, edition, asked.site_id), response)


@router.get("/comparison")
def get_response_comparison(session: Reading, asked: Asked) -> ComparisonAnswer:
    """Return each field beside the edition before and beside what collectors see."""
    edition = asked.edition(session, Right.SEE_CADASTRE)
    found = beside(session, read_form(session, edition, asked.site_id))
    return ComparisonAnswer(
        edition_before=found.before.code if found.before else None,
        fields=[beside_answer(line) for line in found.lines],
    )


@router.patch(
    "",
    dependencies=[Needs(Right.FILL_CADASTRE)],
    responses=_STALE,
)
def patch_response(
    asked: Asked, given: FieldsGiven, response: Response, about: Writes
) -> WrittenAnswer:
    """Write single fields: all of them, or nothing when one cannot be read.

    Without If-Match others may write other fields meanwhile.
    """
    writes = [FieldWrite(name, each.value, each.base) for name, each in given.fields.items()]
    with asked.here.database.write(asked.actor) as session:
        edition = asked.edition(session, Right.FILL_CADASTRE)
        form = _as_read(session, edition, asked.site_id, about)
        writes = with_files(session, asked.viewer, form.questionnaire, asked.site_id, writes)
        written = write_fields(session, edition, asked.site_id, writes, actor=asked.actor)
        form = read_form(session, edition, asked.site_id)
    response.headers["ETag"] = f'"{form.version}"'
    return written_answer(form, written)


@router.post("/submit", dependencies=[Needs(Right.SIGN_CADASTRE)])
def post_submission(asked: Asked, signature: Signature, response: Response) -> ResponseAnswer:
    """Sign and submit what was shown; the dossier moves with it where it awaits the cadastre."""
    signer = decisions.Signer(asked.actor, asked.viewer.display_name)
    with asked.here.database.write(asked.actor) as session:
        edition = asked.edition(session, Right.SIGN_CADASTRE)
        decisions.submit(session, edition, asked.site_id, signer, sha256=signature.sha256)
        return response_answer(session, read_form(session, edition, asked.site_id), response)


@router.post("/remarks", dependencies=[Needs(Right.DECIDE_CADASTRE)])
def post_remark(asked: Asked, given: RemarkGiven) -> RemarkAnswer:
    """Remark on a submitted response."""
    with asked.here.database.write(asked.actor) as session:
        edition = asked.edition(session, Right.DECIDE_CADASTRE)
        remark: CadastreRemark = cadastre_remarks.add_remark(
            session,
            edition,
            asked.site_id,
            given.text,
            actor=asked.actor,
            field_id=given.field_id,
            section_id=given.section_id,
        )
        return RemarkAnswer.model_validate(remark)


@router.post("/remarks/{number}/settle", dependencies=[Needs(Right.DECIDE_CADASTRE)])
def post_settled(asked: Asked, number: RowId, response: Response) -> ResponseAnswer:
    """Note that a remark is answered."""
    with asked.here.database.write(asked.actor) as session:
        edition = asked.edition(session, Right.DECIDE_CADASTRE)
        cadastre_remarks.settle_remark(session, edition, asked.site_id, number, actor=asked.actor)
        return response_answer(session, read_form(session, edition, asked.site_id), response)


@router.post("/send-back", dependencies=[Needs(Right.DECIDE_CADASTRE)], responses=_STALE)
def post_sent_back(
    asked: Asked, given: Reason, response: Response, about: Writes
) -> ResponseAnswer:
    """Send a submitted response back to its school with what is to be looked at again."""
    with asked.here.database.write(asked.actor) as session:
        edition = asked.edition(session, Right.DECIDE_CADASTRE)
        _as_read(session, edition, asked.site_id, about)
        decisions.send_back(session, edition, asked.site_id, actor=asked.actor, reason=given.reason)
        return response_answer(session, read_form(session, edition, asked.site_id), response)


@router.post("/validate", dependencies=[Needs(Right.DECIDE_CADASTRE)], responses=_STALE)
def post_validation(asked: Asked, response: Response, about: Writes) -> ResponseAnswer:
    """Validate a submitted response; the rules of eligibility are asked again."""
    with asked.here.database.write(asked.actor) as session:
        edition = asked.edition(session, Right.DECIDE_CADASTRE)
        _as_read(session, edition, asked.site_id, about)
        decisions.validate(session, edition, asked.site_id, actor=asked.actor)
        return response_answer(session, read_form(session, edition, asked.site_id), response)


@router.post("/reopen", dependencies=[Needs(Right.DECIDE_CADASTRE)], responses=_STALE)
def post_reopened(asked: Asked, given: Reason, response: Response, about: Writes) -> ResponseAnswer:
    """Give a validated response back to its school, where no dossier rests on it."""
    with asked.here.database.write(asked.actor) as session:
        edition = asked.edition(session, Right.DECIDE_CADASTRE)
        _as_read(session, edition, asked.site_id, about)
        decisions.reopen(session, edition, asked.site_id, actor=asked.actor, reason=given.reason)
        return response_answer(session, read_form(session, edition, asked.site_id), response)


def _as_read(
    session: Session, edition: CadastreEdition, site_id: int, about: Condition
) -> ResponseForm:
    """Return the response that a write is about; raises Changed where If-Match names another."""
    if about.if_match is not None:
        find_response(session, edition, site_id, lock=True)  # nobody writes before this does
    form = read_form(session, edition, site_id)
    if about.if_match is not None and not about.holds(form.version):
        current = {"version": form.version, "state": form.state.value}
        raise Changed(decisions.CHANGED, current=current)
    return form
