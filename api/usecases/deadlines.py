"""The terms of dossiers: clocks that follow each move, the late list, and telling of it once.

A clock is opened when its term begins to run, held while the dossier is on hold, and closed when
the step is made. What is late is told and listed; nothing is refused for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, tuple_
from sqlmodel import Session, col, func, select

from api.usecases.brussels import today
from api.usecases.dossier_state import state_of
from api.usecases.due_days import start_missing_reserves
from api.usecases.scope import Viewer, visible_sites
from inventory import clock
from inventory.database import Database
from inventory.events import record_event
from inventory.models import DeadlineClock, Dossier, DossierTransition, Site
from inventory.programme.deadlines.labels import label_of
from inventory.programme.deadlines.terms import (
    OF_ONE_THING,
    Counted,
    Term,
    last_day,
    last_day_after_hold,
    load_terms,
)
from inventory.programme.dossier import DossierState, Role, Status
from inventory.programme.planning.calendar import is_school_day
from inventory.sentences import Sentence

_BRUSSELS = ZoneInfo("Europe/Brussels")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class LatePlace:
    """Where a page of the late list ended."""

    due_on: date
    clock_id: int


@dataclass(frozen=True, slots=True)
class LateFilter:
    """Which of the late ones; None: all of them."""

    ball: Role | None = None
    term_id: str | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class LateLine:
    """One term that was not met: where, who has the ball, since when, and by how many days."""

    clock_id: int
    site_id: int
    site: str
    commune: str | None
    province: str | None
    status: str
    term_id: str
    ball: str
    started_on: date
    due_on: date
    late_days: int


@dataclass(frozen=True, slots=True)
class LatePage:
    """One page of the late list, the longest overdue first; `next` is None at the end."""

    lines: tuple[LateLine, ...]
    next: LatePlace | None


def follow_terms(
    session: Session, dossier: Dossier, state: DossierState, since: date | None = None
) -> None:
    """Open, hold, resume and close the clocks of a dossier that is now in `state`.

    `since` is the day on which terms begin, by default today.
    """
    day = since or today()
    running = {term.id: term for term in load_terms().terms if term.runs(state)}
    open_ones = {each.term_id: each for each in _open_clocks(session, dossier)}
    for each in open_ones.values():
        if state.status is Status.ON_HOLD:
            each.held_on = each.held_on or day
        elif each.held_on is not None:
            _resume(each, day)
        if each.term_id not in OF_ONE_THING and each.term_id not in running:
            each.closed_on = day
    for term in running.values():
        if term.id not in open_ones:
            session.add(_clock(dossier, term, day, held=state.status is Status.ON_HOLD))
    session.flush()


def late_list(
    session: Session,
    viewer: Viewer,
    wanted: LateFilter,
    *,
    after: LatePlace | None = None,
    limit: int = 50,
) -> LatePage:
    """Return the terms that are overdue at the sites that `viewer` sees, page by page."""
    query = (
        select(DeadlineClock, Dossier.status, Site)
        .join(Dossier, col(Dossier.id) == col(DeadlineClock.dossier_id))
        .join(Site, col(Site.id) == col(Dossier.site_id))
        .where(*_running(), DeadlineClock.due_on < today(), visible_sites(viewer))
    )
    if wanted.ball is not None:
        query = query.where(DeadlineClock.ball == wanted.ball)
    if wanted.term_id is not None:
        query = query.where(DeadlineClock.term_id == wanted.term_id)
    if wanted.province is not None:
        query = query.where(Site.province == wanted.province)
    key = (col(DeadlineClock.due_on), col(DeadlineClock.id))
    if after is not None:
        query = query.where(tuple_(*key) > (after.due_on, after.clock_id))
    rows = session.exec(query.order_by(*key).limit(limit + 1)).all()
    lines = tuple(_line(*row) for row in rows[:limit])
    last = LatePlace(lines[-1].due_on, lines[-1].clock_id) if len(rows) > limit else None
    return LatePage(lines, last)


def late_by_ball(session: Session, viewer: Viewer) -> dict[str, int]:
    """Return how many overdue terms wait for each role, at the sites that `viewer` sees."""
    rows = session.exec(
        select(DeadlineClock.ball, func.count())
        .join(Dossier, col(Dossier.id) == col(DeadlineClock.dossier_id))
        .join(Site, col(Site.id) == col(Dossier.site_id))
        .where(*_running(), DeadlineClock.due_on < today(), visible_sites(viewer))
        .group_by(DeadlineClock.ball)
    )
    return dict(rows.all())


def clocks_of(session: Session, site_id: int) -> Sequence[DeadlineClock]:
    """Return the clocks of a site's dossier that are not closed, the first due first."""
    return session.exec(
        select(DeadlineClock)
        .join(Dossier, col(Dossier.id) == col(DeadlineClock.dossier_id))
        .where(Dossier.site_id == site_id, col(DeadlineClock.closed_on).is_(None))
        .order_by(col(DeadlineClock.due_on), col(DeadlineClock.id))
    ).all()


def tell_late(session: Session) -> int:
    """Record an event for each term that became overdue, once; return how many those were."""
    rows = session.exec(
        select(DeadlineClock, Dossier.site_id)
        .join(Dossier, col(Dossier.id) == col(DeadlineClock.dossier_id))
        .where(*_running(), DeadlineClock.due_on < today())
        .where(col(DeadlineClock.told_at).is_(None))
        .order_by(col(DeadlineClock.due_on), col(DeadlineClock.id))
    ).all()
    for each, site_id in rows:
        each.told_at = clock.now()
        record_event(
            session,
            "deadline.passed",
            Sentence(
                "Délai dépassé depuis le %(due)s\u00a0: %(term)s (%(ball)s)",
                due=each.due_on,
                term=Sentence(label_of(each.term_id)),
                ball=Sentence(Role(each.ball).label),
            ),
            site_id=site_id,
            body={"term": each.term_id, "ball": each.ball, "due_on": each.due_on.isoformat()},
        )
    session.flush()
    return len(rows)


def look_at_clocks(database: Database, *, actor: str) -> dict[str, int]:
    """Start the clocks that are missing, then tell of what became overdue; return both counts."""
    with database.write(actor) as session:
        started = start_missing_reserves(session)
    while True:
        with database.write(actor) as session:
            found = start_missing(session)
        started += found
        if found < _BATCH:
            break
    with database.write(actor) as session:
        return {"started": started, "told": tell_late(session)}


def start_missing(session: Session, *, limit: int = _BATCH) -> int:
    """Start the clocks of dossiers that have none: those of before there were terms.

    They begin on the day of the dossier's last step. Returns how many dossiers were looked at.
    """
    statuses = {status.value for term in load_terms().terms for status in term.statuses}
    known = select(DeadlineClock.id).where(
        DeadlineClock.dossier_id == Dossier.id,
        col(DeadlineClock.term_id).not_in(OF_ONE_THING),
    )
    found = session.exec(
        select(Dossier)
        .where(col(Dossier.status).in_(statuses), ~known.exists())
        .order_by(col(Dossier.id))
        .limit(limit)
    ).all()
    for dossier in found:
        follow_terms(session, dossier, state_of(session, dossier), _last_step(session, dossier))
    return len(found)


def _last_step(session: Session, dossier: Dossier) -> date:
    at: datetime | None = session.exec(
        select(func.max(DossierTransition.at)).where(DossierTransition.dossier_id == dossier.id)
    ).one()
    return (at or dossier.updated_at).astimezone(_BRUSSELS).date()


def _running() -> tuple[ColumnElement[bool], ...]:
    return col(DeadlineClock.closed_on).is_(None), col(DeadlineClock.held_on).is_(None)


def _open_clocks(session: Session, dossier: Dossier) -> Sequence[DeadlineClock]:
    return session.exec(
        select(DeadlineClock).where(
            DeadlineClock.dossier_id == dossier.id, col(DeadlineClock.closed_on).is_(None)
        )
    ).all()


def _clock(dossier: Dossier, term: Term, day: date, *, held: bool) -> DeadlineClock:
    assert dossier.id is not None
    return DeadlineClock(
        dossier_id=dossier.id,
        term_id=term.id,
        ball=term.ball,
        started_on=day,
        due_on=last_day(day, term.days, term.counted, is_school_day),
        held_on=day if held else None,
    )


def _resume(each: DeadlineClock, day: date) -> None:
    assert each.held_on is not None
    term = load_terms().term(each.term_id)
    counted = term.counted if term is not None else Counted.CALENDAR
    each.due_on = last_day_after_hold(each.due_on, each.held_on, day, counted, is_school_day)
    each.held_on = None


def _line(each: DeadlineClock, status: str, site: Site) -> LateLine:
    assert each.id is not None
    assert site.id is not None
    return LateLine(
        clock_id=each.id,
        site_id=site.id,
        site=site.name,
        commune=site.commune,
        province=site.province,
        status=status,
        term_id=each.term_id,
        ball=each.ball,
        started_on=each.started_on,
        due_on=each.due_on,
        late_days=(today() - each.due_on).days,
    )
