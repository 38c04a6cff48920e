"""Real snmpd and lldpd on both ends of a cable: what the product reads is what the kernel says."""

import ipaddress
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.crawl import Crawl, crawl
from collectors.observe import observe_many
from collectors.sightings import Bounds, Unread
from collectors.target import SnmpTarget
from inventory.errors import Unreachable
from inventory.observation import Interface, Neighbour, Observation
from inventory.settings import Settings
from lab.real import lldpd, snmpd
from lab.real.lldpd import LldpSpeaker, start_lldpd
from lab.real.namespaces import Namespace, cable, namespace, reachable
from lab.real.places import Place, loopback, wait_until
from lab.real.snmpd import SnmpAgent, start_snmpd
from tests.real import need

pytestmark = pytest.mark.lab


@dataclass(frozen=True)
class Switch:
    place: Namespace
    agent: SnmpAgent
    lldp: LldpSpeaker


@pytest.fixture(scope="module")
def switches() -> Iterator[list[Switch]]:
    """Two switches, port lan1 of the first cabled to port lan7 of the second."""
    need(*snmpd.PROGRAMS, *lldpd.PROGRAMS)
    with namespace() as first, namespace() as second, reachable(first), reachable(second):
        cable(first, "lan1", second, "lan7")
        made = []
        for place, name, port_id in ((first, "sw1", "macaddress"), (second, "sw2", "ifname")):
            # lldpd says "router" of a machine that forwards, "station" of any other.
            place.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
            agent = start_snmpd(place, name=name, location="Salle 12")
            lldp = start_lldpd(
                place, name=name, description=f"Commutateur {name}", agentx=agent.agentx,
                port_id=port_id,
            )  # fmt: skip
            made.append(Switch(place, agent, lldp))
        for switch in made:
            switch.lldp.wait_for_neighbours(1)
        yield made


def _read(*agents: SnmpAgent, community: str | None = None) -> list[Observation]:
    targets = [SnmpTarget("", a.host, a.port, community or a.community) for a in agents]
    return [outcome.unwrap() for outcome in observe_many(targets, settings=Settings())]


def _as_the_kernel_says(place: Place) -> list[tuple[object, ...]]:
    # RFC 2863 labels from the kernel's flags; its loopback has no carrier to tell (UNKNOWN) and
    # net-snmp says up, and a loopback's MAC of zeroes is none.
    oper = {"UP": "up", "UNKNOWN": "up", "DOWN": "down"}
    return [
        (
            link["ifindex"],
            link["ifname"],
            link["mtu"],
            link["address"].replace(":", "") if link["link_type"] == "ether" else None,
            "up" if "UP" in link["flags"] else "down",
            oper[link["operstate"]],
        )
        for link in place.links()
    ]


def _as_read(interfaces: tuple[Interface, ...]) -> list[tuple[object, ...]]:
    return [(i.index, i.name, i.mtu, i.mac, i.admin, i.oper) for i in interfaces]


def test_a_real_agent_is_read_as_the_kernel_says(switches: list[Switch]) -> None:
    for switch, seen in zip(switches, _read(*(s.agent for s in switches)), strict=True):
        assert seen.problems == ()
        assert seen.identity.family == "generic"
        assert seen.identity.sys_object_id == "1.3.6.1.4.1.8072.3.2.10"  # net-snmp on Linux
        assert seen.identity.sysname == switch.agent.name
        assert _as_read(seen.interfaces) == _as_the_kernel_says(switch.place)
        assert len(seen.interfaces) == 3


def test_both_ends_of_a_cable_name_each_other_as_lldpd_does(switches: list[Switch]) -> None:
    for switch, seen in zip(switches, _read(*(s.agent for s in switches)), strict=True):
        (heard,) = switch.lldp.neighbours()
        kind, port_id = (heard["port"][0]["id"][0][key] for key in ("type", "value"))
        assert seen.neighbours == (
            Neighbour(
                local_interface=heard["name"],
                protocol="lldp",
                system_name=heard["chassis"][0]["name"][0]["value"],
                port_id=port_id.replace(":", "") if kind == "mac" else port_id,
                chassis_id=heard["chassis"][0]["id"][0]["value"].replace(":", ""),
                platform=heard["chassis"][0]["descr"][0]["value"],
            ),
        )
    first, second = (s.lldp.neighbours()[0] for s in switches)
    assert (first["name"], second["name"]) == ("lan1", "lan7")
    assert first["port"][0]["id"][0] == {"type": "ifname", "value": "lan7"}


def test_a_crawl_goes_from_one_to_the_other_and_not_where_it_may_not(
    switches: list[Switch],
) -> None:
    first, second = (switch.agent for switch in switches)
    seed = SnmpTarget("", first.host, first.port, first.community)

    def crawled(*hosts: str) -> Crawl:
        networks = tuple(ipaddress.ip_network(host) for host in hosts)
        return crawl([seed], Bounds(networks), settings=Settings())

    both = crawled(first.host, second.host)
    assert [each.outcome.unwrap().identity.sysname for each in both.reached] == ["sw1", "sw2"]
    way = both.reached[1].way
    assert way is not None
    assert (way.by_host, way.heard.neighbour.local_interface) == (first.host, "lan1")
    assert second.host in way.heard.addresses
    assert "router" in way.heard.capabilities
    assert both.seen == ()
    alone = crawled(first.host)
    assert [each.why for each in alone.seen] == [Unread.OUTSIDE]
    assert alone.asked == 1


def test_a_cable_that_is_pulled_is_told_by_the_agent_and_by_lldp(switches: list[Switch]) -> None:
    first, second = switches

    def port_and_neighbours() -> tuple[str | None, int]:
        (seen,) = _read(first.agent)
        (lan1,) = (port for port in seen.interfaces if port.name == "lan1")
        return lan1.oper, len(seen.neighbours)

    assert port_and_neighbours() == ("up", 1)
    second.place.ip("link", "set", "lan7", "down")
    try:
        wait_until(lambda: port_and_neighbours() == ("down", 0), "the port and the neighbour gone")
    finally:
        second.place.ip("link", "set", "lan7", "up")
        wait_until(lambda: port_and_neighbours() == ("up", 1), "the port and the neighbour back")
        second.lldp.wait_for_neighbours(1)
        # The other end's agent keeps what it read for some seconds: the next test is to find it up.
        wait_until(
            lambda: (
                _as_read(_read(second.agent)[0].interfaces) == _as_the_kernel_says(second.place)
            ),
            "the other agent telling the port up",
            timeout_s=60,
        )


def test_the_command_reads_a_real_agent(switches: list[Switch], tmp_path: Path) -> None:
    agent = switches[0].agent
    preau = Path(sys.executable).parent / "preau"
    done = subprocess.run(
        [str(preau), "observe", f"{agent.host}:{agent.port}", "--json"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PREAU_SNMP_COMMUNITY": agent.community},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["identity"]["sysname"] == "sw1"
    assert [i["name"] for i in told["interfaces"]] == ["lo", "mgmt", "lan1"]
    assert [n["system_name"] for n in told["neighbours"]] == ["sw2"]
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_community_gets_silence_and_is_unreachable(switches: list[Switch]) -> None:
    agent = switches[0].agent
    target = SnmpTarget("", agent.host, agent.port, "wrong", timeout_s=0.3, retries=1)
    (outcome,) = observe_many([target], settings=Settings())
    assert isinstance(outcome.error, Unreachable)
    assert "wrong" not in str(outcome.error)


def test_without_root_the_same_agent_answers_on_loopback_and_says_so(
    capfd: pytest.CaptureFixture[str],
) -> None:
    need(*snmpd.PROGRAMS, namespaces=False)
    with loopback("127.0.0.1") as place:
        agent = start_snmpd(place, name="sw1")
        assert "not in a network of its own" in capfd.readouterr().err
        assert agent.port > 1023
        (seen,) = _read(agent)
        told = _as_the_kernel_says(place)
    assert seen.identity.sysname == "sw1"
    assert [row[:2] for row in _as_read(seen.interfaces)] == [row[:2] for row in told]


def test_a_place_ends_with_all_that_ran_in_it_also_when_a_test_fails(
    switches: list[Switch],
) -> None:
    with (  # noqa: PT012 - what fails is the test inside
        pytest.raises(AssertionError, match="the test failed"),
        namespace() as place,
        reachable(place),
    ):
        agent = start_snmpd(place, name="gone")
        name, folder, running = place.name, place.folder, place.processes()
        assert not running, "the test failed"
    named = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
    assert name not in named
    assert switches[0].place.name in named
    assert not folder.exists()
    assert not any(Path(f"/proc/{number}").exists() for number in running)
    target = SnmpTarget("", agent.host, agent.port, timeout_s=0.2, retries=0)
    assert isinstance(observe_many([target], settings=Settings())[0].error, Unreachable)
