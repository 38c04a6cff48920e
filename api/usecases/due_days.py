"""The own due days of single things: a prerequisite, a reserve.

Each open one with a due day has one clock of its site's dossier, so that the late list holds it
beside the steps. It follows that day and closes with the thing; on hold it stands still, as all.
"""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from api.usecases.brussels import today
from inventory.models import DeadlineClock, Dossier, Prerequisite, Reserve
from inventory.programme.deadlines.terms import PREREQUISITE, RESERVE
from inventory.programme.dossier import Role, Status


def follow_prerequisite(session: Session, prerequisite: Prerequisite) -> None:
    """Let the clock of a prerequisite's own due day run, follow that day, or close it."""
    found = session.exec(
        select(DeadlineClock)
        .where(DeadlineClock.prerequisite_id == prerequisite.id)
        .where(col(DeadlineClock.closed_on).is_(None))
    ).first()
    over = prerequisite.lifted_at is not None
    started = _followed(session, found, prerequisite.site_id, prerequisite.due_on, over=over)
    if started is not None:
        started.term_id, started.prerequisite_id = PREREQUISITE, prerequisite.id
        started.ball = Role.ORGANISING_AUTHORITY
    session.flush()


def follow_reserves(session: Session, reserves: Iterable[Reserve]) -> int:
    """Do the same for reserves, which contractors remove; return how many clocks were started."""
    number = 0
    for reserve in reserves:
        found = session.exec(
            select(DeadlineClock)
            .where(DeadlineClock.reserve_id == reserve.id)
            .where(col(DeadlineClock.closed_on).is_(None))
        ).first()
        over = reserve.lifted_at is not None
        started = _followed(session, found, reserve.site_id, reserve.due_on, over=over)
        if started is not None:
            started.term_id, started.reserve_id = RESERVE, reserve.id
            started.ball = Role.CONTRACTOR
            number += 1
    session.flush()
    return number


def start_missing_reserves(session: Session) -> int:
    """Start the clocks of open reserves that have none: those of before reserves had clocks."""
    known = select(DeadlineClock.id).where(DeadlineClock.reserve_id == Reserve.id)
    found = session.exec(
        select(Reserve)
        .where(col(Reserve.lifted_at).is_(None), col(Reserve.due_on).is_not(None))
        .where(~known.exists())
        .order_by(col(Reserve.id))
    ).all()
    return follow_reserves(session, found)


def _followed(
    session: Session, found: DeadlineClock | None, site_id: int, due_on: date | None, *, over: bool
) -> DeadlineClock | None:
    """Bring an open clock up to date, or return a new one where one is to run."""
    if found is not None:
        if due_on is not None and due_on != found.due_on:
            # Late by another day is told again.
            found.due_on, found.told_at = due_on, None
        found.closed_on = today() if over or due_on is None else None
        return None
    if due_on is None or over:
        return None
    dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).first()
    if dossier is None or dossier.id is None:
        return None
    started = DeadlineClock(
        dossier_id=dossier.id,
        term_id="",
        ball="",
        started_on=today(),
        due_on=due_on,
        held_on=today() if dossier.status == Status.ON_HOLD else None,
    )
    session.add(started)
    return started
