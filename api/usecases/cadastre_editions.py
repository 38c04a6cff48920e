"""Editions of the cadastre: added with their questionnaire, and opened for the sites."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from api.usecases.dossiers import MoveRefused, advance
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound, PreauError
from inventory.models import CadastreEdition, CadastreQuestionnaire, Dossier, Site
from inventory.programme.cadastre.editions import EditionData, shipped_editions
from inventory.programme.cadastre.questionnaire import Questionnaire, shipped_questionnaires
from inventory.programme.dossier import Role, Status

BRUSSELS = ZoneInfo("Europe/Brussels")
_BATCH = 100


def today() -> date:
    """Return the day in Brussels, by which editions open and close."""
    return clock.now().astimezone(BRUSSELS).date()


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of one site when an edition was opened; `refused` says in French why not."""

    site_id: int
    site: str
    refused: tuple[str, ...] = ()


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
        raise NotFound(f"there is no edition {code[:40]}", todo="see: preau cadastre edition list")
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


def open_edition(
    database: Database,
    code: str,
    *,
    actor: str,
    within: ColumnElement[bool] | None = None,
    limit: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Opened], int]:
    """Ask identified sites within scope for their cadastre; `limit` of them, or all.

    Returns what became of each, and how many were left for another call. A site that the machine
    refuses does not stop the others. Raises Conflict before the edition opens.
    """
    with database.read() as session:
        edition = edition_of(session, code)
        if today() < edition.opens_on:
            raise Conflict(f"the edition {code} opens on {edition.opens_on}")
        waiting = [
            (site_id, name)
            for site_id, name in session.exec(
                select(Site.id, Site.name)
                .join(Dossier, col(Dossier.site_id) == col(Site.id))
                .where(Dossier.status == Status.IDENTIFIED, col(Site.closed_on).is_(None))
                .where(within if within is not None else true())
                .order_by(col(Site.id))
            )
            if site_id is not None
        ]
    left = 0 if limit is None else max(0, len(waiting) - limit)
    waiting = waiting[: len(waiting) - left]
    done: list[Opened] = []
    for start in range(0, len(waiting), _BATCH):
        with database.write(actor) as session:
            for site_id, name in waiting[start : start + _BATCH]:
                done.append(_ask(session, site_id, name, actor))
        if on_progress is not None:
            on_progress(len(done), len(waiting))
    return done, left


def _ask(session: Session, site_id: int, name: str, actor: str) -> Opened:
    try:
        advance(session, site_id, Status.CADASTRE_PENDING, actor=actor, role=Role.CADASTRE_MANAGER)
    except MoveRefused as refused:
        return Opened(site_id, name, refused.missing)
    except PreauError as error:
        return Opened(site_id, name, (str(error),))
    return Opened(site_id, name)


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
