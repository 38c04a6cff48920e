"""Rotation of the sealing key, on both databases."""

import pytest
from sqlmodel import select

from api.usecases.keys import ensure_key_file, rotate_keys
from deploy.backup import Reading, keep_backup, open_backup
from inventory.database import Database
from inventory.errors import Misconfigured
from inventory.models import Change, ConfigBackup, Device, Secret
from inventory.secrets import Keys, Vault, open_secret, open_vault, read_keys, store_secret
from inventory.settings import Settings


@pytest.fixture
def kept(database: Database, vault: Vault) -> Vault:
    """Two secrets and one backup, sealed with the first key."""
    with database.write("alice") as session:
        store_secret(session, vault, "one", "canary-one")
        store_secret(session, vault, "two", "canary-two")
        device = Device(name="ap1")
        session.add(device)
        session.flush()
        assert device.id is not None
        keep_backup(session, vault, Reading(device.id, "key=canary-one", "key=‹secret:one›"))
    return vault


def _read_all(database: Database, vault: Vault) -> list[str]:
    with database.read() as session:
        texts = [open_secret(session, vault, name) for name in ("one", "two")]
        return [*texts, open_backup(vault, session.exec(select(ConfigBackup)).one())]


PLAIN = ["canary-one", "canary-two", "key=canary-one"]


def test_after_a_rotation_the_first_key_opens_nothing_any_more(
    database: Database, settings: Settings, kept: Vault
) -> None:
    first = read_keys(settings.secret_key_path())
    done = rotate_keys(database, settings, actor="alice")
    assert (done.secrets, done.backups) == (2, 1)
    assert _read_all(database, open_vault(settings)) == PLAIN
    with database.read() as session:
        stolen = Vault(first)
        for row in session.exec(select(Secret)):
            with pytest.raises(Misconfigured):
                stolen.open(row.sealed, f"secret {row.name}")
    assert kept.fingerprint("x") == open_vault(settings).fingerprint("x")


def test_a_process_that_runs_on_follows_the_rotation(
    database: Database, settings: Settings, kept: Vault
) -> None:
    rotate_keys(database, settings, actor="alice")
    assert _read_all(database, kept) == PLAIN
    assert kept.key_id == open_vault(settings).key_id


def test_old_keys_are_forgotten_and_an_interrupted_rotation_is_taken_up(
    database: Database, settings: Settings, kept: Vault
) -> None:
    for _ in range(4):
        rotate_keys(database, settings, actor="alice")
    assert len(read_keys(settings.secret_key_path()).sealing) == 2
    assert _read_all(database, open_vault(settings)) == PLAIN


def test_what_cannot_be_opened_stops_it_and_no_key_is_lost(
    database: Database, settings: Settings, kept: Vault
) -> None:
    with database.write("alice") as session:
        row = session.get(Secret, "two")
        assert row is not None
        row.sealed = Vault(Keys.fresh()).seal(b"elsewhere", "secret two")
    before = read_keys(settings.secret_key_path()).sealing
    with pytest.raises(Misconfigured, match="secret two cannot be opened"):
        rotate_keys(database, settings, actor="alice")
    assert set(before) <= set(read_keys(settings.secret_key_path()).sealing)


def test_the_records_of_a_rotation_hold_no_sealed_bytes(
    database: Database, settings: Settings, kept: Vault
) -> None:
    rotate_keys(database, settings, actor="alice")
    with database.read() as session:
        changes = session.exec(select(Change).where(Change.table_name == "secret")).all()
    assert {change.action for change in changes} == {"create", "update"}
    for change in changes:
        for values in (change.before, change.after):
            assert (values or {}).get("sealed") in {None, "‹redacted›"}


def test_a_lost_key_file_is_told_and_not_replaced_by_another(
    database: Database, kept: Vault, settings: Settings
) -> None:
    ensure_key_file(database, settings)
    assert open_vault(settings).key_id == kept.key_id
    settings.secret_key_path().unlink()
    with pytest.raises(Misconfigured, match="put the file back from its backup"):
        ensure_key_file(database, settings)
    assert not settings.secret_key_path().exists()


def test_a_new_installation_gets_a_key_file(database: Database, settings: Settings) -> None:
    settings.secret_key_path().unlink(missing_ok=True)
    ensure_key_file(database, settings)
    assert open_vault(settings).key_id
