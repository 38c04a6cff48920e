"""The address of a person's calendar: a secret in it, as calendar programs cannot log in."""

import secrets

from sqlmodel import Session, col, select

from api.usecases.access import digest, viewer_of
from api.usecases.scope import Viewer
from inventory import clock
from inventory.models import CalendarFeed, User


def new_feed(session: Session, user_id: int) -> str:
    """Return the secret of a new address, shown this once; the one before works no more."""
    token = secrets.token_urlsafe(32)
    end_feed(session, user_id)
    session.add(CalendarFeed(user_id=user_id, token_hash=digest(token), created_at=clock.now()))
    session.flush()
    return token


def end_feed(session: Session, user_id: int) -> None:
    """Let the address of a person's calendar work no more."""
    row = session.get(CalendarFeed, user_id)
    if row is not None:
        session.delete(row)
        session.flush()


def has_feed(session: Session, user_id: int) -> bool:
    """Return whether a person has a calendar's address."""
    return session.get(CalendarFeed, user_id) is not None


def whose_feed(session: Session, token: str) -> Viewer | None:
    """Return whose calendar it is; None when it is nobody's, or that person is blocked."""
    user = session.exec(
        select(User)
        .join(CalendarFeed, col(CalendarFeed.user_id) == col(User.id))
        .where(CalendarFeed.token_hash == digest(token), col(User.active))
    ).first()
    return viewer_of(session, user) if user else None
