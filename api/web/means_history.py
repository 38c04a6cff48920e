"""What was done to a lot, a contractor or a funding source, for the page of one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.usecases.audit_log import AuditFilter, list_entries
from api.web.means_texts import COLUMN

_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Written:
    """One change: each column's label with what stood there and what stands there since."""

    at: datetime
    actor: str
    reason: str | None
    made: bool
    columns: tuple[tuple[str, str | None, str | None], ...]


def history(
    session: Session,
    table_name: str,
    row_id: int,
    names: Mapping[str, Mapping[int, str]] | None = None,
) -> list[Written]:
    """Return the last changes of a row, newest first; `names`: of ids, by their column."""
    found = list_entries(
        session, AuditFilter(table_name=table_name, row_key=str(row_id)), limit=_ENTRIES
    )
    return [
        Written(
            each.at,
            each.actor.removeprefix("user:"),
            each.reason,
            each.before is None,
            tuple(_columns(each.before or {}, each.after or {}, names or {})),
        )
        for each in found
    ]


def _columns(
    before: Mapping[str, object],
    after: Mapping[str, object],
    names: Mapping[str, Mapping[int, str]],
) -> Iterator[tuple[str, str | None, str | None]]:
    for name, label in COLUMN.items():
        was, now = (_shown(each.get(name), names.get(name, {})) for each in (before, after))
        if name in after and was != now:
            yield label, was, now


def _shown(value: object, names: Mapping[int, str]) -> str | None:
    if value is None:
        return None
    return names.get(value, str(value)) if isinstance(value, int) else str(value)
