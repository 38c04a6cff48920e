"""Pushes to a false Aruba Instant over real SSH, and how they end when it misbehaves.

It has no timer of its own: what is not confirmed is not saved, and its switch can take its power.
"""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from inventory.models import PushState
from inventory.vendors.configuration import Configuration
from lab.device import DeviceSpec
from lab.running import running_lab
from tests.lab.switch_pushes import SECRETS, Bench

pytestmark = pytest.mark.lab

SITE: dict[str, Any] = {
    "hostname": "ap-hall",
    "country": "BE",
    "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Eleves du lac",
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
    "radios": [{"band": "5", "channel": 44, "width_mhz": 40}],
    "management": {"ntp_servers": ["10.0.0.4"], "syslog_servers": ["10.0.0.5"], "telnet": False},
}


@dataclass
class _Bench(Bench):
    """A bench whose device starts within seconds, as the lab's does."""

    @property
    def configuration(self) -> Configuration:
        own = super().configuration
        return replace(own, guard=replace(own.guard, settle_s=4))

    def state(self) -> Any:
        return self.lab.call(lambda: copy.deepcopy((self.device.config, self.device.own)))


class _Received(list[str]):
    """The lines that a device received, with what happens to it at one of them."""

    def __init__(self, line: str, then: Callable[[], None]) -> None:
        super().__init__()
        self._line, self._then = line, then

    def append(self, line: str) -> None:
        super().append(line)
        if line == self._line:
            self._then()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[_Bench]:
    spec = DeviceSpec(
        family="aruba_instant", name="ap1", host="127.43.1.1", boot_s=0.3, apply_s=0.2
    )
    with running_lab([spec], folder=tmp_path) as lab:
        bench = _Bench(lab, "ap1")

        def cut() -> None:
            lab.call(lambda: bench.device.power(on=False))
            time.sleep(0.2)
            lab.call(lambda: bench.device.power(on=True))

        bench.cut_power = cut
        yield bench


def test_a_push_is_verified_in_use_saved_and_not_sent_again(bench: _Bench) -> None:
    done = bench.push(SITE)
    assert done.state is PushState.VERIFIED, done.error
    assert bench.device.saved
    heard = {essid for _, essid, _, _ in bench.lab.call(lambda: list(bench.device.heard()))}
    assert heard == {"Creche", "Eleves du lac", "Direction"}
    assert not bench.plan(SITE, bench.read()).difference
    gone = bench.push({**SITE, "wlans": []})
    assert gone.state is PushState.VERIFIED, gone.error
    assert set(bench.device.config.ssids) == {"Creche"}
    assert not bench.device.config.servers


def test_a_refused_line_ends_with_the_old_configuration(bench: _Bench) -> None:
    before = bench.state()
    done = bench.push(SITE, r"refuse_line:^essid Direction")
    assert (done.state, done.error_kind) == (PushState.ROLLED_BACK, "PushRejected"), done.error
    assert bench.state() == before


def test_a_lost_path_comes_back_when_the_switch_cuts_the_power(bench: _Bench) -> None:
    before = bench.state()

    def lose_path() -> None:
        bench.device.path_lost = True
        bench.device.abort_sessions()

    bench.device.received = _Received("essid Direction", lose_path)
    done = bench.push(SITE)
    assert done.state is PushState.ROLLED_BACK, done.error
    assert "power_cycle" in bench.steps
    assert bench.state() == before


def test_a_session_that_drops_ends_with_the_old_configuration(bench: _Bench) -> None:
    before = bench.state()
    done = bench.push(SITE, "drop_session:30")
    assert done.state is PushState.ROLLED_BACK, done.error
    assert bench.state() == before


def test_an_access_point_that_restarts_in_its_last_save_is_told_as_rolled_back(
    bench: _Bench,
) -> None:
    before = bench.state()
    # It is saved once before, so that a restart ends with what ran; the change is saved at the end.
    bench.device.received = _Received(
        "configure terminal", lambda: bench.device.faults.add("reboot_on_save")
    )
    done = bench.push(SITE)
    assert "save" in bench.steps
    assert done.state is PushState.ROLLED_BACK, done.error
    assert bench.state() == before


def test_odd_prompts_and_slow_answers_change_nothing(bench: _Bench) -> None:
    done = bench.push(SITE, "odd_prompt", "slow:0.01")
    assert done.state is PushState.VERIFIED, done.error


def test_a_password_that_locks_us_out_goes_with_the_power(bench: _Bench) -> None:
    before = bench.state()
    own = [{"name": bench.device.username, "password_secret": "compte"}]
    layer = {**SITE, "management": {"accounts": own}}
    assert bench.plan(layer, bench.read()).risk_reasons
    unguarded, bench.cut_power = bench.cut_power, None
    refused = bench.push(layer)
    assert (refused.state, refused.error_kind) == (PushState.FAILED, "Unguarded")
    bench.cut_power = unguarded
    done = bench.push(layer)
    assert (done.state, done.error_kind) == (PushState.ROLLED_BACK, "Refused"), done.error
    assert "power_cycle" in bench.steps
    assert SECRETS["compte"] not in (done.error or "")
    assert bench.state() == before
