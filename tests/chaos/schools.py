"""False schools for a rollout that is killed: what each device should have, and its own tree.

Each round wants another version of everything, so that every round changes every device. What a
device really is comes from its own state here, never from what it shows in a session.
"""

import copy
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lab.device import Device, DeviceSpec
from lab.devices.aruba_cx import ArubaCx
from lab.devices.openwrt import OpenWrt

_UCI = ("system", "network", "wireless")
_ARMED = "/etc/preau/armed"


@dataclass
class Heard(list[str]):
    """Every line that a device received; counts what must not have been sent.

    A change that begins while an earlier one, or its guard, is still on the device, and a line that
    may not be repeated and comes twice in one change, are counted in `doubled`.
    """

    device: Device
    before: Any = None
    doubled: list[str] = field(default_factory=list)
    _since: Counter[str] = field(default_factory=Counter)

    def append(self, line: str) -> None:
        """Note one line as it comes in."""
        super().append(line)
        if begins_change(self.device, line):
            self._since.clear()
            if is_guarded(self.device) or tree(self.device) != self.before:
                self.doubled.append(f"{self.device.name}: {line}")
        elif line.lstrip().startswith("uci add_list"):
            self._since[line] += 1
            if self._since[line] > 1:
                self.doubled.append(f"{self.device.name}: {line}")


def schools(count: int, minute_s: float, network: str) -> list[list[DeviceSpec]]:
    """Return the devices of each school: a switch, and access points."""
    quick: dict[str, Any] = {"minute_s": minute_s, "boot_s": 0.3, "apply_s": 0.1}
    return [
        [
            DeviceSpec(
                family="arubaos_cx",
                name=f"s{n}-sw",
                host=f"{network}.{n}.1",
                hostname="6200",
                **quick,
            ),
            *(
                DeviceSpec(
                    family="openwrt",
                    name=f"s{n}-ap{m}",
                    host=f"{network}.{n}.{10 + m}",
                    hostname="OpenWrt",
                    **quick,
                )
                for m in (1, 2)
            ),
        ]
        for n in range(1, count + 1)
    ]


def wanted(version: int) -> dict[str, Any]:
    """Return what a school should have in one round."""
    return {
        "vlans": [{"id": 10, "name": f"pedago{version}"}, {"id": 20, "name": f"admin{version}"}],
        "management_vlan": 1,
        "country": "BE",
        "wlans": [
            {
                "name": "eleves",
                "ssid": f"Chaos {version}",
                "purpose": "pedagogical",
                "security": "wpa2_wpa3_personal",
                "vlan_id": 10,
                "passphrase_secret": "wlan-eleves",
            }
        ],
        "ports": [
            {
                "name": "1/1/1",
                "description": f"Borne {version}",
                "mode": "trunk",
                "native_vlan": 1,
                "tagged_vlans": [10, 20] if version % 2 else [10],
            }
        ],
    }


def tree(device: Device) -> Any:
    """Return what a device is configured to be, in use and kept, to be compared."""
    if isinstance(device, ArubaCx):
        return copy.deepcopy((device.config, device.startup))
    assert isinstance(device, OpenWrt)
    kept = {name: device.files.files[f"/etc/config/{name}"] for name in _UCI}
    return kept, {name: repr(device.applied[name]) for name in _UCI}


def is_guarded(device: Device) -> bool:
    """Return whether a guard still waits on a device."""
    if isinstance(device, ArubaCx):
        return device.checkpoints.auto_mode
    assert isinstance(device, OpenWrt)
    return device.files.is_file(_ARMED)


def begins_change(device: Device, line: str) -> bool:
    """Return whether a line is the first that a change sends."""
    if isinstance(device, ArubaCx):
        return line.startswith("checkpoint auto ") and "confirm" not in line
    return line.startswith("rm -rf /etc/preau && mkdir")


def has_all(device: Device, version: int) -> bool:
    """Return whether a device has and uses all that a version wants, and will after a restart."""
    if isinstance(device, ArubaCx):
        config, port = device.config, device.config.ports["1/1/1"]
        return (
            {v: config.vlans[v].name for v in (10, 20)}
            == {10: f"pedago{version}", 20: f"admin{version}"}
            and port.description == f"Borne {version}"
            and port.allowed == ({1, 10, 20} if version % 2 else {1, 10})
            and device.startup == config
        )
    assert isinstance(device, OpenWrt)
    kept, used = tree(device)
    return all(
        f"Chaos {version}" in text["wireless"] and "preau_v10" in text["network"]
        for text in (kept, used)
    ) and {each.name for radio in device.radios() for each in radio.interfaces} >= {
        "phy0-ap0",
        "phy1-ap0",
    }
