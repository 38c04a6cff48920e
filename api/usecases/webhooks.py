"""Subscriptions of programs to events: made and ended by their owner, and told again on demand."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from api.usecases.access import viewer_of
from api.usecases.locks import lock_on
from api.usecases.scope import Viewer
from api.usecases.webhook_sending import checked_url
from inventory import clock
from inventory.errors import InvalidInput, NotAllowed, NotFound
from inventory.models import DeliveryState, Event, User, Webhook, WebhookDelivery
from inventory.sentences import Sentence
from inventory.settings import Settings

SIGNS = "webhook-"
"""Of the names of secrets that may sign: no password of a device is ever given to a receiver."""
EVERYTHING = "*"


def subscribe(
    session: Session,
    settings: Settings,
    viewer: Viewer,
    *,
    url: str,
    secret_name: str,
    kinds: Sequence[str],
) -> Webhook:
    """Subscribe in the name of `viewer`, who is told what they may see from now on.

    Raises InvalidInput for a URL that may not be told, a secret of another use or no kinds, and
    NotAllowed for a token that may less than its owner.
    """
    user = session.get_one(User, viewer.user_id)
    if frozenset(viewer.grants) != frozenset(viewer_of(session, user).grants):
        raise NotAllowed(Sentence("Ce jeton permet moins que votre compte\u00a0; il n’abonne pas"))
    last = session.exec(select(func.max(Event.id))).one() or 0
    webhook = Webhook(
        user_id=viewer.user_id,
        url=checked_url(url, allow_private=settings.webhooks_allow_private),
        secret_name=_secret_name(secret_name),
        kinds=_kinds(kinds),
        created_at=clock.now(),
        from_event_id=last,
        seen_event_id=last,
    )
    session.add(webhook)
    session.flush()
    return webhook


def change_webhook(
    session: Session,
    settings: Settings,
    webhook: Webhook,
    *,
    url: str | None = None,
    secret_name: str | None = None,
    kinds: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> None:
    """Change what is given; `enabled` again, it is told all that waited. Raises as `subscribe`."""
    if url is not None:
        webhook.url = checked_url(url, allow_private=settings.webhooks_allow_private)
    if secret_name is not None:
        webhook.secret_name = _secret_name(secret_name)
    if kinds is not None:
        webhook.kinds = _kinds(kinds)
    if enabled is True and webhook.disabled_at is not None:
        webhook.disabled_at = webhook.failing_since = None
        _tell_at_once(session, webhook)
    elif enabled is False:
        webhook.disabled_at = webhook.disabled_at or clock.now()
    session.flush()


def webhook_lock(webhook: Webhook) -> str:
    """Return what stands for the part of a subscription that people edit."""
    enabled = webhook.disabled_at is None
    return lock_on(webhook.url, webhook.secret_name, list(webhook.kinds), enabled)


def own_webhook(session: Session, viewer: Viewer, webhook_id: int) -> Webhook:
    """Return a subscription of `viewer`; raises NotFound for another's."""
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.user_id == viewer.user_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(Sentence("Il n’y a pas d’abonnement n°%(id)s", id=webhook_id))
    return found


def find_webhook(session: Session, webhook_id: int) -> Webhook:
    """Return a subscription, whosever it is; raises NotFound."""
    found = session.get(Webhook, webhook_id)
    if found is None:
        raise NotFound(Sentence("Il n’y a pas d’abonnement n°%(id)s", id=webhook_id))
    return found


def list_webhooks(
    session: Session, user_id: int | None, *, after: int | None = None, limit: int = 50
) -> list[Webhook]:
    """Return the subscriptions of a person, or of all, in the order of their ids."""
    query = select(Webhook)
    if user_id is not None:
        query = query.where(Webhook.user_id == user_id)
    if after is not None:
        query = query.where(col(Webhook.id) > after)
    return list(session.exec(query.order_by(col(Webhook.id)).limit(limit)))


def list_deliveries(
    session: Session,
    webhook_id: int,
    *,
    state: DeliveryState | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[WebhookDelivery]:
    """Return what one subscription was or is to be told, newest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    if before is not None:
        query = query.where(col(WebhookDelivery.id) < before)
    return list(session.exec(query.order_by(col(WebhookDelivery.id).desc()).limit(limit)))


def replay(session: Session, webhook: Webhook, since: datetime | None = None) -> int:
    """Have a subscription told again, with the same ids, and return how many messages that is.

    Those since a moment, delivered or not; without one, those that wait, at once.
    """
    if since is None:
        return _tell_at_once(session, webhook)
    events = select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook.id,
        (col(WebhookDelivery.last_at) >= since) | col(WebhookDelivery.last_at).is_(None),
    )
    rows = session.exec(events).all()
    for row in rows:
        row.state, row.attempts, row.next_at = DeliveryState.PENDING, 0, clock.now()
    session.flush()
    return len(rows)


def end_webhook(session: Session, webhook: Webhook) -> None:
    """End a subscription and forget what it was told."""
    theirs = delete(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook.id)
    session.connection().execute(theirs)
    session.delete(webhook)
    session.flush()


def _tell_at_once(session: Session, webhook: Webhook) -> int:
    waiting = (
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.webhook_id) == webhook.id,
            col(WebhookDelivery.state) == DeliveryState.PENDING,
        )
        .values(next_at=clock.now(), attempts=0)
    )
    return session.connection().execute(waiting).rowcount


def _kinds(kinds: Sequence[str]) -> list[str]:
    found = sorted(set(kinds))
    if not found:
        raise InvalidInput(
            Sentence("Un abonnement dit de quoi il veut être averti, ou «\u00a0*\u00a0»")
        )
    return found


def _secret_name(name: str) -> str:
    if not name.startswith(SIGNS):
        raise InvalidInput(
            Sentence("Le nom du secret qui signe commence par %(prefix)s", prefix=SIGNS)
        )
    return name
