"""Jump hosts as an installation knows them: made, trusted by a person, and gone through."""

from collections.abc import Callable

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from api.cli import app
from api.usecases.jump_hosts import pin_jump_host_key
from api.usecases.targets import snmp_target, ssh_target
from api.usecases.zones import define_zone
from inventory.database import Database
from inventory.errors import Misconfigured
from inventory.models import Change, JumpHost, ManagementEndpoint, Protocol, Zone
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.network import add_device

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)
    return lambda *arguments: CliRunner().invoke(app, ["jump", *arguments])


@pytest.fixture
def device_id(database: Database, vault: Vault) -> int:
    with database.write("test") as session:
        for name in ("ssh", "bastion", "snmp"):
            store_secret(session, vault, name, f"secret of {name}")
        session.flush()
        zone = define_zone(
            session,
            "lac",
            site_id=None,
            networks=[],
            community_secret="snmp",
            ssh_user="root",
            ssh_secret="ssh",
        )
        device_id = add_device(session, name="ap1", family="openwrt")
        assert zone.id is not None
        for protocol, port in ((Protocol.SSH, 22), (Protocol.SNMP, 161)):
            session.add(
                ManagementEndpoint(
                    zone_id=zone.id,
                    host="192.168.1.2",
                    protocol=protocol,
                    port=port,
                    device_id=device_id,
                )
            )
    return device_id


ADD = ("add", "bastion", "--host", "192.0.2.7", "--user", "preau", "--secret", "bastion")


def test_a_zone_goes_through_its_jump_host_once_its_key_is_pinned(
    run: Run, database: Database, vault: Vault, settings: Settings, device_id: int
) -> None:
    added = run(*ADD)
    assert added.exit_code == 0, added.output
    assert "preau jump trust bastion" in added.stdout
    assert run("use", "bastion", "--zone", "lac").exit_code == 0
    with database.read() as session, pytest.raises(Misconfigured, match="is not pinned") as told:
        ssh_target(session, vault, settings, device_id)
    assert "preau jump trust bastion" in str(told.value)
    with database.write("user:alice") as session:
        pin_jump_host_key(session, "bastion", "ssh-ed25519 AAAA")
    with database.read() as session:
        via = ssh_target(session, vault, settings, device_id).via
        changes = session.exec(select(Change).where(Change.table_name == "jump_host")).all()
    assert via is not None
    assert (via.host, via.username, via.password) == ("192.0.2.7", "preau", "secret of bastion")
    assert (via.host_key, via.max_sessions) == ("ssh-ed25519 AAAA", 8)
    assert "secret of" not in repr(via) + str(via) + "".join(str(each.after) for each in changes)
    listed = run("list")
    assert listed.stdout == "bastion  preau@192.0.2.7:22  lac\n"
    assert run("use", "direct", "--zone", "lac").exit_code == 0
    with database.read() as session:
        assert ssh_target(session, vault, settings, device_id).via is None


def test_one_device_may_go_another_way_than_its_zone_and_carries_no_snmp(
    run: Run, database: Database, vault: Vault, settings: Settings, device_id: int
) -> None:
    run(*ADD)
    assert run("use", "bastion", "--device", "ap1").exit_code == 0
    with database.write("test") as session:
        pin_jump_host_key(session, "bastion", "ssh-ed25519 AAAA")
        snmp = session.exec(
            select(ManagementEndpoint).where(ManagementEndpoint.protocol == Protocol.SNMP)
        ).one()
        assert snmp.via == "direct"
        assert session.exec(select(Zone)).one().ssh_via == "direct"
        assert ssh_target(session, vault, settings, device_id).via is not None
        assert snmp_target(session, vault, settings, snmp).host == "192.168.1.2"
        snmp.via = "bastion"
        with pytest.raises(Misconfigured, match="carries no SNMP"):
            snmp_target(session, vault, settings, snmp)


def test_a_jump_host_that_moved_is_trusted_anew_and_another_password_changes_nothing_else(
    run: Run, database: Database, device_id: int
) -> None:
    run(*ADD)
    with database.write("test") as session:
        pin_jump_host_key(session, "bastion", "ssh-ed25519 AAAA")
    run(*ADD, "--max-sessions", "3")
    with database.read() as session:
        row = session.exec(select(JumpHost)).one()
        assert (row.host_key, row.max_sessions) == ("ssh-ed25519 AAAA", 3)
    run(*ADD, "--port", "2222")
    with database.read() as session:
        assert session.exec(select(JumpHost)).one().host_key is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "direct", *ADD[2:]), "cannot be called"),
        ((*ADD[:-1], "inconnu"), "there is no secret named inconnu"),
        (("use", "nulle-part", "--zone", "lac"), "there is no jump host nulle-part"),
        (("use", "bastion"), "say for what"),
        (("trust", "nulle-part"), "there is no jump host nulle-part"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    run: Run, device_id: int, arguments: tuple[str, ...], said: str
) -> None:
    assert said in str(run(*arguments).exception)
