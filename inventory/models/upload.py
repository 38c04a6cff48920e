"""Files that people handed in: one row each; the bytes stand in a folder, by their hash."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from inventory.files.kinds import MediaType, UploadKind
from inventory.models.columns import UtcDateTime, text_enum


class UploadState(StrEnum):
    """Whether the bytes are there."""

    KEPT = "kept"
    REMOVED = "removed"


class Upload(SQLModel, table=True):
    """A file as it is kept; `sha256` and `size_bytes` are of what is kept, not of what was sent.

    A picture is drawn anew, so that it never equals what was sent.
    """

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_site_id", "site_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(index=True, description="where the bytes stand: uploads/ab/abcd…")
    size_bytes: int
    media_type: MediaType = Field(sa_type=text_enum(MediaType, length=80))
    file_name: str = Field(description="as it was called, cleaned")
    kind: UploadKind = Field(sa_type=text_enum(UploadKind))
    site_id: int | None = Field(
        default=None, foreign_key="site.id", description="None: its uploader's alone"
    )
    uploaded_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    state: UploadState = Field(default=UploadState.KEPT, sa_type=text_enum(UploadState))
