"""Kept configurations: found by their first digits, compared, and exported to git."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from api.usecases.backups import compare, export_backups, find_backup, list_backups
from deploy.backup import Reading, keep_backup
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.models import Change, ConfigBackup, Device
from inventory.secrets import Vault
from tests.network import add_device, school_in

FIRST = "package wireless\nconfig wifi-iface 'a'\n\toption ssid 'A'\nconfig wifi-iface 'b'\n"
TURNED = "package wireless\nconfig wifi-iface 'b'\nconfig wifi-iface 'a'\n\toption ssid 'A'\n"
SECOND = FIRST.replace("'A'", "'ELEVES'")
SECRET = "canary-of-backups"


@pytest.fixture
def devices(database: Database) -> tuple[int, int]:
    site_id = school_in(database, name="École du lac").site_id
    with database.write("test") as session:
        ap = add_device(session, name="ap 1/a", site_id=site_id, family="openwrt")
        switch = add_device(session, name="sw1", site_id=site_id, family="arubaos_cx")
    return ap, switch


def _keep(database: Database, vault: Vault, device_id: int, scrubbed: str) -> ConfigBackup:
    text = scrubbed + f"# {SECRET}\n"
    with database.write("user:alice") as session:
        reading = Reading(device_id, text, scrubbed, "user:alice", "plan 7")
        row = keep_backup(session, vault, reading)
        session.flush()
        session.refresh(row)
        session.expunge(row)
    return row


def _row(session: Session, row: ConfigBackup) -> ConfigBackup:
    return session.get_one(ConfigBackup, row.id)


def test_a_configuration_is_kept_once_with_who_when_and_why(
    database: Database, vault: Vault, devices: tuple[int, int]
) -> None:
    ap, _ = devices
    one = _keep(database, vault, ap, FIRST)
    two = _keep(database, vault, ap, SECOND)
    again = _keep(database, vault, ap, FIRST)
    assert again.id == one.id
    assert again.last_read_at > two.last_read_at
    with database.read() as session:
        lines = list_backups(session, ap).lines
        assert [line.backup_id for line in lines] == [two.id, one.id]
        assert (lines[1].by, lines[1].reason) == ("user:alice", "plan 7")
        page = list_backups(session, ap, limit=1)
        assert page.next == two.id
        assert list_backups(session, ap, before=page.next).lines == lines[1:]
        # What runs is what was read last, not what was kept last.
        assert find_backup(session, ap, None).id == one.id
        made = session.exec(select(Change).where(Change.table_name == "config_backup")).all()
        assert SECRET not in str([change.model_dump() for change in made])


def test_a_configuration_is_found_by_its_first_digits(
    database: Database, vault: Vault, devices: tuple[int, int]
) -> None:
    ap, switch = devices
    row = _keep(database, vault, ap, FIRST)
    with database.read() as session:
        assert find_backup(session, ap, row.digest[:8].upper()).id == row.id
        with pytest.raises(InvalidInput, match="n’est pas une empreinte"):
            find_backup(session, ap, "%")
        with pytest.raises(NotFound, match="ne commence par"):
            find_backup(session, switch, row.digest[:8])
        with pytest.raises(NotFound, match="Aucune configuration de l’équipement"):
            find_backup(session, switch, None)


def test_two_configurations_are_compared_by_section_whatever_their_order(
    database: Database, vault: Vault, devices: tuple[int, int]
) -> None:
    ap, switch = devices
    first, turned, second, other = (
        _keep(database, vault, device, text)
        for device, text in ((ap, FIRST), (ap, TURNED), (ap, SECOND), (switch, "hostname a\n"))
    )
    with database.read() as session:
        assert compare(session, _row(session, first), _row(session, first)) == ""
        assert compare(session, _row(session, first), _row(session, turned)) == ""
        told = compare(session, _row(session, first), _row(session, second))
        assert "-     option ssid 'A'" in told
        assert "+     option ssid 'ELEVES'" in told
        across = compare(session, _row(session, first), _row(session, other))
        assert "+hostname a" in across


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_an_export_commits_what_changed_and_no_secret(
    database: Database, vault: Vault, devices: tuple[int, int], tmp_path: Path
) -> None:
    ap, switch = devices
    for device, text in ((ap, FIRST), (ap, SECOND), (switch, "hostname a\n")):
        _keep(database, vault, device, text)
    folder = tmp_path / "export"
    done = export_backups(database, folder, site_id=None, actor="user:alice")
    assert (done.files, done.changed) == (2, 3)  # with the mark
    names = _git(folder, "ls-files").split()
    assert names == [".preau", f"Ecole-du-lac/ap-1-a-{ap}.txt", f"Ecole-du-lac/sw1-{switch}.txt"]
    assert (folder / names[1]).read_text() == SECOND
    assert SECRET not in _git(folder, "log", "-p")
    assert _git(folder, "log", "--format=%an").strip() == "user:alice"
    again = export_backups(database, folder, site_id=None, actor="user:alice")
    assert (again.changed, again.commit) == (0, None)
    elsewhere = export_backups(database, tmp_path / "other", site_id=None, actor="user:alice")
    assert elsewhere.commit == done.commit


def test_what_is_gone_leaves_the_export_and_history_keeps_it(
    database: Database, vault: Vault, devices: tuple[int, int], tmp_path: Path
) -> None:
    ap, switch = devices
    _keep(database, vault, ap, FIRST)
    _keep(database, vault, switch, "hostname a\n")
    folder = tmp_path / "export"
    export_backups(database, folder, site_id=None, actor="a")
    with database.write("test") as session:
        session.get_one(Device, ap).name = "ap1"
    done = export_backups(database, folder, site_id=None, actor="a")
    assert done.changed
    assert f"ap1-{ap}.txt" in _git(folder, "ls-files")
    assert f"ap-1-a-{ap}.txt" not in _git(folder, "ls-files")


def test_a_folder_that_holds_something_else_is_left_alone(
    database: Database, vault: Vault, devices: tuple[int, int], tmp_path: Path
) -> None:
    _keep(database, vault, devices[0], FIRST)
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="holds something else"):
        export_backups(database, tmp_path, site_id=None, actor="a")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".txt"] == ["thesis.txt"]


def test_the_moment_of_a_commit_is_when_the_newest_was_first_read(
    database: Database, vault: Vault, devices: tuple[int, int], tmp_path: Path
) -> None:
    at = clock.now() - timedelta(days=3)
    row = _keep(database, vault, devices[0], FIRST)
    with database.write("test") as session:
        _row(session, row).first_read_at = at
    export_backups(database, tmp_path / "x", site_id=None, actor="a")
    assert _git(tmp_path / "x", "log", "--format=%at").strip() == str(int(at.timestamp()))
