"""Mail that waits to be sent, was sent, or could not be; and each person's calendar address."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, text_enum

_WAITS = text("sent_at IS NULL AND given_up_at IS NULL")


class MailWish(StrEnum):
    """Which mail a person wants."""

    NONE = "none"
    DEADLINES = "deadlines"
    WEEKLY = "weekly"


class OutgoingMail(SQLModel, table=True):
    """One message. `key` says what it is for: the same is never queued twice."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index(
            "ix_outgoing_mail_waiting",
            "not_before",
            "id",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    user_id: int = Field(foreign_key="app_user.id", index=True)
    to_address: str
    subject: str
    body: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    not_before: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    error: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MailPreference(SQLModel, table=True):
    """What one person wants; who has no row wants `DEADLINES`."""

    __tablename__ = "mail_preference"

    user_id: int = Field(foreign_key="app_user.id", primary_key=True)
    wish: MailWish = Field(sa_type=text_enum(MailWish))


class CalendarFeed(SQLModel, table=True):
    """The address of a person's calendar; only the hash of its secret part is kept."""

    __tablename__ = "calendar_feed"

    user_id: int = Field(foreign_key="app_user.id", primary_key=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
