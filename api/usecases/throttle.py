"""Failed logins are counted, so that passwords cannot be tried without end.

Three counts in windows (a quarter of an hour unless the settings say otherwise): one person from
one place, one person from anywhere, one place for anyone. What was typed as a login is kept as a
hash only: people type their password there by mistake.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from inventory import clock
from inventory.errors import NotAllowed
from inventory.models import LoginThrottle
from inventory.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Limits:
    """How many failures each count takes in one window.

    The first is low; the second is higher, since a stranger can use it up to lock someone out.
    """

    per_login_and_address: int = 5
    per_login: int = 25
    per_address: int = 50
    window: timedelta = timedelta(minutes=15)


DEFAULT = Limits()


class TooManyAttempts(NotAllowed):
    """Too many failed logins; `wait` says for how long no more is looked at."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        minutes = max(1, round(wait.total_seconds() / 60))
        super().__init__(
            Sentence("Trop de connexions manquées"),
            todo=Sentence("réessayez dans %(minutes)s\u00a0min", minutes=minutes),
        )


def count_attempt(session: Session, login: str, address: str, limits: Limits = DEFAULT) -> bool:
    """Count one attempt in every bucket and return whether it was the last that is looked at.

    Raises TooManyAttempts when one of them is full.
    """
    now, last = clock.now(), False
    _forget_old(session)
    for bucket, limit in _buckets(login, address, limits):
        row = _locked(session, bucket, limits)
        if row.window_ends_at <= now:
            row.failures, row.window_ends_at = 0, now + limits.window
        if row.failures >= limit:
            raise TooManyAttempts(row.window_ends_at - now)
        row.failures += 1
        last = last or row.failures == limit
    return last


def forget_attempts(session: Session, login: str, address: str, limits: Limits = DEFAULT) -> None:
    """Forget the attempts of a person who got in; those of the address for others stay."""
    of_both, of_login, of_address = (
        _locked(session, name, limits) for name, _ in _buckets(login, address, limits)
    )
    session.delete(of_both)
    session.delete(of_login)
    of_address.failures = max(0, of_address.failures - 1)


def _locked(session: Session, bucket: str, limits: Limits) -> LoginThrottle:
    row = session.get(LoginThrottle, bucket, with_for_update=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = LoginThrottle(bucket=bucket, window_ends_at=clock.now() + limits.window)
            session.add(row)
    except IntegrityError:  # another attempt made it between our two looks
        return session.get_one(LoginThrottle, bucket, with_for_update=True)
    return row


def _forget_old(session: Session) -> None:
    # Rows that another attempt holds are skipped: waiting for them here could be a deadlock.
    old = session.exec(
        select(LoginThrottle)
        .where(LoginThrottle.window_ends_at < clock.now() - DEFAULT.window)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    for row in old.all():
        session.delete(row)
    session.flush()


def _buckets(login: str, address: str, limits: Limits) -> Iterator[tuple[str, int]]:
    yield _bucket("login and address", login, address), limits.per_login_and_address
    yield _bucket("login", login), limits.per_login
    yield _bucket("address", address), limits.per_address


def _bucket(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
