"""What a validated cadastre tells of a site's priority, by the ids of its questionnaire.

An id keeps its meaning from one questionnaire to the next; an answer that is not there, or not of
the kind that it should be, tells nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from inventory.programme.planning.facts import Closure, Connection, SiteFacts

FIELDS = ("pupils", "classes", "connection_quality", "has_internet", "buildings", "closed_periods")
"""The fields that are read."""

_ASBESTOS = "found"


def with_cadastre(told: SiteFacts, answers: Mapping[str, Any]) -> SiteFacts:
    """Return `told` with what the answers of a validated cadastre say, which goes before it."""
    pupils, classes = _number(answers.get("pupils")), _number(answers.get("classes"))
    connection = _connection(answers)
    return replace(
        told,
        pupils=told.pupils if pupils is None else pupils,
        classes=told.classes if classes is None else classes,
        connection=connection or told.connection,
        # With asbestos nobody works beside pupils, unless the administration says otherwise.
        holidays_only=(_asbestos(answers) or None)
        if told.holidays_only is None
        else told.holidays_only,
        closures=(*told.closures, *_closures(answers)),
    )


def _connection(answers: Mapping[str, Any]) -> Connection | None:
    said = answers.get("connection_quality")
    if said in set(Connection):
        return Connection(said)
    return Connection.NONE if answers.get("has_internet") is False else None


def _asbestos(answers: Mapping[str, Any]) -> bool:
    return any(row.get("asbestos_inventory") == _ASBESTOS for row in _rows(answers, "buildings"))


def _closures(answers: Mapping[str, Any]) -> tuple[Closure, ...]:
    found = []
    for row in _rows(answers, "closed_periods"):
        first, last = _day(row.get("from")), _day(row.get("until"))
        if first is not None and last is not None and first <= last:
            found.append(Closure(first, last, works=row.get("works_possible") is True))
    return tuple(found)


def _rows(answers: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    value = answers.get(field)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
