"""Switches of every generation, and devices that only resemble them: `generations.toml`."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from collectors.recognise import observe_view
from inventory.vendors.mib import MibView, Oid, Value, oid
from inventory.vendors.reading import SYS_DESCR, SYS_OBJECT_ID

HERE = Path(__file__).parent
DEVICES = [
    (family, device)
    for family, listed in tomllib.loads((HERE / "generations.toml").read_text("utf-8")).items()
    for device in listed
]


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
