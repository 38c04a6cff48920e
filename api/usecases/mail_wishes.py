"""Which mail a person wants, and where it goes."""

from sqlmodel import Session

from inventory.models import MailPreference, MailWish, User


def mail_wish(session: Session, user_id: int) -> MailWish:
    """Return what a person chose; reminders of deadlines for who chose nothing."""
    row = session.get(MailPreference, user_id)
    return row.wish if row else MailWish.DEADLINES


def choose_mail(session: Session, user_id: int, wish: MailWish) -> None:
    """Keep which mail a person wants."""
    row = session.get(MailPreference, user_id)
    if row is None:
        session.add(MailPreference(user_id=user_id, wish=wish))
    else:
        row.wish = wish
    session.flush()


def mail_address(session: Session, user_id: int) -> str | None:
    """Return a person's address; None: not told, and no mail is sent."""
    user = session.get(User, user_id)
    return user.email if user else None
