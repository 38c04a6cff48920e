"""`preau discover --from` and `preau proposal` as a person or a script uses them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.usecases.zones import define_zone
from inventory.database import Database
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.agents import Agents, SmallDevice, running_agents
from tests.network import add_school

pytestmark = pytest.mark.lab


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def agents(
    settings: Settings, vault: Vault, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Agents]:
    """A core switch that hears two others, which tell no address, in the zone of a school."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    core = SmallDevice(
        name="core", neighbours=[("00:00:5e:00:0b:01", "sw7"), ("00:00:5e:00:0c:01", "sw8")]
    )
    with running_agents(core) as agents:
        with database.write("test") as session:
            store_secret(session, vault, "snmp", "lab-read")
            session.flush()
            define_zone(
                session,
                "z",
                site_id=add_school(session).site_id,
                networks=[agents.network],
                snmp_port=agents.port,
                community_secret="snmp",
            )
        yield agents


def _preau(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == status, result.output
    return result


def _json(*arguments: str) -> Any:
    return json.loads(_preau(*arguments, "--json").stdout)


def test_what_a_core_switch_hears_is_listed_accepted_and_refused(agents: Agents) -> None:
    said = _preau("discover", "--from", agents.host(1)).stdout
    assert "z: 1 addresses asked, 1 answered (1 new, 0 known, 2 proposed, 0 not read)" in said
    listed = _preau("proposal", "list").stdout
    assert "sw7" in listed
    assert "LLDP from core on port 1/1/1, zone z, not read: no address of it is known" in listed
    assert "proposed for Les Tilleuls: the zone is that site's" in listed
    numbers = {each["name"]: str(each["id"]) for each in _json("proposal", "list")}
    _preau("proposal", "accept", numbers["sw7"], "--name", "sw-cave", "--role", "switch")
    _preau("proposal", "refuse", numbers["sw8"], "--reason", "à un voisin")
    assert "nothing waits" in _preau("proposal", "list").stdout
    assert "refused by cli:" in _preau("proposal", "list", "--state", "refused").stdout
    again = _json("discover", "--zone", "z", "--from", agents.host(1))
    assert (again["known"], again["proposed"], again["zones"][0]["refused"]) == (1, 0, ["sw8"])
    assert _json("topology", "show", "95001/9501")["root"] is not None


def test_all_that_waits_in_a_zone_is_accepted_at_once(agents: Agents) -> None:
    _preau("discover", "--from", agents.host(1))
    said = _preau("proposal", "accept", "--all", "--zone", "z", "--source", "controller").stdout
    assert said == "nothing waits there\n"
    said = _preau("proposal", "accept", "--all", "--zone", "z").stdout
    assert said.startswith("2 accepted: sw")
    for wrong in ((), ("--all",), ("1", "--all", "--zone", "z")):
        _preau("proposal", "accept", *wrong, status=1)  # main() makes it one line and a 2


def test_rules_are_added_listed_and_switched(agents: Agents) -> None:
    assert _preau("proposal", "rule", "add", "--name", "sw7", "--role", "switch").stdout.startswith(
        "rule 1 accepts"
    )
    said = _json("discover", "--from", agents.host(1))
    assert (said["zones"][0]["new"], said["zones"][0]["proposed"]) == (["core", "sw7"], ["sw8"])
    _preau("proposal", "rule", "remove", "answering")
    lines = _preau("proposal", "rule", "list").stdout.splitlines()
    assert lines == [
        "1: name_pattern sw7 → role switch",
        "answering: what answers to its zone's own credential (off)",
    ]
    _preau("proposal", "rule", "restore", "answering")
    assert [rule["active"] for rule in _json("proposal", "rule", "list")] == [True, True]
