"""Accounts, their passwords and what they were granted.

Only hashes are kept: argon2 of a password, SHA-256 of a session's cookie and of a token (both are
32 random bytes, so that a plain hash cannot be searched).
"""

import hashlib
import secrets
from dataclasses import dataclass
from functools import cache

from pwdlib import PasswordHash
from sqlmodel import Session, col, select

from api.usecases import throttle
from api.usecases.scope import HeldGrant, Viewer
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotAllowed
from inventory.models import (
    Grant,
    GrantScope,
    User,
    UserRole,
)

MIN_PASSWORD_CHARACTERS = 12  # NIST SP 800-63B-4, 3.1.1.2: length, not composition, makes strength
MAX_PASSWORD_CHARACTERS = 256
_ACTOR = "web:login"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A browser's session: who, and the token that its forms carry."""

    viewer: Viewer
    csrf_token: str


class WrongPassword(NotAllowed):
    """The login or the password is wrong; which of the two is not said."""


def add_user(
    session: Session,
    login: str,
    *,
    display_name: str,
    password: str,
    role: UserRole,
    scope: GrantScope = GrantScope.ALL,
    scope_key: str = "",
    email: str | None = None,
) -> User:
    """Make an account with one grant and return it.

    Raises Conflict when the login is taken, InvalidInput for a short password.
    """
    login = login.strip().lower()
    if not login:
        raise InvalidInput("the login is empty")
    if session.exec(select(User).where(User.login == login)).first():
        raise Conflict(f"there is already a user {login}", todo="choose another login")
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise InvalidInput(
            f"a password has {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS} characters",
            where=login,
            todo="several words make a good one",
        )
    user = User(
        login=login,
        display_name=display_name,
        email=email,
        password_hash=_hasher().hash(password),
    )
    session.add(user)
    session.flush()
    assert user.id is not None
    session.add(Grant(user_id=user.id, role=role, scope=scope, scope_key=scope_key))
    return user


def authenticate(database: Database, login: str, password: str, *, address: str) -> Viewer:
    """Return who has this login and password.

    Raises WrongPassword, or TooManyAttempts without having looked at the password. The attempt is
    counted before the password is checked, so that many at once do not slip through; an unknown
    login takes as long as a wrong password.
    """
    login = login.strip().lower()
    with database.write(_ACTOR) as session:
        throttle.count_attempt(session, login, address)
    with database.read() as session:
        user = session.exec(select(User).where(User.login == login)).first()
    stored = user.password_hash if user and user.active else None
    password = password[: MAX_PASSWORD_CHARACTERS + 1]
    right, rehashed = _hasher().verify_and_update(password, stored or _nobody())
    if not right or stored is None or user is None:
        raise WrongPassword("the login or the password is wrong")
    with database.write(f"user:{login}") as session:
        throttle.forget_attempts(session, login, address)
        if rehashed:
            session.merge(user).password_hash = rehashed
        return viewer_of(session, user)


def viewer_of(session: Session, user: User) -> Viewer:
    """Return `user` with what it was granted."""
    assert user.id is not None
    grants = session.exec(select(Grant).where(Grant.user_id == user.id).order_by(col(Grant.id)))
    return Viewer(
        user_id=user.id,
        login=user.login,
        display_name=user.display_name,
        locale=user.locale,
        grants=tuple(HeldGrant(grant.role, grant.scope, grant.scope_key) for grant in grants),
    )


def choose_language(session: Session, user_id: int, tag: str) -> None:
    """Keep the language that a person wants pages in, by its tag (RFC 5646)."""
    user = session.get(User, user_id)
    if user is not None:
        user.locale = tag


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    """Return a hash that no password fits, so that an unknown login costs the same time."""
    return _hasher().hash(secrets.token_urlsafe(32))


def digest(token: str) -> str:
    """Return what is kept of a token: SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()
