"""Keys for programs: they act as their user, or as less, until they end."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from api.usecases.access import digest, find_user, viewer_of
from api.usecases.grants import parse_scope
from api.usecases.scope import HeldGrant, HeldToken, Viewer, covers
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput, NotAllowed, NotFound
from inventory.models import ApiToken, Grant, GrantScope, User, UserRole
from inventory.sentences import Sentence

TOKEN_PREFIX = "preau_"  # noqa: S105 - lets a secret scanner know ours
MAX_DAYS = 730
MAX_TOKENS = 50
NOTED_EVERY = timedelta(minutes=1)


def new_token(
    session: Session,
    login: str,
    *,
    name: str,
    days: int,
    grants: Sequence[HeldGrant] | None = None,
    read_only: bool = False,
) -> str:
    """Return a new API token of `login`, which is shown this once.

    `grants` narrows what it may; None: all that its user holds. Raises NotFound, InvalidInput, and
    NotAllowed for a grant that its user does not hold.
    """
    user = find_user(session, login)
    name = name.replace("\0", "").strip()
    if not name or len(name) > 60:
        raise InvalidInput(
            Sentence("Un jeton a un nom de 1 à 60 caractères"),
            todo=Sentence("dites à quoi il sert"),
        )
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(Sentence("Un jeton vaut de 1 à %(most)s jours", most=MAX_DAYS))
    if len(tokens_of(session, user.id or 0)) >= MAX_TOKENS:
        raise InvalidInput(
            Sentence("Il y a déjà %(most)s jetons", most=MAX_TOKENS),
            todo=Sentence("révoquez-en un"),
        )
    held = viewer_of(session, user).grants
    for wanted in grants or ():
        if not _within(session, held, wanted):
            raise NotAllowed(
                Sentence(
                    "%(login)s n’a pas là le rôle %(role)s", login=user.login, role=wanted.role
                ),
                where=name,
            )
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            user_id=user.id or 0,
            name=name,
            token_hash=digest(token),
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=days),
            grants=None if grants is None else [_told(each) for each in grants],
            read_only=read_only,
        )
    )
    return token


def narrowed(
    session: Session, held: Sequence[HeldGrant], role: UserRole | None, scope: str | None
) -> list[HeldGrant]:
    """Return what is left of `held` for one role alone, or one scope: each role held there.

    Raises NotAllowed when nothing is, and as `parse_scope` does.
    """
    of_role = [each for each in held if role is None or each.role is role]
    if scope is None:
        found = of_role
    else:
        kind, key = parse_scope(session, scope)
        wanted = dict.fromkeys(HeldGrant(each.role, kind, key) for each in of_role)
        found = [each for each in wanted if _within(session, held, each)]
    if not found:
        raise NotAllowed("the account does not hold this", todo="see: preau user list")
    return found


# Every request of a program asks this, so it is one statement for plain values, made once.
_WHOSE: Any = (
    sa_select(
        col(User.id).label("user_id"),
        col(User.login),
        col(User.display_name),
        col(User.locale),
        col(ApiToken.id),
        col(ApiToken.name),
        col(ApiToken.read_only),
        col(ApiToken.last_used_at),
        col(ApiToken.grants).label("narrowed"),
        col(Grant.role),
        col(Grant.scope),
        col(Grant.scope_key),
    )
    .join(ApiToken, col(ApiToken.user_id) == col(User.id))
    .outerjoin(Grant, col(Grant.user_id) == col(User.id))
    .where(col(ApiToken.token_hash) == bindparam("token_hash"))
    .where(col(ApiToken.expires_at) > bindparam("now"), col(User.active))
    .order_by(col(Grant.id))
)


def whose_token(session: Session, token: str) -> Viewer | None:
    """Return the user of an API token, or None when it is none, has ended or is blocked.

    It may what its user holds now, and of that only what the token says.
    """
    told = {"token_hash": digest(token), "now": clock.now()}
    rows = session.connection().execute(_WHOSE, told).all()
    if not rows:
        return None
    kept = rows[0]
    grants = tuple(HeldGrant(each.role, each.scope, each.scope_key) for each in rows if each.role)
    if kept.narrowed is not None:
        wanted = [_read(each) for each in kept.narrowed]
        grants = tuple(each for each in wanted if _within(session, grants, each))
    return Viewer(
        kept.user_id,
        kept.login,
        kept.display_name,
        kept.locale,
        grants,
        HeldToken(kept.id, kept.name, kept.read_only, kept.last_used_at),
    )


def note_used(database: Database, token: HeldToken) -> None:
    """Note that a token is used, to the minute, unless somebody would have to wait for it."""
    now = clock.now()
    if token.last_used_at is not None and token.last_used_at > now - NOTED_EVERY:
        return
    last = col(ApiToken.last_used_at)
    database.try_append(
        update(ApiToken)
        .where(col(ApiToken.id) == token.id, or_(last.is_(None), last < now - NOTED_EVERY))
        .values(last_used_at=now)
    )


def tokens_of(session: Session, user_id: int) -> list[ApiToken]:
    """Return a person's tokens that still work, the newest first."""
    return list(
        session.exec(
            select(ApiToken)
            .where(ApiToken.user_id == user_id, ApiToken.expires_at > clock.now())
            .order_by(col(ApiToken.id).desc())
        )
    )


def revoke_token(session: Session, user_id: int, token_id: int) -> str:
    """End a person's token at once and return its name; raises NotFound for any other."""
    row = session.get(ApiToken, token_id)
    if row is None or row.user_id != user_id:
        raise NotFound(Sentence("Ce compte n’a pas de jeton %(token_id)s", token_id=token_id))
    session.delete(row)
    return row.name


def held_of(token: ApiToken) -> list[HeldGrant] | None:
    """Return what a token is narrowed to; None: all that its user holds."""
    return None if token.grants is None else [_read(each) for each in token.grants]


def _within(session: Session, held: Sequence[HeldGrant], wanted: HeldGrant) -> bool:
    return covers(session, [each for each in held if each.role is wanted.role], wanted)


def _told(grant: HeldGrant) -> dict[str, str]:
    return {"role": grant.role, "scope": grant.scope, "scope_key": grant.scope_key}


def _read(told: dict[str, str]) -> HeldGrant:
    return HeldGrant(UserRole(told["role"]), GrantScope(told["scope"]), told["scope_key"])
