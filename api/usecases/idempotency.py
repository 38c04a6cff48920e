"""Writes that may be sent again: under one key of the caller's, what is asked is done once.

draft-ietf-httpapi-idempotency-key-header-07. The answer is kept by the transaction that does the
write, so that either both are there or neither is. A process that is killed half-way leaves a key
that was begun and not answered: nothing was written then, and it may be begun again.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput
from inventory.models import IdempotencyKey
from inventory.sentences import Sentence

KEPT_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=2)
"""No write takes so long: who began it is gone."""
_ACTOR = "idempotency"


class NotTheSameRequest(InvalidInput):
    """A key that came with another request before."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered: the status, headers of the resource, and the body as sent."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


def begin(database: Database, user_id: int, key: str, request_sha256: str) -> StoredAnswer | None:
    """Return what was answered to this key before; None: it is new, and begun now.

    Raises NotTheSameRequest, and Conflict while the first request with it is still being done.
    """
    try:
        with database.write(_ACTOR) as session:
            row = _row(session, user_id, key)
            if row is not None and row.expires_at > clock.now():
                return _answered(row, request_sha256)
            if row is not None:
                session.delete(row)
                session.flush()
            session.add(_begun(user_id, key, request_sha256))
            session.flush()
    except IntegrityError:  # another began it at this moment
        raise _in_progress() from None
    return None


def keep_answer(session: Session, user_id: int, key: str, answer: StoredAnswer) -> None:
    """Keep what is answered to a key, in the transaction of the write itself."""
    row = _row(session, user_id, key)
    if row is not None:
        row.status, row.headers, row.body = answer.status, answer.headers, answer.body
        session.flush()


def give_up(database: Database, user_id: int, key: str) -> None:
    """Forget a key whose write failed: it may be sent again."""
    with database.write(_ACTOR) as session:
        row = _row(session, user_id, key)
        if row is not None and row.status is None:
            session.delete(row)


def _answered(row: IdempotencyKey, request_sha256: str) -> StoredAnswer | None:
    if row.request_sha256 != request_sha256:
        raise NotTheSameRequest(
            Sentence("Cette clé d’idempotence a déjà servi à une autre demande")
        )
    if row.status is not None:
        return StoredAnswer(row.status, row.body, row.headers)
    if row.started_at > clock.now() - GIVEN_UP_AFTER:
        raise _in_progress()
    row.started_at = clock.now()
    return None


def _begun(user_id: int, key: str, request_sha256: str) -> IdempotencyKey:
    now = clock.now()
    return IdempotencyKey(
        user_id=user_id,
        key=key,
        request_sha256=request_sha256,
        started_at=now,
        expires_at=now + KEPT_FOR,
    )


def _row(session: Session, user_id: int, key: str) -> IdempotencyKey | None:
    query = select(IdempotencyKey).where(
        IdempotencyKey.user_id == user_id, IdempotencyKey.key == key
    )
    return session.exec(query.with_for_update()).first()


def _in_progress() -> Conflict:
    return Conflict(Sentence("La demande qui porte cette clé d’idempotence est encore en cours"))
