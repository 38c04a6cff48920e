"""Switches of every generation, and devices that only resemble them: `generations.toml`."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from collectors.recognise import observe_view, recognise
from collectors.snmp.recording import read_recording
from inventory.vendors.family import families
from inventory.vendors.mib import MibView, Oid, Value, oid
from inventory.vendors.reading import SYS_DESCR, SYS_OBJECT_ID

HERE = Path(__file__).parent
DEVICES = [
    (family, device)
    for family, listed in tomllib.loads((HERE / "generations.toml").read_text("utf-8")).items()
    for device in listed
]
_SYSTEM = oid("1.3.6.1.2.1.1")
SWITCHES = sorted(
    path
    for family in families().values()
    if family.role in ("switch", "router") and not family.reading.probes
    for path in HERE.glob(f"{family.id}/*.snmprec")
)


def _view(device: dict[str, Any]) -> MibView:
    values: dict[Oid, Value] = {SYS_DESCR: device["descr"].encode()}
    if "object_id" in device:
        values[SYS_OBJECT_ID] = oid(device["object_id"])
    for name, value in device.get("rows", {}).items():
        values[oid(name)] = value if isinstance(value, int) else value.encode()
    return MibView(values)


@pytest.mark.parametrize(
    ("family", "device"),
    DEVICES,
    ids=[f"{one}: {device['descr'][:40]!r}" for one, device in DEVICES],
)
def test_a_device_is_told_and_named_as_its_maker_writes_it(
    family: str, device: dict[str, Any]
) -> None:
    identity = observe_view(_view(device)).identity
    told = {"family": identity.family}
    for name in ("model", "firmware", "serial"):
        told[name] = getattr(identity, name)
    names = ("model", "firmware", "serial")
    assert told == {"family": family, **{name: device.get(name) for name in names}}


@pytest.mark.parametrize("path", SWITCHES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_switch_is_told_by_its_system_group_alone(path: Path) -> None:
    whole = read_recording(path).view()
    system = {name: whole.get(name) for name in whole if name[: len(_SYSTEM)] == _SYSTEM}
    told = MibView({name: value for name, value in system.items() if value is not None})
    assert recognise(told).id == path.parent.name
