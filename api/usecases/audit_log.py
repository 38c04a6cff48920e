"""The audit log: who did what, newest first: logins, grants, looks at people's data, every change.

One table holds it all (`inventory.changes`), so it is one query. It was redacted when it was
written; what is shown passes once more, for a column that nobody thought of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from inventory.changes import REDACTED
from inventory.models import Change

_SECRET = re.compile(r"password|passphrase|secret|token|psk|community|sealed|private|csrf", re.I)
_CLOSE = 1000
"""Rows are numbered in the order in which they are written, or nearly: writers overlap."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is asked for; None: all. `since` is included, `until` is not."""

    actor: str | None = None
    action: str | None = None
    table_name: str | None = None
    row_key: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done. `before` and `after` are redacted."""

    id: int
    at: datetime
    actor: str
    via: str | None
    action: str
    table_name: str
    row_key: str
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def list_entries(
    session: Session, wanted: AuditFilter, *, before: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Return what was done, newest first, that before the id `before`."""
    query = select(Change).where(*_conditions(session, wanted))
    if before is not None:
        query = query.where(col(Change.id) < before)
    rows = session.exec(query.order_by(col(Change.id).desc()).limit(limit))
    return [
        AuditEntry(
            row.id or 0,
            row.at,
            row.actor,
            row.via,
            row.action,
            row.table_name,
            row.row_key,
            row.reason,
            redacted(row.before),
            redacted(row.after),
        )
        for row in rows
    ]


def redacted(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what was told without what its name says is a secret, however deep it stands."""
    return None if told is None else {key: _shown(key, value) for key, value in told.items()}


def _shown(name: str, value: Any) -> Any:
    if value is not None and _SECRET.search(name):
        return REDACTED
    if isinstance(value, Mapping):
        return {key: _shown(str(key), each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shown("", each) for each in value]
    return value


def _conditions(session: Session, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (col(Change.actor), wanted.actor),
            (col(Change.action), wanted.action),
            (col(Change.table_name), wanted.table_name),
            (col(Change.row_key), wanted.row_key),
        )
        if value is not None
    ]
    # By their numbers too: the list is in their order, and years of it need not be walked.
    if wanted.since is not None:
        found.append(col(Change.at) >= wanted.since)
        first = select(Change.id).where(col(Change.at) >= wanted.since).order_by(col(Change.at))
        if (number := session.exec(first.limit(1)).first()) is not None:
            found.append(col(Change.id) > number - _CLOSE)
    if wanted.until is not None:
        found.append(col(Change.at) < wanted.until)
        last = select(Change.id).where(col(Change.at) < wanted.until)
        newest = session.exec(last.order_by(col(Change.at).desc()).limit(1)).first()
        if newest is not None:
            found.append(col(Change.id) < newest + _CLOSE)
    return found
