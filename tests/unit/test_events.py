import pytest
from sqlmodel import Session, select

from inventory.database import Database
from inventory.events import record_event
from inventory.models import Change, Event


def _record_and_fail(session: Session) -> None:
    record_event(session, "poll.finished", "Relevé terminé")
    session.flush()
    raise RuntimeError


def test_an_event_stands_or_falls_with_its_transaction(database: Database) -> None:
    with database.write("test") as session:
        record_event(session, "poll.finished", "Relevé terminé", body={"ok": 3})
    with pytest.raises(RuntimeError), database.write("test") as session:
        _record_and_fail(session)
    with database.read() as session:
        events = session.exec(select(Event)).all()
        assert [(event.kind, event.body) for event in events] == [("poll.finished", {"ok": 3})]
        assert session.exec(select(Change)).all() == []
