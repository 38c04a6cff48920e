"""Pushes to false switches of each family over real SSH, and how they end when a switch misbehaves.

The switches of a test are pushed to at the same time: what takes long is their own timers.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from inventory.models import PushState
from lab.device import DeviceSpec
from lab.running import running_lab
from tests.lab.switch_pushes import Bench
from tests.patience import wait_until

pytestmark = pytest.mark.lab

# The port of an access point, of a class room, and one without anything, as each family names them.
PORTS = {
    "arubaos_cx": ("1/1/1", "1/1/2", "1/1/3"),
    "ios": ("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/3"),
    "iosxe": ("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/3"),
    "procurve": ("1", "2", "3"),
}
# A secret that each shows hashed, and the part of management that names it.
HASHED: dict[str, tuple[str, dict[str, Any]]] = {
    "arubaos_cx": ("compte", {"accounts": [{"name": "anne", "password_secret": "compte"}]}),
    "ios": ("compte", {"accounts": [{"name": "anne", "password_secret": "compte"}]}),
    "iosxe": ("compte", {"accounts": [{"name": "anne", "password_secret": "compte"}]}),
    "procurve": (
        "snmp-a",
        {"snmp_users": [{"name": "lit", "auth_secret": "snmp-a", "priv_secret": "snmp-p"}]},
    ),
}
# Each family, and an IOS without archives, which can only restart to undo a change.
SWITCHES = {family: (family, "") for family in PORTS} | {"old_ios": ("ios", "no archive")}
Benches = dict[str, Bench]


@pytest.fixture
def benches(tmp_path: Path) -> Iterator[Benches]:
    # A minute of the switches' own timers lasts six seconds here.
    specs = [
        DeviceSpec(
            family=family,
            model=model,
            name=name,
            host=f"127.42.1.{number}",
            hostname="sw1",
            minute_s=6.0,
            boot_s=0.3,
        )
        for number, (name, (family, model)) in enumerate(SWITCHES.items(), 1)
    ]
    with running_lab(specs, folder=tmp_path) as lab:
        yield {name: Bench(lab, name) for name in SWITCHES}


def site(name: str, **management: Any) -> dict[str, Any]:
    family = SWITCHES[name][0]
    uplink, room, idle = PORTS[family]
    return {
        "hostname": "ecole-sw1",
        "vlans": [
            {"id": 10, "name": "pedago", "dhcp_snooping": True},
            {"id": 20, "name": "admin"},
        ],
        "management_vlan": 1,
        "ports": [
            {
                "name": uplink,
                "description": "Borne ap1",
                "mode": "trunk",
                "tagged_vlans": [10, 20],
                "dhcp_snooping_trusted": True,
                "lldp": True,
            },
            {"name": room, "native_vlan": 20, "poe": False, "storm_control_kbps": 5000},
            # Words of a refusal that are no refusal.
            {"name": idle, "enabled": False, "description": "cannot be moved, key not found"},
        ],
        "management": {
            "ntp_servers": ["10.0.0.4"],
            "syslog_servers": ["10.0.0.5"],
            "contact": "Cellule WiFi",
            "location": "Local 12",
            "telnet": False,
            "http": False,
            **HASHED[family][1],
            **management,
        },
    }


def on_each(benches: Benches, work: Callable[[str, Bench], Any]) -> dict[str, Any]:
    with ThreadPoolExecutor(len(benches)) as pool:
        return dict(zip(benches, pool.map(lambda pair: work(*pair), benches.items()), strict=True))


def test_a_push_is_verified_and_a_hashed_secret_is_not_sent_again(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        done = bench.push(site(name))
        assert done.state is PushState.VERIFIED, done.error
        assert bench.device.saved
        running = bench.read()
        secret = HASHED[SWITCHES[name][0]][0]
        assert bench.values[secret] not in running
        again = bench.plan(site(name), running)
        assert not again.difference, again.difference.review
        assert f"‹secret:{secret}›" in again.intended
        bench.values = {**bench.values, secret: "Autre-mot-2"}
        changed = bench.plan(site(name), running).difference.remediation
        assert [f"‹secret:{secret}›" in line for line in changed] == [True]

    on_each(benches, work)


def test_a_refused_line_ends_with_the_old_configuration(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        before = bench.state()
        done = bench.push(site(name), r"refuse_line:10\.0\.0\.5")
        assert done.state is PushState.ROLLED_BACK, done.error
        assert done.error_kind == "PushRejected"
        assert bench.state() == before

    on_each(benches, work)


def test_a_lost_path_comes_back_by_the_guard(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        before = bench.state()
        done = bench.push(site(name), r"lose_path:10\.0\.0\.5")
        assert done.state is PushState.ROLLED_BACK, done.error
        assert bench.state() == before

    on_each(benches, work)
    assert "reload in 1" in benches["old_ios"].device.received


def test_a_session_that_drops_ends_with_the_old_configuration(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        before = bench.state()
        done = bench.push(site(name), "drop_session:24")
        assert done.state is PushState.ROLLED_BACK, done.error
        assert bench.state() == before

    on_each(benches, work)


def test_a_switch_that_restarts_in_its_save_is_told_as_rolled_back(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        before = bench.state()
        done = bench.push(site(name), "reboot_on_save")
        assert done.state is PushState.ROLLED_BACK, done.error
        assert bench.state() == before

    on_each(benches, work)


def test_odd_prompts_and_slow_answers_change_nothing(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        done = bench.push(site(name), "odd_prompt", "slow:0.02")
        assert done.state is PushState.VERIFIED, done.error

    on_each(benches, work)


def test_a_password_that_locks_us_out_is_undone_by_the_guard(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        before = bench.state()
        own = [{"name": bench.device.username, "password_secret": "compte"}]
        done = bench.push(site(name, accounts=own))
        assert done.state is PushState.IN_DOUBT, done.error
        assert done.error_kind == "Refused"
        wait_until(lambda: bench.state() == before)

    on_each(benches, work)


def test_a_restart_is_not_armed_for_what_leaves_the_path_alone(benches: Benches) -> None:
    def work(name: str, bench: Bench) -> None:
        layer = {"management": {"contact": "Cellule WiFi"}}
        done = bench.push(layer)
        assert done.state is PushState.VERIFIED, done.error
        assert bench.device.saved
        assert not [line for line in bench.device.received if line.startswith("reload")]

    on_each(benches, work)


def test_a_switch_that_would_restart_with_something_else_than_what_runs_is_left_alone(
    benches: Benches,
) -> None:
    for name in ("old_ios", "procurve"):
        bench = benches[name]
        bench.device.config.contact = "pas sauvé"
        done = bench.push(site(name))
        assert (done.state, done.error_kind) == (PushState.FAILED, "Unguarded"), done.error
        assert not [line for line in bench.device.received if line.startswith(("reload", "vlan"))]
