"""Traps and informs of real senders become events, once each, or are dropped and counted."""

import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from collectors.snmp.message import decode_response
from collectors.traps.outcome import Drop
from collectors.traps.reading import Credentials
from inventory.database import Database
from inventory.models import Job
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.mib import oid
from inventory.vendors.notification import Meaning
from lab.device import DeviceSpec, connect
from lab.devices import make_device
from lab.running import running_lab
from tests.conftest import skip_or_fail
from tests.district import QUICK
from tests.patience import PATIENCE_S, wait_until
from tests.traps import (
    COLD_START,
    COMMUNITY,
    IF_INDEX,
    LINK_DOWN,
    LINK_UP,
    community_inform,
    community_trap,
    events,
    make_network,
    one_device,
    receiving,
    run,
    running_listener,
    send,
    sender,
    wait_for_events,
)

pytestmark = pytest.mark.lab

OURS = Credentials((COMMUNITY.encode(),))


@pytest.fixture(autouse=True)
def _net_snmp() -> None:
    if shutil.which("snmptrap") is None:
        skip_or_fail("net-snmp's snmptrap is missing: run make lab-deps")


def test_a_trap_of_a_port_is_an_event_of_its_device_site_and_neighbour(
    settings: Settings, database: Database, vault: Vault
) -> None:
    network = make_network(database, vault)
    with running_listener(settings, database, vault) as running:
        assert send("snmptrap", running.ports[0], "", LINK_DOWN, f"{IF_INDEX}.1", "i", "1") == 0
        down = wait_for_events(database, 1)[0]
        assert send("snmptrap", running.ports[0], "", LINK_UP, f"{IF_INDEX}.1", "i", "1") == 0
        up = wait_for_events(database, 2)[1]
    assert down.kind == "trap.link_down"
    assert down.device_id == network.devices["a/sw1"]
    assert down.site_id == network.site_ids["a"]
    assert down.message == "sw1-a\u00a0: le port 1/1/1, vers ap1-a, n’a plus de lien"
    assert up.kind == "trap.link_up"
    with database.read() as session:
        jobs = session.exec(select(Job)).all()
    assert [(job.kind, job.site_id) for job in jobs] == [("poll", network.site_ids["a"])]


def test_an_inform_that_is_sent_again_is_acknowledged_again_and_is_one_event(
    settings: Settings, database: Database, vault: Vault
) -> None:
    make_network(database, vault)
    inform = community_inform(oid(COLD_START), request_id=4711)
    with running_listener(settings, database, vault) as running, sender() as one:
        one.settimeout(PATIENCE_S)
        answers = []
        for _ in range(2):
            one.sendto(inform, ("127.0.0.1", running.ports[0]))
            answers.append(one.recv(65_535))
            assert len(events(database)) == 1  # it is safe before its sender may forget it
        running.wait_for("received", "acknowledged", 2)
    assert [(each.kind, each.body["count"]) for each in events(database)] == [
        ("trap.cold_start", 1)
    ]
    assert decode_response(answers[0]).request_id == 4711
    assert answers[0] == answers[1]


def test_the_same_address_in_two_zones_is_two_devices_by_the_listener_that_hears_it(
    settings: Settings, database: Database, vault: Vault
) -> None:
    network = make_network(database, vault)
    places = ("a@127.0.0.1:0", "b@127.0.0.1:0", "127.0.0.1:0")
    with running_listener(settings, database, vault, places) as running:
        for port in running.ports:
            assert send("snmptrap", port, "", COLD_START) == 0
        running.wait_for("dropped", "ambiguous_source", 1)
        heard = wait_for_events(database, 2)
    assert {each.device_id for each in heard} == {
        network.devices["a/sw1"],
        network.devices["b/sw1"],
    }


def test_a_wrong_community_and_an_unknown_source_are_counted_and_not_believed() -> None:
    with receiving(one_device(OURS)) as heard:
        # An inform that is not believed is not answered: nobody learns that we listen.
        words = ("-v2c", "-c", "public", "-t", "0.2", "-r", "0", f"127.0.0.1:{heard.port}")
        assert run("snmpinform", *words, "", COLD_START) == 1
        wait_until(lambda: heard.drops(Drop.WRONG_COMMUNITY) == 1, "the wrong community")
        with sender("127.0.0.9") as stranger:
            stranger.sendto(community_trap(oid(COLD_START)), ("127.0.0.1", heard.port))
            wait_until(lambda: heard.drops(Drop.UNKNOWN_SOURCE) == 1, "the stranger")
        assert dict(heard.receiver.figures.strangers) == {"127.0.0.9": 1}
    assert heard.arrivals == []


def test_any_community_is_believed_where_the_installation_says_so() -> None:
    with receiving(one_device(OURS), any_community=True) as heard:
        assert send("snmpinform", heard.port, "", COLD_START, community="public") == 0
        assert [arrival.heard.device_id for arrival in heard.arrivals] == [12]


def test_a_v1_trap_is_translated_and_a_proxy_speaks_for_the_agent_it_names() -> None:
    known = one_device(OURS)
    known.devices[1, "127.0.0.2"] = 13
    with receiving(known) as heard:
        generic = ("1.3.6.1.4.1.8072", "127.0.0.2", "2", "0", "4711", f"{IF_INDEX}.1", "i", "1")
        assert run("snmptrap", "-v1", "-c", COMMUNITY, f"127.0.0.1:{heard.port}", *generic) == 0
        wait_until(lambda: len(heard.arrivals) == 1, "the trap")
    trap = heard.arrivals[0].heard
    assert trap.told is not None
    assert (trap.device_id, trap.source) == (13, "127.0.0.1")
    assert (trap.told.meaning, trap.told.if_index) == (Meaning.LINK_DOWN, 1)


def test_a_storm_is_thrown_away_unread_and_the_others_keep_their_share(
    settings: Settings, database: Database, vault: Vault
) -> None:
    network = make_network(database, vault)
    limited = settings.model_copy(update={"traps_burst": 20, "traps_per_second": 0.001})
    storm = community_trap(oid(COLD_START))
    with (
        running_listener(limited, database, vault) as running,
        sender() as stormy,
        sender("127.0.0.2") as quiet,
    ):
        to = ("127.0.0.1", running.ports[0])
        for _ in range(500):
            stormy.sendto(storm, to)
        quiet.sendto(storm, to)
        wait_until(lambda: len(events(database)) == 3, "both devices and the summary")
        running.wait_for("received", "dropped_before_decoding", 480)
        wait_until(
            lambda: (
                [e.body["count"] for e in events(database) if e.kind == "trap.limited"] == [480]
            ),
            "the summary's count",
        )
    told = {(each.kind, each.device_id): each for each in events(database)}
    stormy_id, quiet_id = network.devices["a/sw1"], network.devices["a/sw2"]
    assert told["trap.cold_start", stormy_id].body["count"] == 20
    assert told["trap.cold_start", quiet_id].body["count"] == 1
    assert told["trap.cold_start", stormy_id].message == "sw1-a a redémarré (à froid) (20 fois)"
    assert told["trap.limited", stormy_id].message == (
        "sw1-a\u00a0: 480 notifications écartées, l’équipement en envoie trop"
    )


def _counted(database: Database, kind: str) -> list[int]:
    return [each.body["count"] for each in events(database) if each.kind == kind]


@pytest.mark.one_database
def test_a_device_of_the_lab_that_loses_its_power_is_told_by_its_switch_at_once(
    settings: Settings, database: Database, vault: Vault, lab_folder: Path
) -> None:
    network = make_network(database, vault, community="lab-read")
    with running_listener(settings, database, vault) as running:
        to = ("127.0.0.1", running.ports[0])
        switch = make_device(DeviceSpec(family="arubaos_cx", name="sw1", traps_to=to, **QUICK))
        point = make_device(DeviceSpec(family="openwrt", name="ap1", **QUICK))
        connect(point, "eth0", switch, "1/1/1")
        with running_lab([switch, point], folder=lab_folder) as lab:
            lab.call(lambda: point.power(on=False))
            down = wait_for_events(database, 1)[0]
            lab.call(lambda: point.power(on=True))
            up = wait_for_events(database, 2)[1]
    assert down.message == "sw1-a\u00a0: le port 1/1/1, vers ap1-a, n’a plus de lien"
    assert (up.kind, up.device_id) == ("trap.link_up", network.devices["a/sw1"])
