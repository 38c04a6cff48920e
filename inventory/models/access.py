"""People, what they may do and where, and their sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class UserRole(StrEnum):
    """The roles of the programme; a grant gives one of them over a scope."""

    PROGRAMME_MANAGER = "programme_manager"
    CADASTRE_MANAGER = "cadastre_manager"
    ADVISER = "adviser"
    ORGANISING_AUTHORITY = "organising_authority"
    SCHOOL_HEAD = "school_head"
    SCHOOL_IT_CONTACT = "school_it_contact"
    CONTRACTOR = "contractor"
    INSTALLER = "installer"
    SUPPORT_AGENT = "support_agent"
    CONTRACT_OFFICER = "contract_officer"
    NETWORK_ENGINEER = "network_engineer"
    SUPPLIER = "supplier"


class GrantScope(StrEnum):
    """What a grant's role reaches."""

    ALL = "all"
    PROVINCE = "province"
    EDUCATION_NETWORK = "education_network"
    ORGANISING_AUTHORITY = "organising_authority"
    SITE = "site"
    LOT = "lot"


class User(SQLModel, table=True):
    """A person with an account."""

    __tablename__ = "app_user"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    display_name: str
    email: str | None = None
    password_hash: str | None = Field(
        default=None, description="argon2; None: cannot log in by password"
    )
    locale: str | None = Field(
        default=None, description="the language this person chose; None: as the browser asks"
    )
    active: bool = True
    oidc_subject: str | None = Field(
        default=None,
        unique=True,
        index=True,
        description="issuer and subject of the identity provider, once it vouched for this person",
    )


class Grant(SQLModel, table=True):
    """A role over a scope; `scope_key`: a province's or network's name, a row id, '' for all."""

    __tablename__ = "app_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "scope", "scope_key"),
        Index("ix_app_grant_scope", "scope", "scope_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id")
    role: UserRole = Field(sa_type=text_enum(UserRole))
    scope: GrantScope = Field(sa_type=text_enum(GrantScope))
    scope_key: str = ""


class WebSession(SQLModel, table=True):
    """A logged-in browser; only the hash of its cookie is kept."""

    __tablename__ = "web_session"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="app_user.id", index=True)
    csrf_token: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, description="its end, however busy it is")
    last_seen_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="its last request, to the minute"
    )
    address: str | None = Field(default=None, description="where it was opened from")
    agent: str | None = Field(default=None, description="the browser's User-Agent, cut")


class ApiToken(SQLModel, table=True):
    """A key for programs, acting as its user; only its hash is kept, it is shown once.

    `grants` narrows what it may: a list of role, scope and scope_key, never more than its user
    holds at the moment of use; None: all that its user holds.
    """

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id", index=True)
    name: str
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    grants: list[dict[str, str]] | None = Field(default=None, sa_type=json_column())
    read_only: bool = False
    last_used_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="to the minute"
    )


class Invitation(SQLModel, table=True):
    """A link by which a person sets a password, once; only the hash of its token is kept."""

    __tablename__ = "invitation"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="app_user.id", unique=True, index=True)
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class RetentionRun(SQLModel, table=True):
    """What one purge deleted, or would have: for each kind of data how many, from when to when."""

    __tablename__ = "retention_run"

    id: int | None = Field(default=None, primary_key=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    dry_run: bool
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=json_column())


class LoginThrottle(SQLModel, table=True):
    """Failed logins counted in one window, by login, by address and by both."""

    __tablename__ = "login_throttle"

    bucket: str = Field(primary_key=True, description="SHA-256 of what is counted")
    failures: int = 0
    window_ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
