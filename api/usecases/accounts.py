"""Accounts under management: who manages whom, invitations, passwords, blocking.

Who manages users sees those who hold something within their own scope, and of them only that.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, true
from sqlmodel import Session, col, select

from api.usecases.access import authenticate, digest, hash_of, new_account
from api.usecases.grants import give
from api.usecases.scope import GIVABLE, ROLES, HeldGrant, Right, Viewer, sites_of
from api.usecases.sessions import end_sessions
from api.usecases.throttle import DEFAULT, Limits
from inventory import clock
from inventory.database import Database
from inventory.errors import NotAllowed, NotFound
from inventory.models import Grant, GrantScope, Invitation, Site, User
from inventory.sentences import Sentence

INVITATION_DAYS = 7
INVITATION_PATH = "/invitation"


@dataclass(frozen=True, slots=True)
class Managed:
    """An account, and what of its grants is within the scope of who manages it."""

    user: User
    grants: tuple[HeldGrant, ...]
    invited: bool
    whole: bool
    """Nothing that it holds is out of scope: it may be blocked, or invited again."""


def list_users(
    session: Session, viewer: Viewer, *, after: str | None = None, limit: int = 50
) -> list[Managed]:
    """Return the accounts that `viewer` manages, by login, those after the login `after`."""
    within = _within(viewer)
    query = select(User).order_by(col(User.login)).limit(limit)
    if after is not None:
        query = query.where(col(User.login) > after)
    if not viewer.everywhere(Right.MANAGE_USERS):
        held = select(col(Grant.user_id)).where(within)
        query = query.where(col(User.id).in_(held))
    return _managed(session, session.exec(query).all(), within)


def managed_user(session: Session, viewer: Viewer, user_id: int) -> Managed:
    """Return one account that `viewer` manages; raises NotFound for any other."""
    user = session.get(User, user_id)
    found = _managed(session, [user], _within(viewer)) if user else []
    if not found or not (found[0].grants or viewer.everywhere(Right.MANAGE_USERS)):
        raise NotFound(Sentence("Le compte %(user_id)s n’existe pas", user_id=user_id))
    return found[0]


def _within(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on Grant that holds those whose scope `viewer` manages."""
    managed = [each for each in viewer.grants if each.role in ROLES[Right.MANAGE_USERS]]
    if any(each.scope is GrantScope.ALL for each in managed):
        return true()
    if not managed:
        return false()
    same = [
        and_(col(Grant.scope) == each.scope, col(Grant.scope_key) == each.scope_key)
        for each in managed
    ]
    sites = select(cast(col(Site.id), String)).where(sites_of(managed))
    of_a_site = and_(col(Grant.scope) == GrantScope.SITE, col(Grant.scope_key).in_(sites))
    return or_(*same, of_a_site)


def _managed(session: Session, users: Sequence[User], within: ColumnElement[bool]) -> list[Managed]:
    ids = [user.id or 0 for user in users]
    every = session.exec(select(Grant).where(col(Grant.user_id).in_(ids)).order_by(col(Grant.id)))
    held: dict[int, list[Grant]] = {}
    for row in every:
        held.setdefault(row.user_id, []).append(row)
    inside = set(session.exec(select(Grant.id).where(col(Grant.user_id).in_(ids), within)))
    invited = set(
        session.exec(
            select(Invitation.user_id).where(
                col(Invitation.user_id).in_(ids), Invitation.expires_at > clock.now()
            )
        )
    )
    found = []
    for user in users:
        rows = held.get(user.id or 0, [])
        shown = tuple(HeldGrant(r.role, r.scope, r.scope_key) for r in rows if r.id in inside)
        found.append(Managed(user, shown, user.id in invited, len(shown) == len(rows)))
    return found


def invite(
    session: Session,
    by: Viewer,
    login: str,
    grant: HeldGrant,
    *,
    display_name: str,
    email: str | None = None,
) -> tuple[User, str]:
    """Make an account with one grant; return it and the token of the link that sets its password.

    Raises as `new_account` and `give` do.
    """
    user = new_account(session, login, display_name=display_name, email=email)
    give(session, user, grant, by=by)
    return user, new_invitation(session, user, created_by=by.actor)


def new_invitation(session: Session, user: User, *, created_by: str) -> str:
    """Return the token of a new link by which `user` sets a password, once; older links end."""
    for old in session.exec(select(Invitation).where(Invitation.user_id == user.id)):
        session.delete(old)
    session.flush()
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            token_hash=digest(token),
            user_id=user.id or 0,
            created_by=created_by,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
        )
    )
    return token


def whose_invitation(session: Session, token: str) -> User | None:
    """Return who an invitation is for; None when it is none, was used, or has ended."""
    return session.exec(
        select(User)
        .join(Invitation, col(Invitation.user_id) == col(User.id))
        .where(Invitation.token_hash == digest(token))
        .where(Invitation.expires_at > clock.now(), col(User.active))
    ).first()


def accept_invitation(session: Session, token: str, password: str) -> User:
    """Set the password that an invitation asks for; it works no more. Raises NotFound."""
    user = whose_invitation(session, token)
    if user is None:
        raise NotFound(
            Sentence("Ce lien a servi, ou il a pris fin"), todo=Sentence("demandez-en un nouveau")
        )
    set_password(session, user, password)
    return user


def set_password(session: Session, user: User, password: str) -> None:
    """Keep a new password: every session of the person ends, and every link to set one."""
    user.password_hash = hash_of(password, login=user.login)
    end_sessions(session, user.id or 0)
    for old in session.exec(select(Invitation).where(Invitation.user_id == user.id)):
        session.delete(old)


def change_own_password(
    database: Database,
    viewer: Viewer,
    *,
    current: str,
    wanted: str,
    address: str,
    limits: Limits = DEFAULT,
) -> None:
    """Change one's own password, knowing the old one; raises as `authenticate` and `hash_of` do."""
    authenticate(database, viewer.login, current, address=address, limits=limits)
    with database.write(viewer.actor) as session:
        set_password(session, session.get_one(User, viewer.user_id), wanted)


def block(session: Session, user: User, *, by: Viewer | None) -> None:
    """Let an account do nothing any more: its sessions end, its tokens and links work no more."""
    if by is not None:
        _must_be_whole(session, by, user)
    user.active = False
    end_sessions(session, user.id or 0)


def unblock(session: Session, user: User, *, by: Viewer | None) -> None:
    """Let a blocked account work again."""
    if by is not None:
        _must_be_whole(session, by, user)
    user.active = True


def invite_again(session: Session, user: User, *, by: Viewer) -> str:
    """Return the token of a new link to set a password."""
    _must_be_whole(session, by, user)
    return new_invitation(session, user, created_by=by.actor)


def _must_be_whole(session: Session, by: Viewer, user: User) -> None:
    if user.id == by.user_id:
        raise NotAllowed(
            Sentence("Personne ne fait cela à son propre compte"),
            todo=Sentence("demandez à un collègue"),
        )
    managed = managed_user(session, by, user.id or 0)
    if not managed.whole:
        raise NotAllowed(
            Sentence("Ce compte travaille aussi ailleurs"),
            todo=Sentence("demandez à qui gère l’ensemble"),
        )
    if any(grant.role not in GIVABLE for grant in managed.grants):
        raise NotAllowed(
            Sentence("Ce compte se gère sur la machine même"),
            todo=Sentence("avec\u00a0: preau user"),
        )
