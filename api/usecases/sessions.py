"""Browser sessions: opened by a login, ended by a logout or by their time."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from api.usecases.access import LoggedIn, authenticate, digest, viewer_of
from inventory import clock
from inventory.database import Database
from inventory.models import User, WebSession


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: what the browser is given, this once."""

    cookie: str
    csrf_token: str


def log_in(
    database: Database, login: str, password: str, *, address: str, session_hours: int
) -> str:
    """Return the cookie of a new session; raises as `authenticate` does."""
    viewer = authenticate(database, login, password, address=address)
    with database.write(viewer.actor) as session:
        return open_session(session, viewer.user_id, hours=session_hours).cookie


def open_session(session: Session, user_id: int, *, hours: int) -> Opened:
    """Open a session of this user and return it."""
    opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    session.exec(delete(WebSession).where(col(WebSession.expires_at) < clock.now()))
    session.add(
        WebSession(
            token_hash=digest(opened.cookie),
            user_id=user_id,
            csrf_token=opened.csrf_token,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(hours=hours),
        )
    )
    return opened


def who_is_logged_in(session: Session, cookie: str) -> LoggedIn | None:
    """Return whose session a cookie is, or None when it is none, has ended or is blocked."""
    row = session.exec(
        select(WebSession, User)
        .join(User, col(User.id) == col(WebSession.user_id))
        .where(WebSession.token_hash == digest(cookie))
        .where(WebSession.expires_at > clock.now(), col(User.active))
    ).first()
    return LoggedIn(viewer_of(session, row[1]), row[0].csrf_token) if row else None


def log_out(session: Session, cookie: str) -> None:
    """End the session of a cookie."""
    session.exec(delete(WebSession).where(col(WebSession.token_hash) == digest(cookie)))
