"""Keys for programs: they act as their user, until they end."""

import secrets
from datetime import timedelta

from sqlmodel import Session, col, select

from api.usecases.access import digest, viewer_of
from api.usecases.scope import Viewer
from inventory import clock
from inventory.errors import NotFound
from inventory.models import ApiToken, User

TOKEN_PREFIX = "preau_"  # noqa: S105 - lets a secret scanner know ours


def new_token(session: Session, login: str, *, name: str, days: int) -> str:
    """Return a new API token of `login`, which is shown this once; raises NotFound."""
    user = session.exec(select(User).where(User.login == login.strip().lower())).first()
    if user is None or user.id is None:
        raise NotFound(f"there is no user {login}", todo="see: preau user list")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            user_id=user.id,
            name=name,
            token_hash=digest(token),
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=days),
        )
    )
    return token


def whose_token(session: Session, token: str) -> Viewer | None:
    """Return the user of an API token, or None when it is none, has ended or is blocked."""
    user = session.exec(
        select(User)
        .join(ApiToken, col(ApiToken.user_id) == col(User.id))
        .where(ApiToken.token_hash == digest(token))
        .where(ApiToken.expires_at > clock.now(), col(User.active))
    ).first()
    return viewer_of(session, user) if user else None
