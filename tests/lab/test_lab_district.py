"""The agent's protocol, faults, cables and the district as a process."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import paramiko
import pytest

from lab.devices.aruba_cx import ArubaCx
from lab.district import make_district
from lab.ports import free_port
from lab.register import rows
from lab.running import Lab, running_lab
from tests.district import LabDevice
from tests.lab.clients import run, sh, silent, snmp, ssh, walk
from tests.patience import PATIENCE_S, wait_until

pytestmark = pytest.mark.lab
SYS_NAME = "1.3.6.1.2.1.1.5"
SERVE = [sys.executable, "-m", "lab", "serve", "--manifest"]
LLDP_NAME, LLDP_PORT = "1.0.8802.1.1.2.1.4.1.1.9", "1.0.8802.1.1.2.1.4.1.1.7"


# -- the agent


def test_a_get_beyond_the_tree_names_what_is_missing(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    shown = snmp("snmpget", device, "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.5.7", "1.3.6.1.2.1.99.1")
    assert 'STRING: "ap1"' in shown
    assert "No Such Instance" in shown
    assert "No Such Object" in shown


def test_a_walk_ends_with_the_view_in_v2c_and_in_v1(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    v2c = snmp("snmpbulkwalk", device, "1").splitlines()
    assert "No more variables left" in v2c[-1]
    v1 = snmp("snmpwalk", device, "-v1", "1.3.6.1.2.1.31").splitlines()
    assert v1
    assert not [line for line in v1 if "Counter64" in line]


def test_bulk_answers_are_cut_to_the_size_that_fits(lab_device: LabDevice) -> None:
    device = lab_device("arubaos_cx", max_message_octets=484)
    whole = walk(device, "1.3.6.1.2.1.2.2.1.2")
    assert len(whole) == 29
    once = snmp("snmpbulkget", device, "-Cr50", "1.3.6.1.2.1.2.2.1.2").splitlines()
    assert 1 <= len(once) < 50


def test_a_wrong_community_gets_silence(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    assert snmp("snmpget", device, "1.3.6.1.2.1.1.5.0", community="public", retries=0) == ""


def test_random_bytes_do_not_end_the_agent(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for noise in (b"", b"\x30", b"\x30\x82\xff\xff", bytes(range(256)), b"\x30\x02\x02\x00"):
            sender.sendto(noise, (device.host, device.snmp_port))
    assert walk(device, SYS_NAME)


# -- faults


def test_a_refused_line_is_refused_in_the_device_s_words(lab_device: LabDevice) -> None:
    device = lab_device("openwrt", faults=["refuse_line:ssid"])
    with ssh(device) as client:
        status, _, errors = run(client, "uci set wireless.default_radio0.ssid=x")
        assert (status, errors) == (1, "uci: Invalid argument\n")
        assert run(client, "uci set wireless.default_radio0.hidden=1")[0] == 0
        batch = "set wireless.radio0.channel=6\nset wireless.default_radio0.ssid=x\n"
        assert run(client, "uci batch", batch)[2] == "uci: Invalid argument\n"
    device.faults.clear()
    sh(device, "uci set wireless.default_radio0.ssid=x")


def test_a_session_drops_after_so_many_lines(lab_device: LabDevice) -> None:
    device = lab_device("openwrt", faults=["drop_session:3"])
    with ssh(device) as client:
        channel = client.invoke_shell()
        channel.settimeout(PATIENCE_S)
        channel.send(b"echo one\necho two\necho three\necho four\n")
        received = b""
        while data := channel.recv(4096):
            received += data
    assert b"\ntwo" in received
    assert device.received[:3] == ["echo one", "echo two", "echo three"]
    assert "echo four" not in device.received


def test_a_wrong_password_is_refused_and_each_try_is_recorded(lab_device: LabDevice) -> None:
    device = lab_device("openwrt", faults=["wrong_password"])
    with pytest.raises(paramiko.AuthenticationException), ssh(device):
        pass
    assert [login.accepted for login in device.logins] == [False]


def test_a_silent_device_answers_neither_snmp_nor_ssh(lab_device: LabDevice) -> None:
    device = lab_device("openwrt", faults=["silent"])
    assert silent(device)
    with pytest.raises(paramiko.SSHException, match="banner"), ssh(device, banner_s=2):
        pass


# -- a school with its cables


def test_lldp_tells_each_cable_at_both_ends_by_the_configured_names(district: Lab) -> None:
    switch, borne = district["lac/sw1"], district["lac/ap3"]
    assert walk(switch, LLDP_NAME)[f"{LLDP_NAME}.0.3.1"] == "lac-ap3"
    assert list(walk(borne, LLDP_NAME).values()) == ["lac-sw1"]
    assert list(walk(borne, LLDP_PORT).values()) == ["1/1/3"]
    sh(borne, "uci set system.@system[0].hostname=cour; uci commit; reload_config")
    wait_until(lambda: walk(switch, LLDP_NAME).get(f"{LLDP_NAME}.0.3.1") == "cour")


def test_cutting_the_power_restarts_an_access_point(district: Lab) -> None:
    borne = district["lac/ap1"]
    assert walk(borne, SYS_NAME)
    switch = district["lac/sw1"]
    assert isinstance(switch, ArubaCx)
    port = switch.config.ports["1/1/1"]

    def feed(on: bool) -> None:
        port.poe = on
        switch.applied()

    district.call(lambda: feed(False))
    assert silent(borne)
    district.call(lambda: feed(True))
    wait_until(lambda: walk(borne, SYS_NAME) != {})
    assert borne.uptime_s() < 60


def test_a_port_that_is_shut_down_cuts_off_what_is_behind_it(district: Lab) -> None:
    switch = district["lac/sw1"]
    assert isinstance(switch, ArubaCx)

    def isolate() -> None:
        switch.config.ports["1/1/24"].enabled = False
        switch.applied()

    assert walk(district["lac/ap8"], SYS_NAME)
    district.call(isolate)
    assert silent(district["lac/ap8"])
    assert silent(district["lac/sw2"])
    assert walk(district["lac/ap1"], SYS_NAME)


# -- the process


def test_the_district_has_two_schools_on_the_same_addresses() -> None:
    devices = make_district()
    assert len(devices) == 30
    at = {(d.host, d.snmp_port) for d in devices.values()}
    assert len(at) == 30
    assert len({host for host, _ in at}) == 20
    assert len({device.serial for device in devices.values()}) == 30


def test_serve_says_what_is_in_use_and_ends_with_status_2(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.20.0.1", 0))
        offset = taken.getsockname()[1] - 10161
        done = subprocess.run(
            [*SERVE, str(tmp_path), "--port-offset", str(offset)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Address already in use" in done.stderr
    assert not (tmp_path / "district.json").exists()


def test_serve_refuses_an_unknown_fault_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [*SERVE, str(tmp_path), "--fault", "lac/ap3=x"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_host_keys_stay_the_same_and_the_port_is_given_back(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        devices = make_district()
        chosen = devices["lac/ap1"]
        chosen.uplink = None
        chosen.links.clear()
        chosen.snmp_port = chosen.ssh_port = 0
        with running_lab([chosen], folder=tmp_path), ssh(chosen) as client:
            transport = client.get_transport()
            assert transport is not None
            keys.append(transport.get_remote_server_key().get_base64())
    assert keys[0] == keys[1]


def _order(folder: Path, *words: str) -> tuple[int, str]:
    """Return the status and the one line that an order to a running district ends with."""
    done = subprocess.run(
        [sys.executable, "-m", "lab", *words, "--manifest", str(folder)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.stdout + done.stderr).count("\n") == 1
    return done.returncode, done.stdout + done.stderr


def test_a_running_district_is_described_obeys_its_console_and_ends_on_sigterm(
    tmp_path: Path,
) -> None:
    offset = str(free_offset())
    with subprocess.Popen(
        [*SERVE, str(tmp_path), "--port-offset", offset, "--fault", "lac/ap3=silent"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("The lab answers: 30 devices in 3 schools")
        told = json.loads((tmp_path / "district.json").read_text(encoding="utf-8"))
        said = [
            _order(tmp_path, *words)
            for words in (
                ("power", "lac/sw1", "off"),
                ("fault", "lac/ap1", "refuse_line:a b"),
                ("clear", "lac/ap3"),
                ("power", "lac/sw9", "off"),
                ("power", "lac/sw1", "maybe"),
                ("fault", "lac/ap1", "no such"),
            )
        ]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert [status for status, _ in said] == [0, 0, 0, 2, 2, 2]
    assert said[0][1] == "lac/sw1: power off\n"
    assert "no device of the lab is called lac/sw9" in said[3][1]
    assert _order(tmp_path, "clear", "lac/ap3")[0] == 2
    assert [school["fase"] for school in told["schools"]] == [
        "95001/9501",
        "95002/9502",
        "95003/9503",
    ]
    assert told["schools"][2]["devices"][4]["faults"] == ["silent"]
    assert (tmp_path / "register.csv").read_bytes().startswith(b"\xef\xbb\xbfndeg_fase")
    assert not (tmp_path / "district.json").exists()


def free_offset() -> int:
    """Return a shift of all ports by which none lies where clients have theirs."""
    return free_port("127.20.0.1") % 12_000 + 300


def test_the_register_holds_what_real_ones_hold() -> None:
    content = rows()
    assert {row["bassin"] for row in content} >= {"Bruxelles", "Namur"}
    assert {"Secondaire CEFA", "Promotion sociale secondaire"} <= {
        row["type_d_enseignement"] for row in content
    }
    assert any(row["latitude"] is None for row in content)
    assert isinstance(content[0]["ndeg_fase_de_l_implantation"], float)
    addresses = [(r["adresse_de_l_implantation"], r["ndeg_fase_du_po"]) for r in content]
    shared = {street for street, _ in addresses if street == "Place de la Gare 1"}
    assert len({po for street, po in addresses if street in shared}) > 1
