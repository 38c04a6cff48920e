"""Remarks of a cadastre manager on a submitted response: on a field, a section or the whole."""

from sqlmodel import Session

from api.usecases.cadastre_editions import questionnaire_of
from api.usecases.cadastre_filling import refuse_unless
from api.usecases.cadastre_responses import CadastreRefused, find_response
from inventory import clock
from inventory.errors import InvalidInput, NotFound
from inventory.models import CadastreEdition, CadastreRemark, CadastreResponse
from inventory.programme.cadastre.questionnaire import Questionnaire
from inventory.programme.cadastre.states import Act
from inventory.programme.cadastre.values import clean_text
from inventory.sentences import Sentence

MAX_REMARK = 2000


def locked_response(session: Session, edition: CadastreEdition, site_id: int) -> CadastreResponse:
    """Return the response of a site for this writer alone; raises CadastreRefused without one."""
    row = find_response(session, edition, site_id, lock=True)
    if row is None:
        raise CadastreRefused(Sentence("Personne n’a encore commencé cette réponse."))
    return row


def add_remark(
    session: Session,
    edition: CadastreEdition,
    site_id: int,
    text: str,
    *,
    actor: str,
    field_id: str | None = None,
    section_id: str | None = None,
) -> CadastreRemark:
    """Keep a remark on a submitted response; raises CadastreRefused for one that is not.

    Raises InvalidInput for an empty text, NotFound for a field or section that is not asked.
    """
    row = locked_response(session, edition, site_id)
    refuse_unless(edition, row.state, Act.SEND_BACK)
    _known(questionnaire_of(session, edition), field_id, section_id)
    text = clean_text(text)[:MAX_REMARK]
    if not text:
        raise InvalidInput(
            Sentence("Une remarque dit quelque chose"),
            where=Sentence("site %(site_id)s", site_id=site_id),
        )
    remark = CadastreRemark(
        response_id=row.id or 0,
        section_id=section_id,
        field_id=field_id,
        text=text,
        made_by=actor,
        made_at=clock.now(),
    )
    session.add(remark)
    session.flush()
    return remark


def settle_remark(
    session: Session, edition: CadastreEdition, site_id: int, remark_id: int, *, actor: str
) -> None:
    """Note that a remark is answered; raises NotFound."""
    row = locked_response(session, edition, site_id)
    remark = session.get(CadastreRemark, remark_id)
    if remark is None or remark.response_id != row.id:
        raise NotFound(
            Sentence("Cette réponse n’a pas de remarque %(remark_id)s", remark_id=remark_id)
        )
    if remark.settled_at is None:
        remark.settled_at, remark.settled_by = clock.now(), actor
    session.flush()


def _known(questionnaire: Questionnaire, field_id: str | None, section_id: str | None) -> None:
    if field_id is not None:
        questionnaire.field(field_id)
    if section_id is not None:
        questionnaire.section(section_id)
