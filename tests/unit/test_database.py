import pytest
from sqlmodel import col, select

from inventory.database import Database
from inventory.models import Change, Zone


def test_every_write_leaves_who_when_before_and_after(database: Database) -> None:
    with database.write("alice") as session:
        zone = Zone(name="one")
        session.add(zone)
        session.flush()
        zone.name = "two"
    with database.write("bob") as session:
        session.delete(session.exec(select(Zone)).one())
    with database.read() as session:
        changes = session.exec(select(Change).order_by(col(Change.id))).all()
    assert [(c.actor, c.action) for c in changes] == [
        ("alice", "create"),
        ("alice", "update"),
        ("bob", "delete"),
    ]
    assert changes[1].before == {"name": "one"}
    assert changes[1].after == {"name": "two"}
    assert {c.row_key for c in changes} == {str(zone.id)}


def test_a_block_that_raises_writes_nothing(database: Database) -> None:
    def interrupted() -> None:
        with database.write("alice") as session:
            session.add(Zone(name="one"))
            session.flush()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()
    with database.read() as session:
        assert session.exec(select(Zone)).all() == []
        assert session.exec(select(Change)).all() == []


def test_a_reading_session_refuses_to_write(database: Database) -> None:
    with database.read() as session:
        session.add(Zone(name="one"))
        with pytest.raises(RuntimeError, match="reading session"):
            session.flush()
