import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

from api.cli import app
from api.usecases.lookup import find_authority, find_device, find_site, find_sites
from api.usecases.zones import define_zone, list_zones, show_zone
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound, PreauError
from inventory.models import Change, Credential, Site, Zone
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.network import add_device, add_school

Run = Callable[..., Result]


@pytest.fixture
def run(
    settings: Settings, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run the command line on the test's installation."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)

    def call(*arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=given)

    return call


def _define(session: Session, vault: Vault, **more: Any) -> Zone:
    for name in ("snmp", "ssh"):
        store_secret(session, vault, name, f"value of {name}")
    session.flush()
    values: dict[str, Any] = {
        "site_id": None,
        "networks": ["127.20.0.0/24", " 127.30.0.1 "],
        "snmp_port": 10161,
        "community_secret": "snmp",
        "ssh_user": "preau",
        "ssh_secret": "ssh",
        **more,
    }
    return define_zone(session, "tilleuls", **values)


def test_a_zone_said_twice_is_one_and_changes_nothing(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        _define(session, vault)
    with database.read() as session:
        before = len(session.exec(select(Change).where(Change.table_name == "zone")).all())
    with database.write("test") as session:
        _define(session, vault)
    with database.read() as session:
        changes = session.exec(select(Change).where(Change.table_name == "zone")).all()
        assert len(changes) == before
        (shown,) = list_zones(session)
        assert len(session.exec(select(Credential)).all()) == 2
    assert shown == {
        "name": "tilleuls",
        "site": None,
        "site_id": None,
        "networks": ["127.20.0.0/24", "127.30.0.1/32"],
        "snmp_port": 10161,
        "ssh_port": 22,
        "ssh_via": "direct",
        "community_secret": "snmp",
        "snmp_v3": None,
        "ssh_user": "preau",
        "ssh_secret": "ssh",
        "logins": [],
    }


def test_what_is_not_said_of_a_zone_stays(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        site_id = add_school(session).site_id
        _define(session, vault, site_id=site_id, ssh_port=10022)
        before = show_zone(session, "tilleuls")
        define_zone(session, "tilleuls", site_id=None, networks=["127.40.0.0/24"])
        after = show_zone(session, "tilleuls")
    assert before["site_id"] == site_id
    assert after == {**before, "networks": ["127.40.0.0/24"]}


@pytest.mark.parametrize(
    ("more", "kind", "said"),
    [
        ({"networks": ["nonsense"]}, InvalidInput, "no address range"),
        ({"networks": ["127.0.0.1/24"]}, InvalidInput, "host bits set"),
        ({"snmp_port": 0}, InvalidInput, "0 is no port"),
        ({"community_secret": "missing"}, NotFound, "no secret named missing"),
        ({"ssh_secret": None}, InvalidInput, "a user and a secret"),
    ],
)
def test_a_zone_that_cannot_be_is_refused(
    database: Database, vault: Vault, *, more: dict[str, Any], kind: type[PreauError], said: str
) -> None:
    with pytest.raises(kind, match=said), database.write("test") as session:
        _define(session, vault, **more)
    with database.read() as session:
        assert session.exec(select(Zone)).all() == []


def test_an_unknown_zone_is_not_found(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound, match="no zone lac"):
        show_zone(session, "lac")


@pytest.mark.parametrize("reference", ["95001/9501", " 095001 / 09501 ", "95001", "Les Tilleuls"])
def test_a_site_is_found_by_its_numbers_or_its_name(database: Database, reference: str) -> None:
    with database.write("test") as session:
        expected = add_school(session).site_id
        add_school(session, fase=95002, name="Saint-Roch")
        assert find_site(session, reference).id == expected
        assert find_sites(session, [reference]) == [expected]
        assert find_sites(session, []) is None
        assert find_authority(session, 95001).name == "PO de Les Tilleuls"


def test_what_is_not_there_or_there_twice_is_said(database: Database) -> None:
    with database.write("test") as session:
        one = add_school(session).site_id
        two = add_school(session, fase=95002).site_id
        first = add_device(session, name="sw1", site_id=one)
        add_device(session, name="sw1", site_id=two)
        with pytest.raises(NotFound, match="Aucun site n’est connu sous 95001/1"):
            find_site(session, "95001/1")
        with pytest.raises(InvalidInput, match="plusieurs sites\u00a0: Les Tilleuls"):
            find_site(session, "Les Tilleuls")
        with pytest.raises(NotFound, match="Aucun pouvoir organisateur"):
            find_authority(session, 1)
        with pytest.raises(NotFound, match="no device is known as ap9"):
            find_device(session, "ap9")
        with pytest.raises(InvalidInput, match=r"several devices are called sw1: 1 \(Les"):
            find_device(session, "sw1")
        assert find_device(session, "sw1", site_id=one).id == first
        assert find_device(session, str(first)).id == first


def test_the_commands_say_it_in_words_and_in_json(run: Run, database: Database) -> None:
    with database.write("test") as session:
        add_school(session)
    assert run("secret", "set", "lab-snmp", given="lab-read\n").exit_code == 0
    added = run(
        "zone",
        "add",
        "tilleuls",
        "--site",
        "95001/9501",
        "--network",
        "127.20.0.0/28",
        "--snmp-port",
        "10161",
        "--community-secret",
        "lab-snmp",
        "--json",
    )
    assert added.exit_code == 0, added.output
    assert json.loads(added.stdout)["site"] == "Les Tilleuls"
    assert "lab-read" not in added.output
    assert run("zone", "list").stdout == "tilleuls  Les Tilleuls  127.20.0.0/28\n"
    assert json.loads(run("zone", "list", "--json").stdout)[0]["snmp_port"] == 10161
    assert "127.20.0.0/28" in run("zone", "show", "tilleuls").stdout
    assert isinstance(run("zone", "show", "lac").exception, NotFound)


def test_intent_is_set_and_shown_from_the_command_line(run: Run, database: Database) -> None:
    with database.write("test") as session:
        site = session.get_one(Site, add_school(session).site_id)
        add_device(session, name="ap1", site_id=site.id)
    assert run("intent", "set", "-", "--programme", given='{"country": "BE"}').stdout == (
        "The layer programme is at version 1.\n"
    )
    done = run("intent", "set", "-", "--site", "95001", given='{"country": "LU"}')
    assert done.stdout == f"The layer site:{site.id} is at version 1.\n"
    done = run("intent", "set", "-", "--device", "ap1", given='{"hostname": "borne-1"}')
    assert done.exit_code == 0, done.output
    shown = json.loads(run("intent", "show", "--device", "ap1").stdout)
    assert (shown["country"], shown["hostname"]) == ("LU", "borne-1")
    assert shown["origins"]["country"] == f"site:{site.id}"


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["--programme"], "not json", "the file is not JSON"),
        (["--programme"], "[" * 100_000, "the file is not JSON"),
        (["--programme"], "[]", "a layer of intent is a JSON object"),
        ([], "{}", "say whose layer it is"),
        (["--programme", "--site", "95001"], "{}", "say whose layer it is"),
        (["--programme"], '{"wlans": [{}]}', r"wlans\.0\.name"),
    ],
)
def test_a_layer_that_cannot_be_stored_is_one_sentence(
    run: Run, *, arguments: list[str], given: str, said: str
) -> None:
    result = run("intent", "set", "-", *arguments, given=given)
    assert isinstance(result.exception, InvalidInput)
    with pytest.raises(InvalidInput, match=said):
        raise result.exception
