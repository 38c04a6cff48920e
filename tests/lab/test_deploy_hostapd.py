"""Pushes to a false Linux machine with hostapd over real SSH, and how they end."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collectors.observe import observe_many
from collectors.ssh import open_session
from collectors.target import SnmpTarget
from deploy import guard
from deploy.conversation import Conversation
from deploy.difference import remediation
from deploy.recovery import recover
from inventory.models import PushState
from inventory.settings import Settings
from lab.device import DeviceSpec
from lab.devices.hostapd import HostapdLinux
from lab.running import running_lab
from tests.lab.switch_pushes import SECRETS, Bench
from tests.patience import wait_until

pytestmark = pytest.mark.lab

SITE: dict[str, Any] = {
    "country": "BE",
    "vlans": [{"id": each, "name": f"v{each}"} for each in (10, 11, 20)],
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Élèves d'ici",
            "purpose": "pedagogical",
            "security": "wpa2_personal",
            "vlan_id": 10,
            "passphrase_secret": "snmp-a",
            "private_keys": [{"name": "p1", "passphrase_secret": "snmp-p", "vlan_id": 11}],
            "client_isolation": True,
        },
        {
            "name": "direction",
            "ssid": "Direction",
            "purpose": "administration",
            "security": "wpa3_enterprise",
            "vlan_id": 20,
            "radius_servers": [
                {"host": "10.1.0.1", "secret_name": "snmp-p"},
                {"host": "10.1.0.2", "secret_name": "snmp-a"},
            ],
            "bands": ["5"],
        },
    ],
    "radios": [{"band": "5", "channel": 44, "width_mhz": 40}],
}
BEFORE = {("Garderie", "wlan0", "br0")}
AFTER = {
    *BEFORE,
    ("Élèves d'ici", "wlan0", "br-v10"),
    ("Élèves d'ici", "wlan1", "br-v10"),
    ("Direction", "wlan1", "br-v20"),
}


class _Bench(Bench):
    @property
    def machine(self) -> HostapdLinux:
        device = self.device
        assert isinstance(device, HostapdLinux)
        return device

    def state(self) -> Any:
        """Return what is kept, what the next boot starts, and what is on the air.

        The unit of a guard that has acted stays until the next push, and starts nothing.
        """
        machine = self.machine
        kept, enabled, heard = self.lab.call(
            lambda: (machine.kept(), machine.services.enabled(), machine.heard())
        )
        names = {name for name in enabled if "preau-guard" not in name}
        return {p: text for p, text in kept.items() if "preau-guard" not in p}, names, heard

    def is_guarded(self) -> bool:
        return self.lab.call(lambda: self.machine.files.is_file("/etc/preau/armed"))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[_Bench]:
    spec = DeviceSpec(
        family="hostapd_linux",
        name="ap1",
        host="127.49.1.1",
        hostname="ap-hall",
        minute_s=12.0,  # the guard of a minute acts after 12 s
        boot_s=0.3,
        apply_s=0.2,
    )
    with running_lab([spec], folder=tmp_path) as lab:
        yield _Bench(lab, "ap1")


def test_networks_are_put_on_the_air_not_sent_again_and_taken_away(bench: _Bench) -> None:
    before = bench.state()
    done = bench.push(SITE)
    assert done.state is PushState.VERIFIED, done.error
    kept, enabled, heard = bench.state()
    assert heard == AFTER
    assert {"hostapd@wlan1.service", "preau-vlan-10.service", "preau-vlan-20.service"} <= enabled
    assert any(SECRETS["snmp-p"] in text for path, text in kept.items() if path.endswith(".psk"))
    assert not bench.is_guarded()
    assert not bench.plan(SITE, bench.read()).difference
    gone = bench.push({"country": "BE"})
    assert gone.state is PushState.VERIFIED, gone.error
    assert bench.state()[1:] == before[1:]
    assert {"br-v10", "br-v20"}.isdisjoint(bench.machine.network.by_name)


def test_what_was_pushed_is_there_after_a_restart(bench: _Bench) -> None:
    assert bench.push(SITE).state is PushState.VERIFIED
    before = bench.state()

    async def restart() -> None:
        machine = bench.machine
        machine.power(on=False)
        machine.power(on=True)

    bench.lab.wait_for(restart())
    wait_until(lambda: bench.state() == before)
    assert "eth0.10" in bench.machine.network.by_name


@pytest.mark.parametrize(
    "fault",
    [
        "refuse_line:wpa_key_mgmt=WPA-EAP",
        "drop_session:150",
        "reboot_on_save",
        "lose_path:systemctl restart hostapd@",
    ],
)
def test_a_push_that_fails_halfway_ends_with_the_old_configuration(
    bench: _Bench, fault: str
) -> None:
    before = bench.state()
    done = bench.push(SITE, fault)
    assert done.state is PushState.ROLLED_BACK, done.error
    bench.device.faults.clear()
    wait_until(lambda: bench.state() == before)
    assert not bench.is_guarded()


def test_an_old_configuration_that_is_shown_and_not_served_is_served_before_it_is_told(
    bench: _Bench,
) -> None:
    before, running = bench.state(), bench.read()
    assert bench.push(SITE).state is PushState.VERIFIED
    lines = remediation(bench.configuration.grammar, bench.read(), running)
    with open_session(bench.target()) as session:
        # Killed while it undid: the old files are written, and hostapd serves the new ones still.
        Conversation(session, bench.configuration, {}).send(lines)
    assert bench.read() == running
    assert bench.state()[-1] == AFTER
    assert bench.order is not None
    order = replace(bench.order, steps=(*bench.order.steps, "roll_back"), guard_left_s=0.0)
    done = recover(order, lambda _step: None)
    assert done.state is PushState.ROLLED_BACK, done.error
    assert bench.state() == before


def test_hostapd_s_refusal_is_in_the_machine_s_log(bench: _Bench) -> None:
    done = bench.push(SITE, "refuse_line:wpa_key_mgmt=WPA-EAP")
    assert "hostapd@wlan1.service failed" in (done.error or "")
    log = bench.lab.call(lambda: list(bench.machine.log))
    assert any("unknown configuration item 'wpa_key_mgmt'" in line for line in log), log


def test_a_channel_that_the_radio_has_not_is_undone_though_the_restart_succeeds(
    bench: _Bench,
) -> None:
    before = bench.state()
    bench.lab.call(lambda: bench.machine.channels("wlan1").pop(44))
    done = bench.push(SITE)
    assert done.state is PushState.ROLLED_BACK, done.error
    wait_until(lambda: bench.state() == before)


def test_odd_prompts_and_slow_answers_change_nothing(bench: _Bench) -> None:
    done = bench.push(SITE, "odd_prompt", "slow:0.01")
    assert done.state is PushState.VERIFIED, done.error


def test_a_password_that_is_refused_leaves_the_machine_as_it_is(bench: _Bench) -> None:
    before = bench.state()
    logins = len(bench.device.logins)
    done = bench.push(SITE, "wrong_password")
    assert (done.state, done.error_kind) == (PushState.FAILED, "Refused")
    assert len([each for each in bench.device.logins[logins:] if not each.accepted]) == 1
    assert bench.state() == before


def test_the_guard_brings_back_a_machine_that_lost_its_power_and_its_path(bench: _Bench) -> None:
    before = bench.state()
    with open_session(bench.target()) as session:
        talk = Conversation(session, bench.configuration, {})
        guard.arm(talk, bench.configuration, 3600)
        session.shell(
            "printf 'ssid=perdu\\n' >> /etc/hostapd/wlan0.conf; sync; ip link set eth0 down &"
        )

    async def restart() -> None:
        bench.machine.power(on=False)
        bench.machine.power(on=True)

    bench.lab.wait_for(restart())
    wait_until(lambda: bench.state() == before)
    assert not bench.is_guarded()


def test_the_machine_is_told_by_its_own_word_over_snmp(bench: _Bench) -> None:
    device = bench.device
    target = SnmpTarget("lac", device.host, device.snmp_port, device.community, timeout_s=10)
    (outcome,) = observe_many([target], settings=Settings())
    assert outcome.value is not None, outcome.error
    identity = outcome.value.identity
    assert (identity.family, identity.firmware) == ("hostapd_linux", "hostapd v2.10")
