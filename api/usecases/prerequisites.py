"""The prerequisites of a site: written down, followed, lifted; the dossier counts them itself."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from api.usecases.due_days import follow_prerequisite
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.events import record_event
from inventory.models import (
    Implantation,
    Prerequisite,
    PrerequisiteKind,
    School,
    Site,
    SiteImplantation,
)
from inventory.sentences import Sentence

_MAX_TEXT = 2000


def prerequisites_of(session: Session, site_id: int) -> Sequence[Prerequisite]:
    """Return every prerequisite of a site, those still to be done first, then the oldest."""
    found = session.exec(
        select(Prerequisite).where(Prerequisite.site_id == site_id).order_by(col(Prerequisite.id))
    ).all()
    return sorted(found, key=lambda each: each.lifted_at is not None)


def add_prerequisite(
    session: Session,
    site_id: int,
    kind: PrerequisiteKind,
    description: str,
    *,
    actor: str,
    due_on: date | None = None,
) -> Prerequisite:
    """Write down a work that the site's organising authority has to do, and return it.

    Raises NotFound for no site, InvalidInput for an empty text.
    """
    text = description.strip()
    if not text or len(text) > _MAX_TEXT:
        raise InvalidInput(
            Sentence("Un prérequis dit ce qui est à faire, en 1 à %(most)s lettres", most=_MAX_TEXT)
        )
    if session.get(Site, site_id) is None:
        raise NotFound(Sentence("Le site %(site_id)s n’existe pas", site_id=site_id))
    row = Prerequisite(
        site_id=site_id,
        kind=kind,
        description=text,
        organising_authority_id=_authority(session, site_id),
        due_on=due_on,
        opened_at=clock.now(),
        opened_by=actor,
    )
    session.add(row)
    session.flush()
    follow_prerequisite(session, row)
    record_event(
        session, "prerequisite.opened", Sentence("Prérequis à lever\u00a0: %(what)s", what=text),
        site_id=site_id,
    )  # fmt: skip
    return row


def postpone(
    session: Session, site_id: int, prerequisite_id: int, due_on: date | None
) -> Prerequisite:
    """Give a prerequisite another due day, or none; raises NotFound, Conflict for a lifted one."""
    row = _open(session, site_id, prerequisite_id)
    row.due_on = due_on
    session.flush()
    follow_prerequisite(session, row)
    return row


def lift_prerequisite(
    session: Session,
    site_id: int,
    prerequisite_id: int,
    *,
    note: str,
    actor: str,
    upload_id: int | None = None,
) -> Prerequisite:
    """Say that a work is done, with what shows it: a file, or a sentence of some length.

    Raises NotFound, Conflict for one that is lifted already, InvalidInput without any proof.
    """
    text = note.strip()[:_MAX_TEXT]
    if upload_id is None and len(text) < 10:
        raise InvalidInput(
            Sentence("Un prérequis se lève avec une preuve"),
            where=Sentence("prérequis %(prerequisite_id)s", prerequisite_id=prerequisite_id),
            todo=Sentence("donnez un document, ou dites ce qui a été vu et par qui"),
        )
    row = _open(session, site_id, prerequisite_id)
    row.lifted_at, row.lifted_by = clock.now(), actor
    row.lifted_note, row.lifted_upload_id = text or None, upload_id
    session.flush()
    follow_prerequisite(session, row)
    record_event(
        session,
        "prerequisite.lifted",
        Sentence("Prérequis levé\u00a0: %(what)s", what=row.description),
        site_id=site_id,
    )
    return row


def _open(session: Session, site_id: int, prerequisite_id: int) -> Prerequisite:
    row = session.get(Prerequisite, prerequisite_id)
    if row is None or row.site_id != site_id:
        raise NotFound(
            Sentence(
                "Ce site n’a pas de prérequis %(prerequisite_id)s", prerequisite_id=prerequisite_id
            )
        )
    if row.lifted_at is not None:
        raise Conflict(
            Sentence(
                "Le prérequis %(prerequisite_id)s est déjà levé", prerequisite_id=prerequisite_id
            )
        )
    return row


def _authority(session: Session, site_id: int) -> int | None:
    """Return the one organising authority of a site; None where there are several or none."""
    found = session.exec(
        select(School.organising_authority_id)
        .join(Implantation, col(Implantation.school_id) == col(School.id))
        .join(SiteImplantation, col(SiteImplantation.implantation_id) == col(Implantation.id))
        .where(SiteImplantation.site_id == site_id)
        .distinct()
    ).all()
    return found[0] if len(found) == 1 else None
