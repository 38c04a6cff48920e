from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from api.usecases.discovery import DiscoveryResult, discover
from api.usecases.targets import known_snmp_endpoint, snmp_target, ssh_target
from api.usecases.zones import define_zone
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, Misconfigured, NotFound
from inventory.leases import lease
from inventory.models import (
    Device,
    Event,
    Interface,
    Link,
    ManagementEndpoint,
    ObservationRecord,
    Protocol,
)
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.agents import Agents, SmallDevice, running_agents
from tests.network import add_device, add_school

pytestmark = pytest.mark.lab

Find = Callable[..., DiscoveryResult]


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Settings with which silence is told soon."""
    return settings.model_copy(update={"snmp_timeout_s": 0.3, "snmp_retries": 4})


@pytest.fixture
def find(database: Database, vault: Vault, quick: Settings) -> Find:
    def call(*networks: str, zone: str | None = None) -> DiscoveryResult:
        return discover(database, vault, quick, networks=networks, zone_name=zone, actor="test")

    return call


def _zone(
    database: Database,
    vault: Vault,
    agents: Agents,
    name: str = "tilleuls",
    *,
    site_id: int | None = None,
    community: str = "lab-read",
) -> None:
    with database.write("test") as session:
        store_secret(session, vault, f"{name}-snmp", community)
        store_secret(session, vault, f"{name}-ssh", "lab-password")
        session.flush()
        define_zone(
            session,
            name,
            site_id=site_id,
            networks=[agents.network],
            snmp_port=agents.port,
            ssh_port=10022,
            community_secret=f"{name}-snmp",
            ssh_user="preau",
            ssh_secret=f"{name}-ssh",
        )


def _devices(database: Database) -> list[Device]:
    with database.read() as session:
        return list(session.exec(select(Device).order_by(col(Device.id))).all())


def _hosts(database: Database, device_id: int | None) -> dict[Protocol, list[str]]:
    found: dict[Protocol, list[str]] = {}
    with database.read() as session:
        for row in session.exec(
            select(ManagementEndpoint).where(ManagementEndpoint.device_id == device_id)
        ):
            found.setdefault(row.protocol, []).append(row.host)
    return found


def _events(database: Database, kind: str) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(Event.message).where(Event.kind == kind)).all())


def test_who_answers_is_a_device_with_endpoints_and_a_first_observation(
    database: Database, vault: Vault, find: Find
) -> None:
    one, two = (
        SmallDevice(name="sw1", serial="A", mac="00:00:0a:00:00:01"),
        SmallDevice(name="sw2", serial="B", mac="00:00:0a:00:00:11"),
    )
    one.neighbours = [(two.mac, "sw2")]
    with running_agents(one, two) as agents:
        with database.write("test") as session:
            site_id = add_school(session).site_id
        _zone(database, vault, agents, site_id=site_id)
        result = find().to_json()
        again = find().to_json()
    assert {name: result[name] for name in ("asked", "found", "new", "known", "silent")} == {
        "asked": 14,
        "found": 2,
        "new": 2,
        "known": 0,
        "silent": 12,
    }
    assert (again["new"], again["known"]) == (0, 2)
    sw1, sw2 = _devices(database)
    assert (sw1.name, sw1.serial, sw1.base_mac, sw1.site_id) == (
        "sw1",
        "A",
        "00000a000001",
        site_id,
    )
    assert (sw1.health, sw1.model, sw1.firmware) == ("ok", "M1", "1.0")
    assert _hosts(database, sw1.id) == {
        Protocol.SNMP: [agents.host(1)],
        Protocol.SSH: [agents.host(1)],
    }
    with database.read() as session:
        link = session.exec(select(Link)).one()
        assert (link.device_id, link.remote_device_id) == (sw1.id, sw2.id)
        names = session.exec(select(Interface.name).where(Interface.device_id == sw1.id)).all()
        assert sorted(names) == ["1/1/1", "1/1/2"]
        assert len(session.exec(select(ObservationRecord)).all()) == 4
    assert len(_events(database, "device.discovered")) == 2


def test_the_same_device_under_a_new_address_is_the_same_device(
    database: Database, vault: Vault, find: Find
) -> None:
    device = SmallDevice()
    with running_agents(device) as agents:
        _zone(database, vault, agents)
        find()
        with database.write("test") as session:
            ssh = session.exec(
                select(ManagementEndpoint).where(ManagementEndpoint.protocol == Protocol.SSH)
            ).one()
            ssh.host_key = "the key of sw1"
        agents.move(device, 5)
        result = find().to_json()
        (known,) = _devices(database)
        assert (result["new"], result["known"]) == (0, 1)
        assert _hosts(database, known.id) == {
            Protocol.SNMP: [agents.host(5)],
            Protocol.SSH: [agents.host(5)],
        }
    with database.read() as session:
        ssh = session.exec(
            select(ManagementEndpoint).where(ManagementEndpoint.protocol == Protocol.SSH)
        ).one()
        assert ssh.host_key == "the key of sw1"


def test_another_device_under_a_known_address_is_another_device(
    database: Database, vault: Vault, find: Find
) -> None:
    device = SmallDevice()
    with running_agents(device) as agents:
        _zone(database, vault, agents)
        find()
        device.change(name="sw9", serial="SN9", mac="00:00:5e:aa:00:91")
        assert find().to_json()["new"] == 1
        old, new = _devices(database)
        assert (old.serial, new.serial) == ("SN1", "SN9")
        assert _hosts(database, old.id) == {}
        assert _hosts(database, new.id)[Protocol.SNMP] == [agents.host(1)]
    (told,) = _events(database, "device.address_taken")
    assert "sw9 au lieu de sw1" in told


def test_a_device_whose_serial_changed_is_the_same_and_it_is_told(
    database: Database, vault: Vault, find: Find
) -> None:
    device = SmallDevice()
    with running_agents(device) as agents:
        _zone(database, vault, agents)
        find()
        device.change(serial="SN1-NEW")
        assert find().to_json()["known"] == 1
    (known,) = _devices(database)
    assert known.serial == "SN1-NEW"
    (told,) = _events(database, "device.serial_changed")
    assert "SN1 → SN1-NEW" in told


def test_the_same_address_in_two_zones_is_two_devices(
    database: Database, vault: Vault, find: Find
) -> None:
    one, two = SmallDevice(serial="A"), SmallDevice(serial="B", mac="00:00:5e:bb:00:01")
    with running_agents(one) as first, running_agents(two, beside=first) as second:
        assert first.network == second.network
        _zone(database, vault, first, "tilleuls")
        _zone(database, vault, second, "saint-roch")
        result = find()
        assert [(zone.zone, zone.found) for zone in result.zones] == [
            ("saint-roch", 1),
            ("tilleuls", 1),
        ]
        with database.read() as session:
            with pytest.raises(InvalidInput, match="known in the zones saint-roch, tilleuls"):
                known_snmp_endpoint(session, first.host(1))
            endpoint = known_snmp_endpoint(session, first.host(1), zone_name="tilleuls")
            assert endpoint is not None
            assert endpoint.port == first.port
            assert known_snmp_endpoint(session, "127.0.0.254") is None
    assert sorted(device.serial or "" for device in _devices(database)) == ["A", "B"]


def test_a_planned_device_that_answers_is_active_and_keeps_its_planned_name(
    database: Database, vault: Vault, find: Find
) -> None:
    with running_agents(SmallDevice(name="factory-default")) as agents:
        _zone(database, vault, agents)
        with database.write("test") as session:
            add_device(session, name="sw-accueil", serial="SN1", lifecycle="planned")
        assert find().to_json()["known"] == 1
    (device,) = _devices(database)
    assert (device.name, device.lifecycle, device.base_mac) == (
        "sw-accueil",
        "active",
        "00005eaa0001",
    )


@pytest.mark.one_database
def test_a_wrong_community_is_silence_and_makes_no_device(
    database: Database, vault: Vault, find: Find
) -> None:
    with running_agents(SmallDevice()) as agents:
        _zone(database, vault, agents, community="wrong")
        assert find().to_json()["found"] == 0
    assert _devices(database) == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("networks", "zone", "kind", "said"),
    [
        (["10.0.0.0/8"], "tilleuls", InvalidInput, "larger than /16"),
        (["fd00::/64"], "tilleuls", InvalidInput, "larger than /112"),
        (["300.1.1.0/24"], "tilleuls", InvalidInput, "no address range"),
        (["10.1.2.3/24"], "tilleuls", InvalidInput, "host bits set"),
        ([], "nowhere", NotFound, "no zone nowhere"),
    ],
)
def test_a_range_that_cannot_be_searched_is_one_sentence(
    database: Database,
    vault: Vault,
    find: Find,
    *,
    networks: list[str],
    zone: str,
    kind: type[Exception],
    said: str,
) -> None:
    with running_agents() as agents:
        _zone(database, vault, agents)
    with pytest.raises(kind, match=said):
        find(*networks, zone=zone)


def test_a_range_goes_to_the_zones_it_touches(database: Database, vault: Vault, find: Find) -> None:
    with pytest.raises(InvalidInput, match="there is no zone"):
        find("127.0.0.0/30")
    with running_agents(SmallDevice()) as one, running_agents(SmallDevice(serial="X")) as two:
        _zone(database, vault, one, "one")
        _zone(database, vault, two, "two")
        assert [zone.zone for zone in find(f"{one.host(1)}/32").zones] == ["one"]
        with pytest.raises(InvalidInput, match="in the ranges of no zone"):
            find("10.9.9.0/30")


def test_one_zone_is_searched_by_one_at_a_time(
    database: Database, vault: Vault, find: Find
) -> None:
    with running_agents() as agents:
        _zone(database, vault, agents)
        with (
            lease(database, "zone:1", holder="bob", purpose="discovery", ttl_s=60),
            pytest.raises(Conflict, match="held by bob"),
        ):
            find()


def test_targets_carry_the_zone_s_credentials_and_never_show_them(
    database: Database, vault: Vault, quick: Settings, find: Find
) -> None:
    with running_agents(SmallDevice()) as agents:
        _zone(database, vault, agents)
        find()
    with database.write("test") as session:
        endpoint = session.exec(
            select(ManagementEndpoint).where(ManagementEndpoint.protocol == Protocol.SNMP)
        ).one()
        target = snmp_target(session, vault, quick, endpoint)
        assert (target.community, target.port) == ("lab-read", agents.port)
        assert "lab-read" not in repr(target)
        device = session.exec(select(Device)).one()
        assert device.id is not None
        with pytest.raises(Misconfigured, match="generic are not spoken to over SSH"):
            ssh_target(session, vault, quick, device.id)
        device.family = "openwrt"
        session.flush()
        ssh = ssh_target(session, vault, quick, device.id)
        assert (ssh.username, ssh.password, ssh.port) == ("preau", "lab-password", 10022)
        assert "lab-password" not in repr(ssh)
        endpoint.via = "probe:7"
        session.flush()
        with pytest.raises(Misconfigured, match="carries no SNMP"):
            snmp_target(session, vault, quick, endpoint)


@pytest.mark.one_database
def test_the_logs_of_a_discovery_hold_no_secret(
    database: Database, vault: Vault, find: Find, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with running_agents(SmallDevice()) as agents:
        _zone(database, vault, agents)
        find()
    said = capfd.readouterr()
    assert "lab-read" not in said.out + said.err
