"""Traps and informs of real senders become events, once each, or are dropped and counted."""

import shutil

import pytest
from sqlmodel import select

from inventory.database import Database
from inventory.models import Job
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.conftest import skip_or_fail
from tests.traps import (
    COLD_START,
    IF_INDEX,
    LINK_DOWN,
    LINK_UP,
    events,
    make_network,
    running_listener,
    send,
    wait_for_events,
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
