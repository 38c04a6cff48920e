"""The event log: what happened, in order, for live pages and for the history of a site."""

from typing import Any

from sqlmodel import Session

from inventory import clock
from inventory.models import Event
from inventory.sentences import wording


def record_event(
    session: Session,
    kind: str,
    message: str,
    *,
    site_id: int | None = None,
    device_id: int | None = None,
    body: dict[str, Any] | None = None,
) -> Event:
    """Add one event to the transaction of `session` and return it.

    `kind` is `subject.verb` (`push.verified`); `message` is what a person reads, in French, and a
    `Sentence` so that pages can say it in other languages; neither it nor `body` may hold a secret.
    """
    event = Event(
        at=clock.now(),
        kind=kind,
        site_id=site_id,
        device_id=device_id,
        message=str(message),
        wording=wording(message),
        body=body or {},
    )
    session.add(event)
    return event
