"""Cadastre campaigns: editions, a response per school site, each field with who filled it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum
from inventory.programme.cadastre.observing import Source
from inventory.programme.cadastre.states import ResponseState


class CadastreQuestionnaire(SQLModel, table=True):
    """One version of the questionnaire, as the editions that use it were answered."""

    __tablename__ = "cadastre_questionnaire"

    id: int | None = Field(default=None, primary_key=True)
    version: str = Field(unique=True)
    body: dict[str, Any] = Field(
        sa_type=json_column(), description="programme.cadastre.questionnaire.Questionnaire"
    )
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class CadastreEdition(SQLModel, table=True):
    """A campaign, as INCOR26. Schools submit from `opens_on` to `closes_on`, both included."""

    __tablename__ = "cadastre_edition"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    title: str
    opens_on: date
    closes_on: date
    questionnaire_version: str = Field(foreign_key="cadastre_questionnaire.version", index=True)


class CadastreResponse(SQLModel, table=True):
    """What one site answers in one edition. `version` grows with every write."""

    __tablename__ = "cadastre_response"
    __table_args__ = (
        UniqueConstraint("edition_id", "site_id"),
        Index("ix_cadastre_response_edition_state_id", "edition_id", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="cadastre_edition.id")
    site_id: int = Field(foreign_key="site.id", index=True)
    state: ResponseState = Field(default=ResponseState.DRAFT, sa_type=text_enum(ResponseState))
    version: int = 1
    percent: int = Field(default=0, description="of the questions that need an answer")
    started_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class CadastreAnswer(SQLModel, table=True):
    """One field of a response: its canonical value, and who gave it when.

    `version` is the response's at that write: who fills beside others is told what changed since.
    """

    __tablename__ = "cadastre_answer"

    response_id: int = Field(foreign_key="cadastre_response.id", primary_key=True)
    field_id: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_type=json_column(), nullable=True)
    source: Source = Field(default=Source.PERSON, sa_type=text_enum(Source))
    version: int
    changed_by: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class CadastreRemark(SQLModel, table=True):
    """What a cadastre manager asks about a field, a section, or (neither told) the whole."""

    __tablename__ = "cadastre_remark"
    __table_args__ = (Index("ix_cadastre_remark_response_id", "response_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="cadastre_response.id")
    section_id: str | None = None
    field_id: str | None = None
    text: str
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: str | None = None


class CadastreSubmission(SQLModel, table=True):
    """A signature: who sent what, with the hash of the canonical text; and what was decided.

    The text is kept as it was signed, whatever is filled in later. `transition_id` is the step of
    the dossier that came of it; None where the dossier is past the cadastre.
    """

    __tablename__ = "cadastre_submission"
    __table_args__ = (Index("ix_cadastre_submission_response_id", "response_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="cadastre_response.id")
    signed_by: str
    signed_name: str
    signed_at: datetime = Field(sa_type=UtcDateTime)
    document: str
    sha256: str
    transition_id: int | None = Field(default=None, foreign_key="dossier_transition.id", index=True)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    validation: str | None = Field(default=None, description="the text of the validation")
