"""The false switch, spoken to by clients that know nothing of it: netmiko and net-snmp."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from netmiko import BaseConnection, ConnectHandler

from lab.device import Device
from lab.devices.aruba_cx import ArubaCx
from tests.district import LabDevice
from tests.lab.clients import walk
from tests.patience import wait_until

pytestmark = pytest.mark.lab
IF_ALIAS, IF_ADMIN = "1.3.6.1.2.1.31.1.1.1.18", "1.3.6.1.2.1.2.2.1.7"
VLAN_NAME, VLAN_EGRESS = "1.3.6.1.2.1.17.7.1.4.3.1.1", "1.3.6.1.2.1.17.7.1.4.3.1.2"
VLAN_UNTAGGED = "1.3.6.1.2.1.17.7.1.4.3.1.4"
SYS_NAME = "1.3.6.1.2.1.1.5"


@contextmanager
def session(device: Device, password: str = "lab-password") -> Iterator[BaseConnection]:
    connection = ConnectHandler(
        device_type="aruba_aoscx",
        host=device.host,
        port=device.ssh_port,
        username="preau",
        password=password,
    )
    try:
        yield connection
    finally:
        connection.disconnect()


def configure(connection: BaseConnection, *lines: str) -> str:
    return connection.send_config_set([*lines, "end"])


def test_what_is_configured_shows_in_the_running_configuration_and_in_snmp(
    lab_device: LabDevice,
) -> None:
    device = lab_device("arubaos_cx")
    with session(device) as cli:
        configure(
            cli,
            "hostname salle-serveur",
            "vlan 10",
            "name eleves",
            "interface 1/1/4",
            "description Borne du local 4",
            "vlan trunk native 1",
            "vlan trunk allowed 1,10",
            "interface 1/1/5",
            "shutdown",
        )
        cli.set_base_prompt()
        running = cli.send_command("show running-config")
    assert "hostname salle-serveur" in running
    assert "vlan 10\n    name eleves" in running
    assert (
        "interface 1/1/4\n    no shutdown\n    description Borne du local 4\n    no routing\n"
        "    vlan trunk native 1\n    vlan trunk allowed 1,10\n"
    ) in running
    assert walk(device, SYS_NAME) == {f"{SYS_NAME}.0": "salle-serveur"}
    assert walk(device, IF_ALIAS)[f"{IF_ALIAS}.4"] == "Borne du local 4"
    assert walk(device, IF_ADMIN)[f"{IF_ADMIN}.5"] == "2"
    assert walk(device, VLAN_NAME)[f"{VLAN_NAME}.10"] == "eleves"
    # Port 4 alone carries VLAN 10, tagged: the fourth bit of the first octet.
    assert walk(device, VLAN_EGRESS)[f"{VLAN_EGRESS}.10"].split() == ["10", "00", "00", "00"]
    assert walk(device, VLAN_UNTAGGED)[f"{VLAN_UNTAGGED}.10"].split() == ["00"] * 4


def test_an_allowed_list_adds_and_its_no_form_takes_away(lab_device: LabDevice) -> None:
    device = lab_device("arubaos_cx")
    with session(device) as cli:
        configure(cli, "vlan 10-12", "interface 1/1/1", "vlan trunk allowed 10")
        configure(cli, "interface 1/1/1", "vlan trunk allowed 11-12", "no vlan trunk allowed 11")
        shown = cli.send_command("show running-config interface 1/1/1")
        configure(cli, "interface 1/1/1", "no vlan access", "vlan access 12")
        access = cli.send_command("show running-config interface 1/1/1")
    assert "vlan trunk allowed 10,12\n" in shown
    assert "vlan access 12\n" in access
    assert "trunk" not in access


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("frobnicate", "Invalid input: frobnicate"),
        ("interface 1/1/99", "Invalid input: 1/1/99"),
        ("vlan 5000", "Invalid input: 5000"),
        ("vlan", "% Command incomplete."),
        ("s", "% Ambiguous command."),
        ("interface vlan 77", "VLAN 77 does not exist."),
    ],
)
def test_what_the_switch_does_not_know_is_refused_in_its_words(
    lab_device: LabDevice, line: str, words: str
) -> None:
    with session(lab_device("arubaos_cx")) as cli:
        assert words in configure(cli, line)


def test_commands_may_be_shortened(lab_device: LabDevice) -> None:
    device = lab_device("arubaos_cx")
    with session(device) as cli:
        configure(cli, "int 1/1/1", "desc Salle", "sh", "no shut")
        assert "description Salle" in cli.send_command("sh run int 1/1/1")


def test_an_unconfirmed_checkpoint_is_restored_and_a_confirmed_one_stays(
    lab_device: LabDevice,
) -> None:
    device = lab_device("arubaos_cx", minute_s=0.5)
    with session(device) as cli:
        assert "expires in 1 minute" in cli.send_command("checkpoint auto 1")
        configure(cli, "vlan 66")
    wait_until(lambda: "vlan 1,66" not in running(device))
    patient = lab_device("arubaos_cx", minute_s=3600)
    assert isinstance(patient, ArubaCx)
    with session(patient) as cli:
        cli.send_command("checkpoint auto 1")
        configure(cli, "vlan 77")
        armed = patient.checkpoints.auto_mode
        assert "checkpoint AUTO" in cli.send_command("checkpoint auto confirm")
    assert (armed, patient.checkpoints.auto_mode) == (True, False)
    assert "vlan 1,77" in running(patient)


def running(device: Device) -> str:
    with session(device) as cli:
        return str(cli.send_command("show running-config"))


def test_a_switch_without_its_address_is_lost_until_the_checkpoint_comes_back(
    lab_device: LabDevice,
) -> None:
    device = lab_device("arubaos_cx", minute_s=5)
    with session(device) as cli:
        cli.send_command("checkpoint auto 1")
        cli.write_channel("configure terminal\rinterface vlan 1\rno ip address\r")
        wait_until(lambda: not device.reachable())
    wait_until(lambda: walk(device, SYS_NAME) == {f"{SYS_NAME}.0": "sw1"})


def test_only_what_is_saved_survives_a_restart(lab_device: LabDevice) -> None:
    device = lab_device("arubaos_cx")
    with session(device) as cli:
        configure(cli, "vlan 10")
        assert "[Success]" in cli.send_command("write memory")
        configure(cli, "vlan 20")
        cli.write_channel("boot system\ry\r")
    wait_until(lambda: device.uptime_s() < 100 and device.reachable())
    shown = running(device)
    assert "vlan 1,10\n" in shown


def test_output_is_paged_until_the_client_turns_it_off(lab_device: LabDevice) -> None:
    with session(lab_device("arubaos_cx")) as cli:
        cli.send_command("page")
        assert cli.remote_conn is not None
        cli.remote_conn.resize_pty(width=80, height=24)  # type: ignore[union-attr]
        cli.write_channel("show running-config\r")
        assert "-- MORE --" in cli.read_until_pattern("-- MORE --")
        cli.write_channel("q")
