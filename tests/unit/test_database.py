import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import col, select

from inventory.database import Database, open_database, upgrade
from inventory.errors import Misconfigured
from inventory.models import Change, Zone
from inventory.settings import Settings


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


@pytest.mark.parametrize(
    "url",
    [
        "garbage",
        "mysql://preau:s3cret@127.0.0.1/preau",
        "postgresql+asyncpg://preau:s3cret@127.0.0.1/preau",
        "postgresql://preau:s3cret@127.0.0.1:port/preau",
        "postgresql://preau:s3cret@127.0.0.1:1/preau",
    ],
)
def test_a_wrong_url_is_one_sentence_without_its_password(tmp_path: Path, url: str) -> None:
    settings = Settings(data_dir=tmp_path, database_url=url)
    for opening in (open_database, upgrade):
        with pytest.raises(Misconfigured) as error:
            opening(settings)
        assert "\n" not in str(error.value)
        assert "s3cret" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="the database cannot be made: Not a directory"):
        upgrade(Settings(data_dir=tmp_path / "file" / "data"))


def test_the_database_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    upgrade(settings)
    with open_database(settings).write("alice") as session:
        session.add(Zone(name="one"))
        assert {file.stat().st_mode & 0o077 for file in settings.data_dir.iterdir()} == {0}


def test_the_connection_that_was_used_last_is_the_next(database: Database) -> None:
    with database.engine.connect() as first:
        last_given_back = first.connection.dbapi_connection
        with database.engine.connect():
            pass
    with database.engine.connect() as again:
        assert again.connection.dbapi_connection is last_given_back


def test_a_commit_does_not_wait_for_what_a_checkpoint_copies(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    shutil.copy2(migrated_sqlite, tmp_path / "preau.sqlite")
    database = open_database(Settings(data_dir=tmp_path, database_url=None))
    file, journal = tmp_path / "preau.sqlite", tmp_path / "preau.sqlite-wal"
    before = file.read_bytes()
    while not journal.exists() or journal.stat().st_size < 2000 * 4096:
        with database.write("alice") as session:
            session.add_all(Zone(name=f"{uuid4()} {n}") for n in range(300))
    assert file.read_bytes() == before
    database.checkpoint()
    assert file.read_bytes() != before
    database.close()
