"""Browser sessions: opened by a login, ended by a logout, by silence or by their time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, func, select

from api.usecases.access import LoggedIn, authenticate, digest, viewer_of
from api.usecases.throttle import DEFAULT, Limits
from inventory import clock
from inventory.changes import note
from inventory.database import Database
from inventory.models import User, WebSession

NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last seen: a write for each request would be dear."""
_MAX_AGENT = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: what the browser is given, this once."""

    cookie: str
    csrf_token: str


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long sessions last: at most, and without a request."""

    hours: int
    idle_minutes: int | None = None

    def is_fresh(self, seen: datetime | None) -> bool:
        """Return whether it is known well enough when a session was last seen."""
        return seen is not None and seen > clock.now() - NOTED_EVERY

    def idle_since(self) -> datetime | None:
        """Return the moment before which a session that was last seen has ended."""
        if self.idle_minutes is None:
            return None
        return clock.now() - timedelta(minutes=self.idle_minutes) - NOTED_EVERY


def log_in(
    database: Database,
    login: str,
    password: str,
    *,
    address: str,
    session_hours: int,
    limits: Limits = DEFAULT,
    agent: str = "",
) -> str:
    """Return the cookie of a new session; raises as `authenticate` does."""
    viewer = authenticate(database, login, password, address=address, limits=limits)
    with database.write(viewer.actor) as session:
        opened = open_session(
            session, viewer.user_id, hours=session_hours, address=address, agent=agent
        )
        note(session, "login", "app_user", viewer.user_id, {"address": address, "by": "password"})
    return opened.cookie


def open_session(
    session: Session, user_id: int, *, hours: int, address: str | None = None, agent: str = ""
) -> Opened:
    """Open a session of this user and return it."""
    opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    now = clock.now()
    session.exec(delete(WebSession).where(col(WebSession.expires_at) < now))
    session.add(
        WebSession(
            token_hash=digest(opened.cookie),
            user_id=user_id,
            csrf_token=opened.csrf_token,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            last_seen_at=now,
            address=address,
            agent=agent[:_MAX_AGENT] or None,
        )
    )
    return opened


def who_is_logged_in(
    session: Session, cookie: str, *, idle_since: datetime | None = None
) -> LoggedIn | None:
    """Return whose session a cookie is, or None when it is none, has ended or is blocked."""
    query = (
        select(WebSession, User)
        .join(User, col(User.id) == col(WebSession.user_id))
        .where(WebSession.token_hash == digest(cookie))
        .where(WebSession.expires_at > clock.now(), col(User.active))
    )
    if idle_since is not None:
        seen = func.coalesce(WebSession.last_seen_at, WebSession.created_at)
        query = query.where(seen > idle_since)
    row = session.exec(query).first()
    if row is None:
        return None
    kept, user = row
    return LoggedIn(viewer_of(session, user), kept.csrf_token, kept.last_seen_at)


def note_seen(database: Database, cookie: str) -> None:
    """Note that a session is used, unless somebody would have to wait for it."""
    now = clock.now()
    stale = or_(
        col(WebSession.last_seen_at).is_(None), col(WebSession.last_seen_at) < now - NOTED_EVERY
    )
    this = col(WebSession.token_hash) == digest(cookie)
    database.try_append(update(WebSession).where(this, stale).values(last_seen_at=now))


def log_out(session: Session, cookie: str) -> None:
    """End the session of a cookie."""
    ended = session.get(WebSession, digest(cookie))
    if ended is not None:
        session.delete(ended)
        note(session, "logout", "app_user", ended.user_id)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One session of a person, as its owner is shown it. `number` names it: its place in time."""

    name: str
    row: WebSession
    this_one: bool


def sessions_of(session: Session, user_id: int, cookie: str) -> list[OwnSession]:
    """Return the sessions of a person that have not ended, the newest first."""
    rows = session.exec(
        select(WebSession)
        .where(WebSession.user_id == user_id, WebSession.expires_at > clock.now())
        .order_by(col(WebSession.created_at).desc(), col(WebSession.token_hash))
    )
    own = digest(cookie)
    return [OwnSession(_name(row.token_hash), row, row.token_hash == own) for row in rows]


def end_session(session: Session, user_id: int, name: str) -> bool:
    """End one session of a person by its name; return whether there was one."""
    for row in session.exec(select(WebSession).where(WebSession.user_id == user_id)):
        if _name(row.token_hash) == name:
            session.delete(row)
            note(session, "logout", "app_user", user_id, {"ended": "by its owner"})
            return True
    return False


def end_sessions(session: Session, user_id: int, *, but: str | None = None) -> int:
    """End every session of a person, but that of the cookie `but`; return how many."""
    kept = digest(but) if but else ""
    rows = session.exec(
        select(WebSession).where(WebSession.user_id == user_id, WebSession.token_hash != kept)
    ).all()
    for row in rows:
        session.delete(row)
    return len(rows)


def _name(token_hash: str) -> str:
    # The hash of the hash: what a page shows says nothing of what is kept.
    return digest(token_hash)[:16]
