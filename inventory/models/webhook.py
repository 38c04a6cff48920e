"""Programs of others that are told of events, and what became of each telling."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum


class DeliveryState(StrEnum):
    """Where one delivery is."""

    PENDING = "pending"
    DELIVERED = "delivered"


class Webhook(SQLModel, table=True):
    """A subscription: it is told what its owner may see, and no more than that."""

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id", index=True, description="its owner")
    url: str
    secret_name: str = Field(description="of the secret that signs; never shown")
    kinds: list[str] = Field(
        default_factory=list, sa_type=json_column(), description="of event, or beginnings: push."
    )
    created_at: datetime = Field(sa_type=UtcDateTime)
    from_event_id: int = Field(description="it is told of later events")
    seen_event_id: int = Field(description="up to which events were looked at")
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookDelivery(SQLModel, table=True):
    """One event for one webhook; the body stands as it was signed, so that a replay is the same."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_due", "state", "next_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id")
    event_id: int = Field(description="told as evt_ID; the event itself may be forgotten earlier")
    kind: str
    body: dict[str, Any] = Field(sa_type=json_column())
    state: DeliveryState = Field(default=DeliveryState.PENDING, sa_type=text_enum(DeliveryState))
    attempts: int = 0
    next_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_status: int | None = Field(default=None, description="HTTP's; None: no answer")
    last_error: str | None = None
