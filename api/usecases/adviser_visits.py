"""Advisers' visits and hours: told, corrected until their month is signed, read by month."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from api.usecases.adviser_sheet import sheet_csv
from api.usecases.locks import lock_on
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import site_to_work_on
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.models import AdviserMonth, AdviserVisit, FundingSource, Site, User
from inventory.programme.advisers import (
    MAX_MINUTES_A_DAY,
    Entry,
    Sheet,
    VisitKind,
    month_after,
    month_of,
    sheet,
)
from inventory.sentences import Sentence

_MAX_NOTES = 2000
_OLDEST = date(2020, 1, 1)
_BRUSSELS = ZoneInfo("Europe/Brussels")


class WrongDuration(InvalidInput):
    """A time that no visit takes, or that makes too long a day."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an adviser tells of some time; `site_id` None: at no school."""

    on: date
    minutes: int
    kind: VisitKind
    funding_source_id: int
    site_id: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in a list, with the names of what it is about."""

    row: AdviserVisit
    site: str | None
    source: str


def tell_visit(session: Session, viewer: Viewer, told: Told) -> AdviserVisit:
    """Keep time of the viewer and return its row.

    Raises InvalidInput for a day, duration, source or note that does not fit, NotFound for a site
    out of scope, NotAllowed without the right to record there, Conflict in a signed month.
    """
    row = AdviserVisit(
        user_id=viewer.user_id,
        on=told.on,
        minutes=told.minutes,
        kind=told.kind.value,
        funding_source_id=told.funding_source_id,
        created_at=clock.now(),
    )
    _fill(session, viewer, row, told)
    return row


def correct_visit(session: Session, viewer: Viewer, visit_id: int, told: Told) -> AdviserVisit:
    """Change time of the viewer; raises as `tell_visit` does, NotFound for another's."""
    row = own_visit(session, viewer, visit_id)
    _refuse_signed(session, row.user_id, row.on)
    _fill(session, viewer, row, told)
    return row


def remove_visit(session: Session, viewer: Viewer, visit_id: int) -> None:
    """Take time of the viewer back; raises NotFound for another's, Conflict in a signed month."""
    row = own_visit(session, viewer, visit_id)
    _refuse_signed(session, row.user_id, row.on)
    session.delete(row)
    session.flush()


def own_visit(session: Session, viewer: Viewer, visit_id: int) -> AdviserVisit:
    """Return a visit of the viewer; raises NotFound."""
    row = session.exec(
        select(AdviserVisit).where(
            AdviserVisit.id == visit_id, AdviserVisit.user_id == viewer.user_id
        )
    ).first()
    if row is None:
        raise NotFound(Sentence("Vous n’avez pas de visite %(visit_id)s", visit_id=visit_id))
    return row


def visit_lock(row: AdviserVisit) -> str:
    """Return what stands for the state of a visit that a correction is about."""
    return lock_on(row.on, row.minutes, row.kind, row.funding_source_id, row.site_id, row.notes)


def visit_line(session: Session, viewer: Viewer, visit_id: int) -> VisitLine:
    """Return a visit of the viewer; raises NotFound."""
    row = own_visit(session, viewer, visit_id)
    site = session.get(Site, row.site_id) if row.site_id is not None else None
    source = session.get(FundingSource, row.funding_source_id)
    assert source is not None
    return VisitLine(row, site.name if site else None, source.code)


def list_visits(
    session: Session, viewer: Viewer, *, before: int | None = None, limit: int = 50
) -> tuple[list[VisitLine], int | None]:
    """Return the viewer's own visits as they were told, newest first, and where it goes on."""
    query = _lines().where(AdviserVisit.user_id == viewer.user_id)
    if before is not None:
        query = query.where(col(AdviserVisit.id) < before)
    rows = session.exec(query.order_by(col(AdviserVisit.id).desc()).limit(limit + 1)).all()
    lines = [VisitLine(*each) for each in rows]
    return lines[:limit], lines[limit - 1].row.id if len(lines) > limit else None


def month_sheet(session: Session, viewer: Viewer, month: date, login: str | None = None) -> Sheet:
    """Return the sheet of a month: the viewer's own, or another person's by `login`.

    Raises NotAllowed for another's without the right to check hours, NotFound for nobody.
    """
    return _sheet(session, _person(session, viewer, login), month)


def sheet_of_login(session: Session, login: str, month: date) -> Sheet:
    """Return a person's month, as a command asks for it; raises NotFound for nobody."""
    user = session.exec(select(User).where(User.login == login)).first()
    if user is None:
        raise NotFound(f"there is no account {login}")
    return _sheet(session, user, month)


def _sheet(session: Session, user: User, month: date) -> Sheet:
    first = month_of(month)
    rows = session.exec(
        _lines().where(
            AdviserVisit.user_id == user.id,
            AdviserVisit.on >= first,
            AdviserVisit.on < month_after(first),
        )
    ).all()
    return sheet(
        first,
        user.display_name,
        (
            Entry(row.on, row.minutes, VisitKind(row.kind), source, site, row.notes)
            for row, site, source in rows
        ),
    )


def signature(
    session: Session, viewer: Viewer, month: date, login: str | None = None
) -> AdviserMonth | None:
    """Return the signature of a month, None: not signed; raises as `month_sheet` does."""
    user = _person(session, viewer, login)
    return _signed(session, user.id or 0, month)


def sign_month(session: Session, viewer: Viewer, month: date) -> AdviserMonth:
    """Sign the viewer's own month, which then no longer changes; return the signature.

    It keeps the hash of the sheet as CSV. Raises Conflict for a month that is not over, that is
    empty, or that is signed.
    """
    first = month_of(month)
    if clock.now().astimezone(_BRUSSELS).date() < month_after(first):
        raise Conflict(Sentence("Un mois se signe quand il est fini"), where=f"{first:%Y-%m}")
    _refuse_signed(session, viewer.user_id, first)
    found = month_sheet(session, viewer, first)
    if not found.entries:
        raise Conflict(Sentence("Il n’y a pas de temps à signer"), where=f"{first:%Y-%m}")
    row = AdviserMonth(
        user_id=viewer.user_id,
        month=first,
        signed_by=viewer.actor,
        signed_at=clock.now(),
        minutes=found.minutes,
        sha256=hashlib.sha256(sheet_csv(found)).hexdigest(),
    )
    session.add(row)
    session.flush()
    return row


def people_of_month(session: Session, month: date) -> Sequence[tuple[str, str, int]]:
    """Return who told time in a month: login, name and minutes, by name."""
    first = month_of(month)
    return session.exec(
        select(User.login, User.display_name, func.sum(AdviserVisit.minutes))
        .join(AdviserVisit, col(AdviserVisit.user_id) == col(User.id))
        .where(AdviserVisit.on >= first, AdviserVisit.on < month_after(first))
        .group_by(User.login, User.display_name)
        .order_by(User.display_name)
    ).all()


def read_month(text: str) -> date:
    """Return the first day of a month written as 2026-12; raises InvalidInput."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=_BRUSSELS).date()
    except ValueError as error:
        raise InvalidInput(Sentence("Un mois s’écrit 2026-12"), where=text[:20]) from error


def _fill(session: Session, viewer: Viewer, row: AdviserVisit, told: Told) -> None:
    notes = told.notes.replace("\0", "").strip()
    today = clock.now().astimezone(_BRUSSELS).date()
    if not _OLDEST <= told.on <= today:
        raise InvalidInput(Sentence("Le temps se dit une fois passé"), where=told.on.isoformat())
    if not 1 <= told.minutes <= MAX_MINUTES_A_DAY:
        raise WrongDuration(Sentence("Une durée va de 1 minute à 24 heures"))
    if len(notes) > _MAX_NOTES:
        raise InvalidInput(Sentence("Les notes ont au plus %(most)s caractères", most=_MAX_NOTES))
    if session.get(FundingSource, told.funding_source_id) is None:
        raise InvalidInput(
            Sentence(
                "La source de financement %(funding_source_id)s n’existe pas",
                funding_source_id=told.funding_source_id,
            )
        )
    if told.site_id is not None:
        # Raises NotFound out of scope; None: seen, but without the right there.
        site = site_to_work_on(session, viewer, told.site_id, Right.RECORD_VISITS)
        if site is None:
            raise NotAllowed(Sentence("Votre rôle ne note pas de visites dans cette école"))
    _refuse_signed(session, viewer.user_id, told.on)
    others = session.exec(
        select(func.coalesce(func.sum(AdviserVisit.minutes), 0)).where(
            AdviserVisit.user_id == viewer.user_id,
            AdviserVisit.on == told.on,
            col(AdviserVisit.id) != (row.id or 0),
        )
    ).one()
    if others + told.minutes > MAX_MINUTES_A_DAY:
        raise WrongDuration(
            Sentence("Cela fait plus de 24 heures en un jour"), where=told.on.isoformat()
        )
    row.on, row.minutes, row.kind, row.notes = told.on, told.minutes, told.kind.value, notes
    row.site_id, row.funding_source_id = told.site_id, told.funding_source_id
    session.add(row)
    session.flush()


def _lines() -> Select[AdviserVisit, str, str]:
    return (
        select(AdviserVisit, Site.name, FundingSource.code)
        .join(FundingSource, col(FundingSource.id) == col(AdviserVisit.funding_source_id))
        .join(Site, col(Site.id) == col(AdviserVisit.site_id), isouter=True)
    )


def _person(session: Session, viewer: Viewer, login: str | None) -> User:
    if login is not None and login != viewer.login:
        if not viewer.everywhere(Right.CHECK_VISITS):
            raise NotAllowed(Sentence("Votre rôle ne voit pas les heures des autres"))
        user = session.exec(select(User).where(User.login == login)).first()
    else:
        user = session.get(User, viewer.user_id)
    if user is None:
        raise NotFound(Sentence("Cette personne n’existe pas"))
    return user


def _signed(session: Session, user_id: int, day: date) -> AdviserMonth | None:
    return session.exec(
        select(AdviserMonth).where(
            AdviserMonth.user_id == user_id, AdviserMonth.month == month_of(day)
        )
    ).first()


def _refuse_signed(session: Session, user_id: int, day: date) -> None:
    if _signed(session, user_id, day) is not None:
        raise Conflict(
            Sentence("Ce mois est signé\u00a0: ses heures ne changent plus"), where=f"{day:%Y-%m}"
        )
