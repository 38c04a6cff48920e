"""The false Catalyst and 2930F: their words, their timers, and what they answer by SNMP."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from netmiko import BaseConnection, ConnectHandler

from collectors.observe import observe_many
from collectors.ssh import open_session
from collectors.target import SnmpTarget
from deploy.conversation import Conversation
from inventory.errors import Garbled, PushRejected
from inventory.settings import Settings
from inventory.vendors.family import family
from lab.device import DeviceSpec, connect
from lab.devices import make_device
from lab.running import Lab, running_lab
from lab.switch import Switch
from tests.lab.switch_pushes import Bench
from tests.patience import wait_until

pytestmark = pytest.mark.lab

NETMIKO = {"ios": "cisco_ios", "procurve": "hp_procurve"}
FIRST_PORT = {"arubaos_cx": "1/1/1", "ios": "GigabitEthernet1/0/1", "procurve": "1"}


@pytest.fixture(scope="module")
def switches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Run a switch of each family, an access point on the first port of each."""
    devices = []
    for number, name in enumerate(FIRST_PORT, 1):
        switch = make_device(
            DeviceSpec(family=name, name=name, host=f"127.44.{number}.1", minute_s=0.5, boot_s=0.2)
        )
        point = make_device(
            DeviceSpec(family="openwrt", name=f"{name}-ap", host=f"127.44.{number}.2")
        )
        connect(point, "eth0", switch, FIRST_PORT[name])
        devices += [switch, point]
    with running_lab(devices, folder=tmp_path_factory.mktemp("switches")) as lab:
        yield lab


def session(lab: Lab, name: str) -> BaseConnection:
    device = lab[name]
    return ConnectHandler(
        device_type=NETMIKO[name],
        host=device.host,
        port=device.ssh_port,
        username="preau",
        password="lab-password",
    )


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("ios", "frobnicate", "% Invalid input detected at '^' marker."),
        ("ios", "interface GigabitEthernet1/0/99", "% Invalid input detected at '^' marker."),
        ("ios", "vlan", "% Incomplete command."),
        ("ios", "i", '% Ambiguous command: "i"'),
        ("ios", "line vty 3 4", "% Bad line number"),
        ("procurve", "frobnicate", "Invalid input: frobnicate"),
        ("procurve", "interface 99", "Invalid input: 99"),
        ("procurve", "vlan", "Incomplete input: vlan"),
        ("procurve", "s", "Ambiguous input: s"),
        ("procurve", "no vlan 77", "VLAN 77 not found."),
    ],
)
def test_what_a_switch_does_not_know_is_refused_in_its_words_and_told_as_refused(
    switches: Lab, name: str, line: str, words: str
) -> None:
    configuration = family(name).configuration
    assert configuration is not None
    bench = Bench(switches, name)
    with open_session(bench.target()) as opened:
        talk = Conversation(opened, configuration, {})
        with pytest.raises(PushRejected) as refused:
            talk.send([line])
    assert words in str(refused.value)


def test_a_hash_that_is_typed_back_and_refused_is_not_shown(switches: Lab) -> None:
    bench = Bench(switches, "ios")
    with open_session(bench.target()) as opened:
        talk = Conversation(opened, bench.configuration, {})
        with pytest.raises(PushRejected) as refused:
            talk.send(["username anne privilege 15 secret 9 topsecret"])
    assert "topsecret" not in str(refused.value)
    assert "« username anne privilege 15 secret ‹secret› »" in str(refused.value)


@pytest.mark.parametrize("name", sorted(NETMIKO))
def test_only_what_is_saved_outlives_the_restart_that_nobody_called_off(
    switches: Lab, name: str
) -> None:
    reload, cancel = {
        "ios": ("reload in 1", "reload cancel"),
        "procurve": ("reload after 1", "no reload"),
    }[name]
    bench = Bench(switches, name)
    configuration = bench.configuration
    saved = bench.lab.call(lambda: copy.deepcopy(bench.device.startup))
    with open_session(bench.target()) as opened:
        talk = Conversation(opened, configuration, {})
        opened.run(reload, expect=configuration.prompt, questions=configuration.questions)
        opened.run(cancel, expect=configuration.prompt)
        talk.send(["snmp-server contact perdu"])
        assert not bench.device.saved
        assert bench.device.uptime_s() > 1000
        opened.run(reload, expect=configuration.prompt, questions=configuration.questions)
    wait_until(lambda: bench.device.uptime_s() < 1000 and bench.device.reachable())
    assert bench.state() == saved


def test_netmiko_itself_configures_and_reads_both(switches: Lab) -> None:
    for name in NETMIKO:
        cli = session(switches, name)
        try:
            cli.send_config_set(["vlan 55", "name essai", "end"], exit_config_mode=False)
            shown = cli.send_command("show vlan brief" if name == "ios" else "show running-config")
        finally:
            cli.disconnect()
        assert "essai" in shown


@pytest.mark.parametrize("name", sorted(NETMIKO))
def test_a_switch_is_recognised_and_tells_its_identity_and_power(switches: Lab, name: str) -> None:
    device = switches[name]
    assert isinstance(device, Switch)
    target = SnmpTarget("lab", device.host, device.snmp_port, community="lab-read", timeout_s=2.0)
    settings = Settings(data_dir=Path("unused"), database_url=None)
    seen = observe_many([target], settings=settings)[0].unwrap()
    assert seen.problems == ()
    assert seen.identity.family == name
    assert seen.identity.serial == device.serial
    assert seen.identity.firmware
    assert len(seen.interfaces) >= 28
    assert {vlan.id for vlan in seen.vlans} >= {1}
    assert seen.poe is not None


@pytest.mark.parametrize("name", sorted(FIRST_PORT))
def test_a_port_s_power_is_cut_and_given_back_without_being_saved(switches: Lab, name: str) -> None:
    bench, point = Bench(switches, name), switches[f"{name}-ap"]
    power_cycle = bench.configuration.power_cycle
    assert power_cycle is not None
    cycle = power_cycle(FIRST_PORT[name])
    saved = bench.lab.call(lambda: bench.device.startup)
    with open_session(bench.target()) as opened:
        talk = Conversation(opened, bench.configuration, {})
        talk.exchange(cycle.off)
        assert bench.lab.call(lambda: point.powered) is False
        talk.exchange(cycle.on)
    assert bench.lab.call(lambda: point.powered) is True
    assert bench.device.startup == saved


def test_an_account_that_may_not_configure_is_told_so(tmp_path: Path) -> None:
    spec = DeviceSpec(family="procurve", name="procurve", host="127.44.9.1", model="operator")
    with (
        running_lab([spec], folder=tmp_path) as lab,
        pytest.raises(Garbled, match="no rights to configure"),
    ):
        Bench(lab, "procurve").read()
