"""The lab's school read over SNMP: what its devices say is what they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.observe import observe_many
from collectors.target import SnmpTarget
from inventory.errors import Unreachable
from inventory.observation import Observation, from_json
from inventory.settings import Settings
from lab.device import Device
from lab.running import Lab
from tests.district import LabDevice
from tests.serving import preau_here

pytestmark = pytest.mark.lab
SETTINGS = Settings(data_dir=Path("unused"), database_url=None)


def target(device: Device, **changes: Any) -> SnmpTarget:
    given: dict[str, Any] = {"timeout_s": 1.0, "community": "lab-read", **changes}
    return SnmpTarget("lab", device.host, device.snmp_port, **given)


def observed(device: Device) -> Observation:
    return observe_many([target(device)], settings=SETTINGS)[0].unwrap()


def test_a_whole_school_is_read_and_each_device_is_what_it_is(district: Lab) -> None:
    devices = list(district)
    outcomes = observe_many([target(device) for device in devices], settings=SETTINGS)
    for device, outcome in zip(devices, outcomes, strict=True):
        observation = outcome.unwrap()
        assert observation.problems == (), device.name
        family = "openwrt" if "/ap" in device.name else "arubaos_cx"
        assert observation.identity.family == family, device.name
        assert observation.identity.firmware
        assert observation.identity.uptime_s is not None


def test_a_switch_tells_its_identity_vlans_power_and_what_is_on_its_ports(district: Lab) -> None:
    observation = observed(district["lac/sw1"])
    identity = observation.identity
    assert identity.serial == district["lac/sw1"].serial
    assert {port.name for port in observation.interfaces} >= {"1/1/1", "1/1/24"}
    assert observation.vlans
    assert observation.poe is not None
    delivering = [port.interface for port in observation.poe.ports if port.delivering]
    assert delivering == [1, 2, 3, 4]
    heard = {neighbour.local_interface for neighbour in observation.neighbours}
    assert heard >= {"1/1/1", "1/1/2", "1/1/3", "1/1/4", "1/1/24"}
    assert {metric.name for metric in observation.metrics} >= {
        "cpu_percent",
        "memory_percent",
        "temperature_celsius",
        "poe_w",
        "uptime_s",
    }


def test_both_ends_of_a_cable_tell_of_each_other(district: Lab) -> None:
    switch, access_point = observed(district["lac/sw1"]), observed(district["lac/ap1"])
    down = next(n for n in switch.neighbours if n.local_interface == "1/1/1")
    up = access_point.neighbours[0]
    assert down.system_name == access_point.identity.sysname
    assert up.system_name == switch.identity.sysname
    assert up.port_id == "1/1/1"


def test_a_silent_device_stops_nobody(district: Lab) -> None:
    district.call(lambda: district["lac/ap2"].faults.add("silent"))
    devices = [district["lac/ap1"], district["lac/ap2"], district["lac/ap3"]]
    outcomes = observe_many(
        [target(device, timeout_s=0.3, retries=20) for device in devices], settings=SETTINGS
    )
    assert [type(outcome.error) for outcome in outcomes] == [type(None), Unreachable, type(None)]


def test_a_wrong_community_is_silence(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    wrong = target(device, community="wrong", timeout_s=0.2, retries=0)
    outcome = observe_many([wrong], settings=SETTINGS)[0]
    assert isinstance(outcome.error, Unreachable)
    assert "community" in str(outcome.error)


def test_a_version_1_walk_reads_the_same_as_a_version_2c_walk(lab_device: LabDevice) -> None:
    device = lab_device("arubaos_cx")
    old, new = observe_many([target(device, version="1"), target(device)], settings=SETTINGS)
    assert [port.name for port in old.unwrap().interfaces] == [
        port.name for port in new.unwrap().interfaces
    ]
    assert old.unwrap().vlans == new.unwrap().vlans


def test_a_host_that_no_database_knows_is_read_from_the_command_line(
    lab_device: LabDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = lab_device("arubaos_cx")
    monkeypatch.setenv("PREAU_SNMP_COMMUNITY", "lab-read")
    nowhere = Settings(data_dir=tmp_path)
    done = preau_here(nowhere, "observe", f"{device.host}:{device.snmp_port}", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert from_json(json.loads(done.stdout)).identity.family == "arubaos_cx"


def test_a_host_without_an_answer_is_one_line_and_exit_2(tmp_path: Path) -> None:
    done = preau_here(Settings(data_dir=tmp_path), "observe", "127.0.0.1:9")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("preau: 127.0.0.1:9: ")
