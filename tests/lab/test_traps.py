"""Traps and informs of real senders become events, once each, or are dropped and counted."""

import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from collectors.snmp.message import decode_response
from inventory.database import Database
from inventory.models import Job
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.mib import oid
from lab.device import DeviceSpec, connect
from lab.devices import make_device
from lab.running import running_lab
from tests.conftest import skip_or_fail
from tests.district import QUICK
from tests.traps import (
    COLD_START,
    COMMUNITY,
    IF_INDEX,
    LINK_DOWN,
    LINK_UP,
    PATIENCE_S,
    community_inform,
    community_trap,
    events,
    make_network,
    run,
    running_listener,
    send,
    sender,
    wait_for_events,
    wait_until,
)

pytestmark = pytest.mark.lab


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


def test_an_inform_is_acknowledged_once_its_event_stands(
    settings: Settings, database: Database, vault: Vault
) -> None:
    make_network(database, vault)
    with running_listener(settings, database, vault) as running:
        assert send("snmpinform", running.ports[0], "", COLD_START) == 0
        assert [each.kind for each in events(database)] == ["trap.cold_start"]


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


def test_a_wrong_community_and_an_unknown_source_are_counted_and_make_no_event(
    settings: Settings, database: Database, vault: Vault
) -> None:
    make_network(database, vault)
    with running_listener(settings, database, vault) as running:
        assert send("snmptrap", running.ports[0], "", COLD_START, community="public") == 0
        running.wait_for("dropped", "wrong_community", 1)
        with sender("127.0.0.9") as stranger:
            stranger.sendto(community_trap(oid(COLD_START)), ("127.0.0.1", running.ports[0]))
            running.wait_for("dropped", "unknown_source", 1)
        assert running.listening.figures()["unknown_sources"] == {"127.0.0.9": 1}
        # An inform that is not believed is not answered: nobody learns that we listen.
        failed = run(
            "snmpinform", "-v2c", "-c", "public", "-t", "0.2", "-r", "0",
            f"127.0.0.1:{running.ports[0]}", "", COLD_START,
        )  # fmt: skip
        assert failed == 1
    assert events(database) == []


def test_any_community_is_believed_where_the_installation_says_so(
    settings: Settings, database: Database, vault: Vault
) -> None:
    make_network(database, vault)
    trusting = settings.model_copy(update={"traps_any_community": True})
    with running_listener(trusting, database, vault) as running:
        assert send("snmptrap", running.ports[0], "", COLD_START, community="public") == 0
        wait_for_events(database, 1)


def test_a_v1_trap_is_translated_and_a_proxy_speaks_for_the_agent_it_names(
    settings: Settings, database: Database, vault: Vault
) -> None:
    network = make_network(database, vault)
    with running_listener(settings, database, vault) as running:
        to = f"127.0.0.1:{running.ports[0]}"
        generic = ("1.3.6.1.4.1.8072", "127.0.0.2", "2", "0", "4711", f"{IF_INDEX}.1", "i", "1")
        assert run("snmptrap", "-v1", "-c", COMMUNITY, to, *generic) == 0
        heard = wait_for_events(database, 1)[0]
    assert (heard.kind, heard.device_id) == ("trap.link_down", network.devices["a/sw2"])
    assert heard.body["sender_id"] == network.devices["a/sw2"]
    assert heard.body["source"] == "127.0.0.1"


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
