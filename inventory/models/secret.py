"""Sealed secrets. Everything else holds their names only."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime


class Secret(SQLModel, table=True):
    """One secret, sealed with AES-GCM under the key that `key_id` names."""

    __tablename__ = "secret"

    name: str = Field(primary_key=True)
    key_id: str
    sealed: bytes
    updated_at: datetime = Field(sa_type=UtcDateTime)
