"""Editions of the cadastre, added with their questionnaire."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import CadastreEdition, CadastreQuestionnaire
from inventory.programme.cadastre.editions import EditionData, shipped_editions
from inventory.programme.cadastre.questionnaire import Questionnaire, shipped_questionnaires
from inventory.sentences import Sentence

BRUSSELS = ZoneInfo("Europe/Brussels")


def shipped_edition(code: str) -> EditionData:
    """Return an edition that comes with this release; raises NotFound."""
    for edition in shipped_editions():
        if edition.code == code:
            return edition
    raise NotFound(
        f"no edition {code[:40]} comes with this release",
        todo="give its title, days and questionnaire",
    )


def keep_questionnaire(session: Session, questionnaire: Questionnaire, *, actor: str) -> None:
    """Keep a version of the questionnaire; the same again changes nothing.

    Raises Conflict for other questions under a version that is kept: schools answered those.
    """
    body = questionnaire.model_dump(mode="json")
    row = _kept(session, questionnaire.version)
    if row is None:
        session.add(
            CadastreQuestionnaire(
                version=questionnaire.version, body=body, created_by=actor, created_at=clock.now()
            )
        )
        session.flush()
    elif Questionnaire.model_validate(row.body) != questionnaire:
        raise Conflict(
            f"the questionnaire {questionnaire.version} is kept and asks something else",
            todo="give it a new version",
        )


def add_edition(
    session: Session,
    edition: EditionData,
    *,
    actor: str,
    questionnaire: Questionnaire | None = None,
) -> bool:
    """Add an edition with its questionnaire; return False where it is there already, unchanged.

    An edition that is there takes new days. Its questionnaire stays: raises Conflict for another,
    NotFound where no such version is kept or comes with this release.
    """
    if questionnaire is None:
        questionnaire = _known(session, edition.questionnaire)
    if questionnaire.version != edition.questionnaire:
        raise InvalidInput(
            f"the questionnaire is version {questionnaire.version}, not {edition.questionnaire}",
            where=edition.code,
        )
    row = session.exec(select(CadastreEdition).where(CadastreEdition.code == edition.code)).first()
    if row is not None and row.questionnaire_version != edition.questionnaire:
        raise Conflict(
            f"the edition {edition.code} asks the questionnaire {row.questionnaire_version}",
            todo="add another edition for another questionnaire",
        )
    keep_questionnaire(session, questionnaire, actor=actor)
    wanted = (edition.title, edition.opens_on, edition.closes_on)
    if row is not None:
        if (row.title, row.opens_on, row.closes_on) == wanted:
            return False
        row.title, row.opens_on, row.closes_on = wanted
    else:
        session.add(
            CadastreEdition(
                code=edition.code,
                title=edition.title,
                opens_on=edition.opens_on,
                closes_on=edition.closes_on,
                questionnaire_version=edition.questionnaire,
            )
        )
    session.flush()
    return True


def list_editions(session: Session) -> Sequence[CadastreEdition]:
    """Return the editions, the newest first."""
    return session.exec(
        select(CadastreEdition).order_by(
            col(CadastreEdition.opens_on).desc(), col(CadastreEdition.id).desc()
        )
    ).all()


def edition_of(session: Session, code: str) -> CadastreEdition:
    """Return the edition of a code; raises NotFound."""
    found = session.exec(select(CadastreEdition).where(CadastreEdition.code == code)).first()
    if found is None:
        raise NotFound(
            Sentence("L’édition %(code)s n’existe pas", code=code[:40]),
            todo=Sentence("voyez\u00a0: preau cadastre edition list"),
        )
    return found


def questionnaire_of(session: Session, edition: CadastreEdition) -> Questionnaire:
    """Return what an edition asks."""
    row = _kept(session, edition.questionnaire_version)
    assert row is not None  # a foreign key
    return Questionnaire.model_validate(row.body)


def edition_before(session: Session, edition: CadastreEdition) -> CadastreEdition | None:
    """Return the edition that was open before this one."""
    return session.exec(
        select(CadastreEdition)
        .where(col(CadastreEdition.opens_on) < edition.opens_on)
        .order_by(col(CadastreEdition.opens_on).desc(), col(CadastreEdition.id).desc())
        .limit(1)
    ).first()


def _kept(session: Session, version: str) -> CadastreQuestionnaire | None:
    return session.exec(
        select(CadastreQuestionnaire).where(CadastreQuestionnaire.version == version)
    ).first()


def _known(session: Session, version: str) -> Questionnaire:
    row = _kept(session, version)
    if row is not None:
        return Questionnaire.model_validate(row.body)
    shipped = shipped_questionnaires().get(version)
    if shipped is None:
        raise NotFound(
            f"there is no questionnaire {version}",
            todo=f"give its file, or one of {', '.join(shipped_questionnaires())}",
        )
    return shipped
