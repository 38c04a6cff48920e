"""A person decides, device by device, what is trusted over SSH; the decision is on record."""

from collections.abc import Callable

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from api.cli import app
from api.usecases.targets import ssh_target
from api.usecases.zones import define_zone
from inventory.database import Database
from inventory.models import Change, ManagementEndpoint, Protocol
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.network import add_device

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def device_id(database: Database, vault: Vault) -> int:
    """An access point with an SSH endpoint whose host key is pinned."""
    with database.write("test") as session:
        store_secret(session, vault, "ssh", "value")
        session.flush()
        zone = define_zone(
            session, "lac", site_id=None, networks=[], ssh_user="root", ssh_secret="ssh"
        )
        device_id = add_device(session, name="ap1", family="openwrt")
        assert zone.id is not None
        endpoint = ManagementEndpoint(
            zone_id=zone.id, host="127.30.0.11", protocol=Protocol.SSH, port=22
        )
        endpoint.device_id, endpoint.host_key = device_id, "ssh-rsa AAAA"
        session.add(endpoint)
    return device_id


def test_old_algorithms_are_accepted_from_the_named_device_alone(
    database: Database, vault: Vault, settings: Settings, device_id: int, run: Run
) -> None:
    def accepted() -> bool:
        with database.read() as session:
            return ssh_target(session, vault, settings, device_id).legacy_algorithms

    assert accepted() is False
    done = run("device", "allow-legacy-ssh", "ap1")
    assert (done.exit_code, done.stdout) == (0, "Old SSH algorithms are accepted from ap1.\n")
    assert accepted() is True
    assert "as before" in run("device", "allow-legacy-ssh", "ap1").stdout
    with database.read() as session:
        (record,) = session.exec(
            select(Change).where(Change.table_name == "device", Change.action == "update")
        ).all()
        assert record.actor not in ("", "test")
    assert run("device", "allow-legacy-ssh", "ap1", "--forbid").exit_code == 0
    assert accepted() is False


@pytest.mark.usefixtures("vault")
def test_a_forgotten_host_key_is_pinned_anew_by_the_next_session(
    database: Database, device_id: int, run: Run
) -> None:
    assert run("device", "forget-host-key", "ap1").exit_code == 0
    with database.read() as session:
        assert session.exec(select(ManagementEndpoint.host_key)).one() is None
    again = run("device", "forget-host-key", "ap1")
    assert again.exit_code != 0
    assert "no SSH host key is pinned" in str(again.exception)


def test_an_unknown_device_is_one_sentence(database: Database, run: Run) -> None:
    assert "no device is known as nobody" in str(
        run("device", "forget-host-key", "nobody").exception
    )
