"""A zone read as an SNMPv3 user, from the command line to the device and back."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

from api.cli import app
from api.usecases.targets import snmp_target, zone_snmp_target
from api.usecases.zones import define_zone, show_zone
from inventory.database import Database
from inventory.errors import InvalidInput, Misconfigured, NotFound, PreauError
from inventory.models import Change, Credential, ManagementEndpoint, Protocol, Zone
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from inventory.usm import AuthProtocol, PrivProtocol, SnmpV3User
from tests.network import add_school
from tests.pysnmp_agent import AUTH_PASSPHRASE, PRIV_PASSPHRASE
from tests.snmp_v3 import HOST, STRONG, V3Agent, net_snmp_agent

pytestmark = pytest.mark.lab

Run = Callable[..., Result]
USER = SnmpV3User(STRONG.user, AuthProtocol.SHA256, "v3-auth", PrivProtocol.AES128, "v3-priv")
OPTIONS = (
    f"--v3-user {STRONG.user} --auth sha256 --auth-secret v3-auth --priv aes128"
    " --priv-secret v3-priv"
).split()


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[V3Agent]:
    with net_snmp_agent(tmp_path_factory.mktemp("snmpd")) as running:
        yield running


@pytest.fixture
def run(
    settings: Settings, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run the command line on an installation that keeps the user's passphrases."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)
    with database.write("test") as session:
        _keep_secrets(session, vault)

    def call(*arguments: str) -> Result:
        result = CliRunner().invoke(app, list(arguments))
        assert AUTH_PASSPHRASE not in result.output
        assert PRIV_PASSPHRASE not in result.output
        return result

    return call


def _keep_secrets(session: Session, vault: Vault) -> None:
    store_secret(session, vault, "v3-auth", AUTH_PASSPHRASE)
    store_secret(session, vault, "v3-priv", PRIV_PASSPHRASE)
    store_secret(session, vault, "community", "lab-read")
    session.flush()


def test_a_school_is_found_polled_and_observed_by_snmp_v3(
    agent: V3Agent, run: Run, database: Database
) -> None:
    with database.write("test") as session:
        add_school(session)
    added = run("zone", "add", "tilleuls", "--network", f"{HOST}/32", "--site", "Les Tilleuls",
                "--snmp-port", str(agent.port), *OPTIONS, "--json")  # fmt: skip
    assert added.exit_code == 0, added.output
    assert json.loads(added.stdout)["snmp_v3"] == {
        "user": STRONG.user,
        "auth": "sha256",
        "auth_secret": "v3-auth",
        "priv": "aes128",
        "priv_secret": "v3-priv",
    }

    discovered = run("discover", "--zone", "tilleuls")
    assert discovered.exit_code == 0, discovered.output
    assert "1 addresses asked, 1 answered (1 new" in discovered.stdout
    polled = run("poll")
    assert polled.exit_code == 0, polled.output
    observed = run("observe", HOST, "--json")
    assert json.loads(observed.stdout)["identity"]["sysname"] == "v3-agent"
    with database.read() as session:
        changes = session.exec(select(Change)).all()
    assert not any(
        passphrase in f"{change.before} {change.after}"
        for change in changes
        for passphrase in (AUTH_PASSPHRASE, PRIV_PASSPHRASE)
    )


@pytest.mark.one_database
def test_an_address_of_no_zone_is_observed_as_a_user_given_on_the_command_line(
    agent: V3Agent, run: Run
) -> None:
    observed = run("observe", f"{HOST}:{agent.port}", *OPTIONS, "--json")
    assert observed.exit_code == 0, observed.output
    assert json.loads(observed.stdout)["identity"]["sysname"] == "v3-agent"


@pytest.mark.one_database
def test_a_user_who_is_refused_is_told_in_one_sentence(agent: V3Agent, run: Run) -> None:
    options = ["stranger" if option == STRONG.user else option for option in OPTIONS]
    observed = run("observe", f"{HOST}:{agent.port}", *options)
    assert observed.exit_code != 0
    assert "does not know the SNMPv3 user stranger" in str(observed.exception)


def test_a_zone_whose_user_is_refused_is_no_silent_zone(agent: V3Agent, run: Run) -> None:
    options = ["community" if option == "v3-priv" else option for option in OPTIONS]
    run("zone", "add", "lac", "--network", f"{HOST}/32", "--snmp-port", str(agent.port), *options)
    discovered = run("discover", "--zone", "lac")
    assert discovered.exit_code == 1, discovered.output
    assert "cannot decrypt what we send" in discovered.output


def test_a_user_without_authentication_needs_no_secret(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        zone = define_zone(session, "open", site_id=None, networks=[], snmp_v3=SnmpV3User("nobody"))
        target = zone_snmp_target(session, vault, Settings(), zone, HOST)
    assert target.v3 is not None
    assert (target.v3.user, target.v3.auth, target.v3.priv) == ("nobody", None, None)


def test_a_zone_goes_from_community_to_user_and_back(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        _keep_secrets(session, vault)
        for given in ({"community_secret": "community"}, {"snmp_v3": USER}, {"snmp_v3": USER}):
            more: dict[str, Any] = given
            zone = define_zone(session, "lac", site_id=None, networks=[], **more)
        assert show_zone(session, "lac")["community_secret"] is None
        assert len(session.exec(select(Credential)).all()) == 2
        assert zone_snmp_target(session, vault, Settings(), zone, HOST).v3 == STRONG
        define_zone(session, "lac", site_id=None, networks=[], community_secret="community")
        shown = show_zone(session, "lac")
        assert (shown["community_secret"], shown["snmp_v3"]) == ("community", None)
        target = zone_snmp_target(session, vault, Settings(), zone, HOST)
        assert (target.v3, target.community) == (None, "lab-read")


def test_an_endpoint_has_its_own_user(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        _keep_secrets(session, vault)
        define_zone(session, "other", site_id=None, networks=[], snmp_v3=USER)
        own = session.exec(select(Credential)).one()
        zone = define_zone(session, "lac", site_id=None, networks=[], community_secret="community")
        assert zone.id is not None
        endpoint = ManagementEndpoint(
            zone_id=zone.id, host=HOST, protocol=Protocol.SNMP, port=161, credential_id=own.id
        )
        session.add(endpoint)
        session.flush()
        assert snmp_target(session, vault, Settings(), endpoint).v3 == STRONG


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("more", "kind", "said"),
    [
        ({"snmp_v3": SnmpV3User("u", AuthProtocol.MD5)}, InvalidInput, "--auth and --auth-secret"),
        ({"snmp_v3": SnmpV3User("u", auth_secret="v3-auth")}, InvalidInput, "belong together"),
        (
            {"snmp_v3": SnmpV3User("u", priv=PrivProtocol.DES, priv_secret="v3-priv")},
            InvalidInput,
            "no privacy without authentication",
        ),
        ({"snmp_v3": SnmpV3User("")}, InvalidInput, "1 to 32 octets"),
        ({"snmp_v3": SnmpV3User("é" * 17)}, InvalidInput, "1 to 32 octets"),
        (
            {"snmp_v3": SnmpV3User("u", AuthProtocol.MD5, "missing")},
            NotFound,
            "no secret named missing",
        ),
        ({"snmp_v3": USER, "community_secret": "community"}, InvalidInput, "not both"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    database: Database, vault: Vault, *, more: dict[str, Any], kind: type[PreauError], said: str
) -> None:
    with database.write("test") as session:
        _keep_secrets(session, vault)
    with pytest.raises(kind, match=said), database.write("test") as session:
        define_zone(session, "lac", site_id=None, networks=[], **more)
    with database.read() as session:
        assert session.exec(select(Zone)).all() == []


@pytest.mark.one_database
def test_an_empty_passphrase_is_told_by_its_name(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        _keep_secrets(session, vault)
        zone = define_zone(session, "lac", site_id=None, networks=[], snmp_v3=USER)
        store_secret(session, vault, "v3-priv", "")
        session.flush()
        with pytest.raises(Misconfigured, match="the secret v3-priv is empty"):
            zone_snmp_target(session, vault, Settings(), zone, HOST)
