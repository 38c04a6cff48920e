"""Writes that may be sent again: under one key of the caller's, what is asked is done once.

draft-ietf-httpapi-idempotency-key-header-07. Every transaction of the write marks its key as
written, so that either both are there or neither is; the answer is kept once it is made. A process
that is killed before the first transaction leaves a key that was begun: nothing was written, and it
may be begun again. One that is killed after it leaves a key that was written: that is never done
again, and whoever asks is told that the answer is lost.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput
from inventory.models import IdempotencyKey
from inventory.models.idempotency import WRITTEN
from inventory.sentences import Sentence

KEPT_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=2)
"""Who began a write so long ago and wrote nothing is taken to be gone; it cannot write any more."""
_ACTOR = "idempotency"


class NotTheSameRequest(InvalidInput):
    """A key that came with another request before."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered: the status, headers of the resource, and the body as sent."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BegunWrite:
    """A write that is done once, under its key."""

    database: Database
    user_id: int
    key: str
    started_at: datetime

    def mark(self, session: Session) -> None:
        """Note in a transaction of the write that something was written.

        Raises Conflict when the key was given up meanwhile and begun by another: the transaction
        is then undone.
        """
        marked = session.connection().execute(
            update(IdempotencyKey)
            .where(
                col(IdempotencyKey.user_id) == self.user_id,
                col(IdempotencyKey.key) == self.key,
                col(IdempotencyKey.started_at) == self.started_at,
                or_(col(IdempotencyKey.status).is_(None), col(IdempotencyKey.status) == WRITTEN),
            )
            .values(status=WRITTEN)
        )
        assert isinstance(marked, CursorResult)
        if not marked.rowcount:
            raise _in_progress()

    def end(self, answer: StoredAnswer | None) -> None:
        """Keep what is answered. A write that failed before it wrote anything may be sent again.

        None: it ended without an answer; what it wrote, if anything, is not done again.
        """
        with self.database.write(_ACTOR) as session:
            row = _row(session, self.user_id, self.key)
            if row is None or row.started_at != self.started_at:
                return
            if row.status is None and (answer is None or answer.status >= 400):
                session.delete(row)
            elif answer is not None:
                row.status, row.headers, row.body = answer.status, answer.headers, answer.body


def begin(
    database: Database, user_id: int, key: str, request_sha256: str
) -> BegunWrite | StoredAnswer:
    """Return what was answered to this key before, or the write: it is new, and begun now.

    Raises NotTheSameRequest, and Conflict while the first request with it is still being done, or
    when its answer was lost.
    """
    try:
        with database.write(_ACTOR) as session:
            row = _row(session, user_id, key)
            now = clock.now()
            if row is not None and row.expires_at > now:
                if answer := _answered(row, request_sha256):
                    return answer
                row.started_at = now
                return BegunWrite(database, user_id, key, now)
            if row is not None:
                session.delete(row)
                session.flush()
            session.add(
                IdempotencyKey(
                    user_id=user_id,
                    key=key,
                    request_sha256=request_sha256,
                    started_at=now,
                    expires_at=now + KEPT_FOR,
                )
            )
            session.flush()
    except IntegrityError:  # another began it at this moment
        raise _in_progress() from None
    return BegunWrite(database, user_id, key, now)


def _answered(row: IdempotencyKey, request_sha256: str) -> StoredAnswer | None:
    if row.request_sha256 != request_sha256:
        raise NotTheSameRequest(
            Sentence("Cette clé d’idempotence a déjà servi à une autre demande")
        )
    if row.status not in (None, WRITTEN):
        return StoredAnswer(row.status or 0, row.body, row.headers)
    if row.started_at > clock.now() - GIVEN_UP_AFTER:
        raise _in_progress()
    if row.status == WRITTEN:
        raise Conflict(
            Sentence("Ce qui porte cette clé d’idempotence a été fait, et sa réponse s’est perdue"),
            todo=Sentence("relisez ce qui a été écrit"),
        )
    return None


def _row(session: Session, user_id: int, key: str) -> IdempotencyKey | None:
    query = select(IdempotencyKey).where(
        IdempotencyKey.user_id == user_id, IdempotencyKey.key == key
    )
    return session.exec(query.with_for_update()).first()


def _in_progress() -> Conflict:
    return Conflict(Sentence("La demande qui porte cette clé d’idempotence est encore en cours"))
