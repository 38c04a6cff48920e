"""Telling webhooks of events: queued with what their owner may see, sent, sent again, never lost.

At least once: a message is on its way under a lease of a minute, and a process that is killed
meanwhile has it sent again, under the same id. No session is open while a receiver is spoken to.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from api.usecases.access import viewer_of
from api.usecases.scope import Right, Viewer, visible_sites
from api.usecases.webhook_sending import Sent, send
from api.usecases.webhooks import EVERYTHING
from inventory import clock
from inventory.database import Database
from inventory.errors import PreauError
from inventory.events import record_event
from inventory.models import DeliveryState, Event, Site, User, Webhook, WebhookDelivery
from inventory.secrets import Vault, open_secret
from inventory.sentences import Sentence
from inventory.settings import Settings

ACTOR = "webhooks"
BATCH = 100
AT_ONCE = 8
LEASE = timedelta(minutes=1)
# Seconds between attempts; the last one is repeated until the subscription is disabled.
BACKOFF_S = (10, 30, 120, 600, 1800, 3600, 7200, 14400, 21600)
_WINDOW = 5000
"""Events are looked at again that far back: their ids are given before they are written."""


@dataclass(frozen=True, slots=True)
class _Message:
    delivery_id: int
    webhook_id: int
    url: str
    secret: str | None
    message_id: str
    body: bytes


def deliver_due(database: Database, vault: Vault, settings: Settings) -> int:
    """Queue what happened, send what is due, and return how many messages were delivered."""
    with database.read() as session:
        if session.exec(select(Webhook.id).limit(1)).first() is None:
            return 0
    with database.write(ACTOR) as session:
        for webhook in session.exec(select(Webhook).where(col(Webhook.disabled_at).is_(None))):
            _queue_events(session, webhook)
    with database.write(ACTOR) as session:
        messages = _claim(session, vault)
    if not messages:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda message: _send(message, settings), messages))
    with database.write(ACTOR) as session:
        for message, sent in zip(messages, results, strict=True):
            _record(session, settings, message, sent)
    return sum(sent.well for sent in results)


def _queue_events(session: Session, webhook: Webhook) -> None:
    owner = session.get_one(User, webhook.user_id)
    last = session.exec(select(Event.id).order_by(col(Event.id).desc()).limit(1)).first() or 0
    if not owner.active:
        return
    told = select(WebhookDelivery.event_id).where(
        WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.event_id == Event.id
    )
    events = session.exec(
        select(Event)
        .where(
            col(Event.id) > max(webhook.from_event_id, webhook.seen_event_id - _WINDOW),
            _of_kinds(webhook.kinds),
            _visible_events(viewer_of(session, owner)),
            ~told.exists(),
        )
        .order_by(col(Event.id))
    ).all()
    now = clock.now()
    session.add_all(
        WebhookDelivery(
            webhook_id=webhook.id or 0,
            event_id=event.id or 0,
            kind=event.kind,
            body=_body(event),
            next_at=now,
        )
        for event in events
    )
    webhook.seen_event_id = max(last, webhook.seen_event_id)
    session.flush()


def _visible_events(viewer: Viewer) -> ColumnElement[bool]:
    there = col(Event.site_id).in_(select(Site.id).where(visible_sites(viewer)))
    if viewer.everywhere(Right.SEE):
        return or_(there, col(Event.site_id).is_(None))
    return there


def _of_kinds(kinds: Sequence[str]) -> ColumnElement[bool]:
    if EVERYTHING in kinds:
        return col(Event.id) > 0
    return or_(
        *(
            col(Event.kind).startswith(kind, autoescape=True)
            if kind.endswith(".")
            else col(Event.kind) == kind
            for kind in kinds
        )
    )


def _body(event: Event) -> dict[str, object]:
    return {
        "type": event.kind,
        "timestamp": event.at.isoformat(),
        "data": {
            "event_id": event.id,
            "site_id": event.site_id,
            "device_id": event.device_id,
            "message": event.message,
            "body": event.body,
        },
    }


def _claim(session: Session, vault: Vault) -> list[_Message]:
    now = clock.now()
    rows = session.exec(
        select(WebhookDelivery, Webhook)
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .where(
            WebhookDelivery.state == DeliveryState.PENDING,
            col(WebhookDelivery.next_at) <= now,
            col(Webhook.disabled_at).is_(None),
        )
        .order_by(col(WebhookDelivery.next_at), col(WebhookDelivery.id))
        .limit(BATCH)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    ).all()
    messages = []
    for row, webhook in rows:
        row.next_at = now + LEASE
        messages.append(
            _Message(
                row.id or 0,
                webhook.id or 0,
                webhook.url,
                _secret(session, vault, webhook.secret_name),
                f"evt_{row.event_id}",
                json.dumps(row.body, ensure_ascii=False, separators=(",", ":")).encode(),
            )
        )
    session.flush()
    return messages


def _secret(session: Session, vault: Vault, name: str) -> str | None:
    try:
        return open_secret(session, vault, name)
    except PreauError:
        return None


def _send(message: _Message, settings: Settings) -> Sent:
    if message.secret is None:
        return Sent(None, "the secret that signs is not kept: preau secret set")
    return send(
        message.url,
        message.secret,
        message.message_id,
        clock.now(),
        message.body,
        allow_private=settings.webhooks_allow_private,
    )


def _record(session: Session, settings: Settings, message: _Message, sent: Sent) -> None:
    row = session.get(WebhookDelivery, message.delivery_id)
    webhook = session.get(Webhook, message.webhook_id)
    if row is None or webhook is None:
        return  # ended meanwhile
    now = clock.now()
    row.attempts += 1
    row.last_at, row.last_status, row.last_error = now, sent.status, sent.error
    if sent.well:
        row.state = DeliveryState.DELIVERED
        webhook.failing_since = None
    else:
        row.next_at = now + timedelta(seconds=BACKOFF_S[min(row.attempts, len(BACKOFF_S)) - 1])
        webhook.failing_since = webhook.failing_since or now
        _disable_if_long(session, settings, webhook, now)
    session.flush()


def _disable_if_long(session: Session, settings: Settings, webhook: Webhook, now: datetime) -> None:
    """Stop asking a receiver that has taken nothing for days; what waits is kept for it."""
    limit = timedelta(days=settings.webhooks_disable_after_days)
    if webhook.disabled_at is None and now - (webhook.failing_since or now) >= limit:
        webhook.disabled_at = now
        record_event(
            session,
            "webhook.disabled",
            Sentence(
                "L’abonnement n°%(id)s est suspendu\u00a0: son programme ne répond plus depuis "
                "%(days)s jours. Ce qui l’attend est gardé.",
                id=webhook.id or 0,
                days=settings.webhooks_disable_after_days,
            ),
        )
