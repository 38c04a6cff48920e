"""`preau observe` with a database: a known address brings its port and its credentials."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.observe import app, split_host
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.models import Credential, CredentialKind, ManagementEndpoint, Protocol, Zone
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.device import Device
from tests.district import LabDevice

pytestmark = pytest.mark.lab


@pytest.fixture
def installed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)


def know(database: Database, vault: Vault, device: Device, zone_name: str) -> None:
    with database.write("test") as session:
        store_secret(session, vault, f"snmp-{zone_name}", "lab-read")
        credential = Credential(
            name=f"snmp-{zone_name}",
            kind=CredentialKind.SNMP_COMMUNITY,
            secret_name=f"snmp-{zone_name}",
        )
        session.add(credential)
        session.flush()
        zone = Zone(name=zone_name, snmp_credential_id=credential.id)
        session.add(zone)
        session.flush()
        assert zone.id is not None
        endpoint = ManagementEndpoint(
            zone_id=zone.id, host=device.host, protocol=Protocol.SNMP, port=device.snmp_port
        )
        session.add(endpoint)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.usefixtures("installed")
def test_a_known_address_is_read_with_its_own_port_and_community(
    database: Database, vault: Vault, lab_device: LabDevice
) -> None:
    device = lab_device("arubaos_cx")
    know(database, vault, device, "tilleuls")
    read = json.loads(run(device.host))
    assert read["identity"]["family"] == "arubaos_cx"


@pytest.mark.usefixtures("installed")
def test_an_address_of_two_zones_needs_its_zone_named(
    database: Database, vault: Vault, lab_device: LabDevice
) -> None:
    switch, access_point = lab_device("arubaos_cx"), lab_device("openwrt")
    know(database, vault, switch, "tilleuls")
    know(database, vault, access_point, "saint-roch")
    with pytest.raises(InvalidInput, match="saint-roch, tilleuls"):
        run("127.0.0.1")
    assert json.loads(run("127.0.0.1", "--zone", "tilleuls"))["identity"]["family"] == "arubaos_cx"
    assert json.loads(run("127.0.0.1", "--zone", "saint-roch"))["identity"]["family"] == "openwrt"


@pytest.mark.one_database
@pytest.mark.usefixtures("installed", "database", "vault")
def test_an_unknown_zone_is_told() -> None:
    with pytest.raises(NotFound, match="no zone nowhere"):
        run("127.0.0.1", "--zone", "nowhere")


@pytest.mark.one_database
@pytest.mark.usefixtures("installed")
def test_an_unknown_host_may_be_read_with_a_kept_community(
    database: Database, vault: Vault, lab_device: LabDevice
) -> None:
    device = lab_device("openwrt")
    with database.write("test") as session:
        store_secret(session, vault, "new-devices", "lab-read")
    read = json.loads(run(f"{device.host}:{device.snmp_port}", "--community", "new-devices"))
    assert read["identity"]["family"] == "openwrt"


def test_a_recording_is_shown_as_tables(tmp_path: Path) -> None:
    path = tmp_path / "walk.txt"
    path.write_text(
        '.1.3.6.1.2.1.1.5.0 = STRING: "sw1"\n.1.3.6.1.2.1.31.1.1.1.1.7 = STRING: "p7"\n'
    )
    result = CliRunner().invoke(app, ["--recording", str(path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "sw1" in result.stdout
    assert "p7" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["127.0.0.1", "--recording", "x"]])
def test_a_host_or_a_recording_is_asked_for(arguments: list[str]) -> None:
    with pytest.raises(InvalidInput, match="one of them"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("sw1", ("sw1", None)),
        ("192.0.2.1:10161", ("192.0.2.1", 10161)),
        ("2001:db8::1", ("2001:db8::1", None)),
        ("[2001:db8::1]:161", ("2001:db8::1", 161)),
        ("[fe80::1%eth0]", ("fe80::1%eth0", None)),
    ],
)
def test_a_host_may_carry_its_port(written: str, expected: tuple[str, int | None]) -> None:
    assert split_host(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        *("", ":161", "sw1:99999", "sw1:snmp", "sw1:0", "a b", "a\nb", "http://sw1", "sw1/24"),
        *("[::1", "[]:161", "[::1]161", "::1]:161", "192.0.2.1:161:5", "sw1:²"),
    ],
)
def test_what_is_no_host_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        split_host(written)
