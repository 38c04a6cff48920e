"""`preau topology` as a person or a script uses it."""

import json

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from api.cli import app
from inventory.database import Database
from inventory.models import Device
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.seed import seed, seed_network


@pytest.fixture(autouse=True)
def installed(
    settings: Settings, vault: Vault, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line works on the test's own installation."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)
    seed_network(database, seed(database))


def _preau(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["topology", *arguments])


def test_the_tree_and_the_incident_are_shown_and_told_by_the_status() -> None:
    result = _preau("show", "95001/9501")
    assert result.exit_code == 1, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("incident: sw2 is down since ")
    assert lines[0].endswith("; unreachable because of it: ap5, ap6, ap7")
    assert lines[1:4] == [
        "sw1: ok",
        "  sw2: down  1/1/24 - 1/1/24 (confirmed)",
        "    ap5: shadowed  eth0 - 1/1/1 (confirmed)",
    ]
    assert lines[-1] == "no known cable leads to ap8 (down)"
    told = json.loads(_preau("show", "95001/9501", "--json").output)
    assert (told["root"]["name"], told["root"]["behind"][0]["cable"]) == ("sw1", "confirmed")
    assert [(each["cause"], each["shadowed"]) for each in told["incidents"]] == [
        ("sw2", ["ap5", "ap6", "ap7"])
    ]


def test_a_site_without_devices_is_said_to_have_none() -> None:
    result = _preau("show", "95002/9502")
    assert (result.exit_code, result.output) == (0, "no device stands at this site\n")


def test_a_person_names_the_core_and_the_tree_begins_there(database: Database) -> None:
    assert _preau("core", "sw2").output == "sw2 is the core of its site.\n"
    assert _preau("core", "sw2").output == "sw2 is the core of its site, as before.\n"
    assert "\nsw2: down\n" in _preau("show", "95001/9501").output
    assert _preau("core", "sw1").exit_code == 0
    with database.read() as session:
        cores = session.exec(select(Device.name).where(Device.core)).all()
    assert cores == ["sw1"]
