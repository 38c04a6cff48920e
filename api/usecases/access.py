"""Accounts, their passwords and what they were granted.

Only hashes are kept: argon2 of a password, SHA-256 of a session's cookie and of a token (both are
32 random bytes, so that a plain hash cannot be searched).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pwdlib import PasswordHash
from sqlmodel import Session, col, select

from api.usecases import throttle
from api.usecases.scope import HeldGrant, Viewer
from api.usecases.throttle import DEFAULT, Limits
from inventory.changes import note
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.models import (
    Grant,
    GrantScope,
    User,
    UserRole,
)
from inventory.sentences import Sentence

MIN_PASSWORD_CHARACTERS = 12  # NIST SP 800-63B-4, 3.1.1.2: length, not composition, makes strength
MAX_PASSWORD_CHARACTERS = 256
_ACTOR = "web:login"


class WrongAccount(InvalidInput):
    """A login or a name that no account has."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A browser's session: who, and the token that its forms carry."""

    viewer: Viewer
    csrf_token: str
    last_seen_at: datetime | None = None


class WrongPassword(NotAllowed):
    """The login or the password is wrong; which of the two is not said."""


def add_user(
    session: Session,
    login: str,
    *,
    display_name: str,
    password: str | None,
    role: UserRole,
    scope: GrantScope = GrantScope.ALL,
    scope_key: str = "",
    email: str | None = None,
) -> User:
    """Make an account with one grant and return it; without a password it waits for an invitation.

    Raises Conflict when the login is taken, InvalidInput for a short password.
    """
    user = new_account(session, login, display_name=display_name, email=email)
    if password is not None:
        user.password_hash = hash_of(password, login=user.login)
    assert user.id is not None
    session.add(Grant(user_id=user.id, role=role, scope=scope, scope_key=scope_key))
    return user


def new_account(
    session: Session, login: str, *, display_name: str, email: str | None = None
) -> User:
    """Make an account that may do nothing and has no password; raises Conflict, WrongAccount."""
    login = login.strip().lower()
    display_name, email = display_name.strip(), (email or "").strip().lower() or None
    if not login or any(each.isspace() for each in login) or "\0" in login + display_name:
        raise WrongAccount(Sentence("Un nom d’utilisateur n’a pas d’espaces et n’est pas vide"))
    if not display_name:
        raise WrongAccount(Sentence("Le nom est vide"), where=login)
    if session.exec(select(User).where(User.login == login)).first():
        raise Conflict(
            Sentence("L’utilisateur %(login)s existe déjà", login=login),
            todo=Sentence("choisissez un autre nom d’utilisateur"),
        )
    user = User(login=login, display_name=display_name, email=email)
    session.add(user)
    session.flush()
    return user


def hash_of(password: str, *, login: str) -> str:
    """Return what is kept of a new password; raises InvalidInput for one that is too short."""
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise InvalidInput(
            Sentence(
                "Un mot de passe a de %(least)s à %(most)s caractères",
                least=MIN_PASSWORD_CHARACTERS,
                most=MAX_PASSWORD_CHARACTERS,
            ),
            where=login,
            todo=Sentence("plusieurs mots en font un bon"),
        )
    if password.casefold() == login.casefold():
        raise InvalidInput(Sentence("Un mot de passe n’est pas le nom d’utilisateur"), where=login)
    return _hasher().hash(password)


def find_user(session: Session, login: str) -> User:
    """Return the account of a login; raises NotFound."""
    user = session.exec(select(User).where(User.login == login.strip().lower())).first()
    if user is None:
        raise NotFound(
            Sentence("L’utilisateur %(login)s n’existe pas", login=login),
            todo=Sentence("voyez\u00a0: preau user list"),
        )
    return user


def authenticate(
    database: Database, login: str, password: str, *, address: str, limits: Limits = DEFAULT
) -> Viewer:
    """Return who has this login and password.

    Raises WrongPassword, or TooManyAttempts without having looked at the password. The attempt is
    counted before the password is checked, so that many at once do not slip through; an unknown
    login takes as long as a wrong password. Failures are told to the audit log.
    """
    login = login.strip().lower()
    with database.write(_ACTOR) as session:
        last = throttle.count_attempt(session, login, address, limits)
    with database.read() as session:
        user = session.exec(select(User).where(User.login == login)).first()
    stored = user.password_hash if user and user.active else None
    password = password[: MAX_PASSWORD_CHARACTERS + 1]
    right, rehashed = _hasher().verify_and_update(password, stored or _nobody())
    if not right or stored is None or user is None:
        _note_failure(database, login, address, last=last)
        raise WrongPassword(Sentence("Le nom d’utilisateur ou le mot de passe est faux"))
    with database.write(f"user:{login}") as session:
        throttle.forget_attempts(session, login, address, limits)
        if rehashed:
            session.merge(user).password_hash = rehashed
        return viewer_of(session, user)


def _note_failure(database: Database, login: str, address: str, *, last: bool) -> None:
    # A login that is nobody's is not kept: people type their password there by mistake.
    with database.write(_ACTOR) as session:
        user = session.exec(select(User).where(User.login == login)).first()
        told = {"address": address, **({"login": user.login} if user else {})}
        if last:
            told["locked"] = "no more is looked at for a while"
        note(session, "login_failed", "app_user", user.id if user else "", told)


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


def viewer_named(session: Session, actor: str) -> Viewer:
    """Return who stands as `actor` in change records, with what they may do now.

    For work that is done after it was asked for. Raises NotFound when the account is gone or
    closed.
    """
    login = actor.removeprefix("user:")
    user = session.exec(select(User).where(User.login == login, col(User.active))).first()
    if user is None:
        raise NotFound(Sentence("Il n’y a pas de compte %(login)s", login=login))
    return viewer_of(session, user)


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
