"""Pushes of networks to a false Catalyst 9800 over real SSH, and how they end.

What it has in common with a switch is proven in test_deploy_switches.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.attempt import Step
from deploy.recovery import recover
from inventory.models import PushState
from lab.device import DeviceSpec
from lab.running import running_lab
from tests.lab.switch_pushes import SECRETS, Bench

pytestmark = pytest.mark.lab

SITE: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Eleves",
            "purpose": "pedagogical",
            "security": "wpa2_wpa3_personal",
            "vlan_id": 10,
            "passphrase_secret": "snmp-a",
            "client_isolation": True,
        },
        {
            "name": "direction",
            "ssid": "Direction",
            "purpose": "administration",
            "security": "wpa3_enterprise",
            "vlan_id": 20,
            "radius_servers": [{"host": "10.1.0.1", "secret_name": "snmp-p"}],
            "bands": ["5"],
        },
    ],
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    spec = DeviceSpec(family="iosxe", name="wlc1", host="127.44.1.1", minute_s=6.0, boot_s=0.3)
    with running_lab([spec], folder=tmp_path) as lab:
        yield Bench(lab, "wlc1")


def test_networks_are_put_up_not_sent_again_changed_and_taken_away(bench: Bench) -> None:
    done = bench.push(SITE)
    assert done.state is PushState.VERIFIED, done.error
    assert bench.device.saved
    assert all(wlan.up for wlan in bench.device.config.wlans.values())
    running = bench.read()
    assert not [value for value in SECRETS.values() if value in running]
    assert not bench.plan(SITE, running).difference
    bench.values = {**SECRETS, "snmp-a": "Nouvelle-clef-1"}
    changed = bench.push(SITE)
    assert changed.state is PushState.VERIFIED, changed.error
    assert bench.device.config.wlans["preau_eleves"].up
    gone = bench.push({"vlans": SITE["vlans"]})
    assert gone.state is PushState.VERIFIED, gone.error
    assert not bench.device.config.wlans
    assert not bench.device.config.servers


@pytest.mark.parametrize("fault", ["refuse_line:radio policy", "drop_session:40"])
def test_a_push_that_fails_halfway_ends_with_the_old_configuration(
    bench: Bench, fault: str
) -> None:
    before = bench.state()
    done = bench.push(SITE, fault)
    assert done.state is PushState.ROLLED_BACK, done.error
    assert bench.state() == before


def test_what_the_guard_left_is_undone_under_a_guard_of_its_own(bench: Bench) -> None:
    assert bench.push(SITE).state is PushState.VERIFIED
    renamed = {**SITE, "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "bureau"}]}
    before = bench.state()
    bench.steps.clear()
    done = bench.push(renamed, "refuse_line:^name bureau")
    assert done.state is PushState.ROLLED_BACK, done.error
    assert bench.order is not None
    # Killed while it sent. The guard has acted; the names of VLANs, in no configuration, it left.
    # And what undoes them cuts the path again.
    bench.device.faults.clear()
    bench.lab.call(lambda: setattr(bench.device.config.vlans[20], "name", "bureau"))
    bench.device.faults.add("lose_path:^name admin")
    order = replace(bench.order, steps=("read", "arm_guard", "send"), guard_left_s=0.0)
    told: list[Step] = []
    done = recover(order, told.append)
    assert done.state in {PushState.ROLLED_BACK, PushState.PLANNED}, done.error
    assert [step.name for step in told if step.guard_ends_s] == ["arm_guard"]
    assert not bench.device.path_lost
    assert bench.state() == before
