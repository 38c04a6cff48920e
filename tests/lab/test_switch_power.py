"""A device's power is cut at the port where its switch hears it, and only where that is sure."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from api.usecases import switch_power
from api.usecases.switch_power import power_cutter
from inventory import clock
from inventory.database import Database
from inventory.errors import DeviceError
from inventory.models import Device, Link
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.family import families
from lab.device import DeviceSpec, connect
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import ACTOR, Installation

pytestmark = pytest.mark.lab


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setattr(switch_power, "_OFF_S", 0.1)
    specs = [
        DeviceSpec(family="arubaos_cx", name="sw1", host="127.51.1.1", boot_s=0.1),
        *(
            DeviceSpec(family="aruba_instant", name=f"ap{n}", host=f"127.51.1.1{n}", boot_s=0.1)
            for n in (1, 2)
        ),
    ]
    with running_lab(specs, folder=tmp_path) as lab:
        for number in (1, 2):
            connect(lab[f"ap{number}"], "eth0", lab["sw1"], f"1/1/{number}")
        yield lab


@pytest.fixture
def here(settings: Settings, database: Database, vault: Vault, lab: Lab) -> Installation:
    quick = settings.model_copy(update={"ssh_timeout_s": 5.0})
    installation = Installation(quick, database, vault)
    installation.know(*lab)
    return installation


def heard(
    here: Installation, by: str, port: str, what: str | None, *, says: str = "", ago_s: int = 0
) -> None:
    """Keep that a device heard another on its port, which said its own port's name."""
    with here.database.write(ACTOR) as session:
        ids = {row.name: row.id for row in session.exec(select(Device)).all()}
        at = clock.now() - timedelta(seconds=ago_s)
        session.add(
            Link(
                device_id=ids[by] or 0,
                local_interface=port,
                protocol="lldp",
                remote_key=f"{what} {says}",
                remote_port=says or None,
                remote_device_id=ids[what] if what else None,
                first_seen_at=at,
                last_seen_at=at,
            )
        )


def cutter(here: Installation, device: str) -> Callable[[], None] | None:
    with here.database.read() as session:
        row = session.exec(select(Device).where(Device.name == device)).one()
        own = families()[row.family].configuration
        assert own is not None
        return power_cutter(session, here.vault, here.settings, row.id or 0, own)


def uptimes(lab: Lab) -> dict[str, float]:
    return lab.call(lambda: {device.name: device.uptime_s() for device in lab})


@pytest.mark.parametrize("own_word", [None, "1/1/1", "20:4c:03:aa:bb:c1"])
def test_the_port_that_both_ends_tell_is_cut_and_no_other(
    lab: Lab, here: Installation, own_word: str | None
) -> None:
    heard(here, "sw1", "1/1/1", "ap1")
    heard(here, "sw1", "1/1/2", "ap2")
    if own_word:
        heard(here, "ap1", "eth0", "sw1", says=own_word)
    before = uptimes(lab)
    cut = cutter(here, "ap1")
    assert cut is not None
    cut()
    after = uptimes(lab)
    assert after["ap1"] < before["ap1"]
    assert after["ap2"] > before["ap2"]
    lines = lab["sw1"].received
    assert [line for line in lines if line.startswith("interface")] == ["interface 1/1/1"] * 2
    assert "write memory" not in lines


def test_without_a_known_cable_nothing_is_cut(here: Installation) -> None:
    heard(here, "sw1", "1/1/2", "ap2")
    assert cutter(here, "ap1") is None


def test_ends_that_tell_different_ports_are_believed_in_neither(here: Installation) -> None:
    heard(here, "sw1", "1/1/1", "ap1")
    heard(here, "ap1", "eth0", "sw1", says="1/1/2")
    assert cutter(here, "ap1") is None


@pytest.mark.parametrize("other", ["ap2", None])
def test_a_port_where_something_else_was_heard_since_is_left_alone(
    here: Installation, other: str | None
) -> None:
    heard(here, "sw1", "1/1/1", "ap1", ago_s=3600)
    heard(here, "sw1", "1/1/1", other)
    assert cutter(here, "ap1") is None


def test_what_was_heard_there_before_does_not_count(here: Installation) -> None:
    heard(here, "sw1", "1/1/1", "ap2", ago_s=3600)
    heard(here, "sw1", "1/1/1", "ap1")
    assert cutter(here, "ap1") is not None


def test_a_switch_that_does_not_answer_is_told_and_nothing_loses_its_power(
    lab: Lab, here: Installation
) -> None:
    heard(here, "sw1", "1/1/1", "ap1")
    cut = cutter(here, "ap1")
    assert cut is not None
    before = uptimes(lab)
    lab["sw1"].faults.add("silent")
    with pytest.raises(DeviceError):
        cut()
    assert uptimes(lab)["ap1"] > before["ap1"]


def test_a_device_with_a_guard_of_its_own_needs_no_port(here: Installation) -> None:
    heard(here, "ap1", "eth0", "sw1")
    assert cutter(here, "sw1") is None
