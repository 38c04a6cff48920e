"""Change records: every write to a domain row leaves who, when, before and after.

It hangs on the session's flush, so that no code path can forget it. Values that could hold a secret
are replaced by a mark; tables that are themselves records (journals, observations, sessions …) are
not recorded twice.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Engine, event, inspect
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, SQLModel

from inventory import clock, origin
from inventory.models.change import Change

REDACTED = "‹redacted›"
MAX_REASON = 500

NOTED = frozenset(
    {
        "export",
        "login",
        "login_failed",
        "logout",
        "read",
    }
)
"""What is done without a row being written."""

# Tables that are records of what happened or was seen, not domain rows that a person owns.
UNRECORDED = frozenset(
    {
        "acceptance_map",
        "acceptance_run",
        "acceptance_word",
        "cadastre_submission",
        "bulk_move",
        "bulk_move_site",
        "change",
        "config_backup",
        "deadline_clock",
        "displayed_secret",
        "dossier_transition",
        "eligibility_outcome",
        "eligibility_run",
        "event",
        "finding",
        "idempotency_key",
        "incident",
        "interface",
        "job",
        "lease",
        "link",
        "login_throttle",
        "outgoing_mail",
        "observation",
        "plan_approval",
        "push_step",
        "radio",
        "register_import",
        "retention_run",
        "snmp_engine",
        "survey",
        "survey_sample",
        "trap_listener",
        "web_session",
        "webhook_delivery",
        "wlan_reading",
        "worker",
    }
)
SECRET_COLUMNS = frozenset({"password_hash", "sealed", "sealed_text", "csrf_token", "token_hash"})
# A device polled every few minutes must not fill the history with "still there".
UNREMARKABLE = frozenset(
    {"last_seen_at", "last_used_at", "recent_readings", "seen_event_id", "failing_since"}
)


class RecordingSession(Session):
    """A session whose every write is recorded as made by `actor`."""

    def __init__(self, bind: Engine, actor: str) -> None:
        if not actor:
            raise ValueError("a writing session needs an actor")
        super().__init__(bind, expire_on_commit=False)
        self.info["actor"] = actor
        self.info["created"] = []


def because(session: Session, reason: str | None) -> None:
    """Have all that `session` writes from now on recorded with the reason that a person gave."""
    session.info["reason"] = reason


def note(
    session: Session,
    action: str,
    table_name: str,
    row_key: object,
    told: dict[str, Any] | None = None,
    *,
    actor: str | None = None,
) -> None:
    """Record something done that writes no row: one of NOTED, about the row `row_key`.

    `told` may hold no secret and nothing of a person's device. `actor`: other than the session's.
    """
    if action not in NOTED:
        raise ValueError(f"{action} is not in NOTED")
    session.add(
        Change(
            at=clock.now(),
            actor=actor or session.info["actor"],
            table_name=table_name,
            row_key=str(row_key),
            action=action,
            via=origin.current().via,
            after=told,
        )
    )


def _before_flush(session: OrmSession, *_: object) -> None:
    # Keys of new rows are known after the flush only; what changed is known before it only.
    session.info["created"] = [row for row in session.new if _recorded(row)]
    records = [_update(session, row) for row in session.dirty if _recorded(row)]
    records += [_deletion(session, row) for row in session.deleted if _recorded(row)]
    session.add_all(record for record in records if record is not None)


def _after_flush(session: OrmSession, *_: object) -> None:
    created = session.info["created"]
    session.info["created"] = []
    # Plain rows, not objects: an import creates tens of thousands of them.
    rows = [_record(session, row, "create", None, _values(row)) for row in created]
    if rows:
        session.connection().execute(Change.__table__.insert(), rows)  # type: ignore[attr-defined]


def _recorded(row: object) -> bool:
    return isinstance(row, SQLModel) and str(row.__tablename__) not in UNRECORDED


def _update(session: OrmSession, row: SQLModel) -> Change | None:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    state = inspect(row)
    for attribute in state.mapper.column_attrs:
        name = attribute.key
        # A long row is mostly as it was, and asking for a history costs.
        if name not in state.committed_state or name in UNREMARKABLE:
            continue
        history = state.attrs[name].history
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if old != new:
            before[name] = _shown(name, old)
            after[name] = _shown(name, new)
    return Change(**_record(session, row, "update", before, after)) if after else None


def _deletion(session: OrmSession, row: SQLModel) -> Change:
    return Change(**_record(session, row, "delete", _values(row), None))


def _record(
    session: OrmSession,
    row: SQLModel,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> dict[str, Any]:
    key = inspect(row).mapper.primary_key_from_instance(row)
    return {
        "at": clock.now(),
        "actor": session.info["actor"],
        "table_name": str(row.__tablename__),
        "row_key": "/".join(str(part) for part in key),
        "action": action,
        "via": origin.current().via,
        "reason": session.info.get("reason"),
        "before": before,
        "after": after,
    }


def _values(row: SQLModel) -> dict[str, Any]:
    names = [attribute.key for attribute in inspect(row).mapper.column_attrs]
    return {name: _shown(name, getattr(row, name)) for name in names}


def _shown(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in SECRET_COLUMNS:
        return REDACTED
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


event.listen(RecordingSession, "before_flush", _before_flush)
event.listen(RecordingSession, "after_flush", _after_flush)
