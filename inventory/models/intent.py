"""What sites should have, by layer."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class IntentScope(StrEnum):
    """The layers of intent, from the widest to the narrowest."""

    PROGRAMME = "programme"
    ORGANISING_AUTHORITY = "organising_authority"
    SITE = "site"
    DEVICE_GROUP = "device_group"
    DEVICE = "device"


class IntentLayerRow(SQLModel, table=True):
    """One layer of intent: the JSON of `inventory.intent.IntentLayer` for one scope."""

    __tablename__ = "intent_layer"
    __table_args__ = (UniqueConstraint("scope", "scope_key"),)

    id: int | None = Field(default=None, primary_key=True)
    scope: IntentScope = Field(sa_type=text_enum(IntentScope))
    scope_key: str = Field(
        description="row id of the PO, site or device; the group's name; '' for programme"
    )
    version: int = 1
    updated_at: datetime = Field(sa_type=UtcDateTime)
    body: dict[str, Any] = Field(sa_type=json_column())
