"""Fixtures: devices of the lab, in the process of the test, on ports of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lab.device import Device, DeviceSpec
from lab.district import SCHOOLS, make_school
from lab.running import Lab, running_lab

QUICK: dict[str, Any] = {"minute_s": 1.0, "boot_s": 0.3, "apply_s": 0.1}
"""A minute of a device's own timers lasts a second."""

LabDevice = Callable[..., Device]


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the devices of this test process keep their host keys."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture
def lab_device(lab_folder: Path) -> Iterator[LabDevice]:
    """Return a factory: `lab_device("openwrt", faults=["silent"])` runs one device."""
    with ExitStack() as stack:

        def start(family: str, **spec: Any) -> Device:
            options = {"name": "ap1" if family == "openwrt" else "sw1", **QUICK, **spec}
            made = DeviceSpec(family=family, **options)
            return stack.enter_context(running_lab([made], folder=lab_folder))[made.name]

        yield start


@pytest.fixture
def district(lab_folder: Path) -> Iterator[Lab]:
    """Run the school of the lake, two switches and eight access points, names as `lac/ap3`."""
    school = SCHOOLS[2]
    devices = make_school(school, options=QUICK)
    for device in devices.values():
        device.snmp_port = device.ssh_port = 0
    with running_lab(list(devices.values()), folder=lab_folder) as lab:
        yield lab
