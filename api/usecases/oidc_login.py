"""Which account is whose, when an identity provider vouches for somebody.

The account must exist. The first login binds it to the provider's subject, which is never given to
another person, while a name or an e-mail address may be.
"""

from sqlmodel import Session, col, func, select

from api.usecases.oidc import LoginRefused, Vouched
from api.usecases.sessions import open_session
from inventory.changes import note
from inventory.database import Database
from inventory.models import User
from inventory.sentences import Sentence

_ACTOR = "web:login"


class NoAccount(LoginRefused):
    """The provider knows this person; Préau has no account for them, or it is blocked."""


def log_in_vouched(
    database: Database,
    vouched: Vouched,
    *,
    by_email: bool,
    hours: int,
    address: str,
    agent: str = "",
) -> str:
    """Return the cookie of a new session of who was vouched for.

    `by_email`: the claim is an e-mail address, not a login. Raises NoAccount, told to the log.
    """
    with database.write(_ACTOR) as session:
        user = _account(session, vouched, by_email=by_email)
        if user is None:
            note(session, "login_failed", "app_user", "", {"address": address, "by": "provider"})
        else:
            user.oidc_subject = vouched.subject
            opened = open_session(session, user.id or 0, hours=hours, address=address, agent=agent)
            told = {"address": address, "by": "provider"}
            note(session, "login", "app_user", user.id, told, actor=f"user:{user.login}")
    if user is None:
        raise NoAccount(
            Sentence("Cette personne n’a pas de compte"), todo=Sentence("demandez une invitation")
        )
    return opened.cookie


def _account(session: Session, vouched: Vouched, *, by_email: bool) -> User | None:
    bound = session.exec(select(User).where(User.oidc_subject == vouched.subject)).first()
    if bound is not None:
        return bound if bound.active else None
    named = func.lower(User.email) == vouched.name if by_email else col(User.login) == vouched.name
    found = session.exec(select(User).where(named, col(User.active))).all()
    # Two accounts of one address, or one that is bound to somebody else: nobody is guessed.
    if len(found) != 1 or found[0].oidc_subject is not None:
        return None
    return found[0]
