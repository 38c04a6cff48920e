"""What each false device really is: its own tree and guard, never what it shows in a session.

By family: the tree to compare, whether a guard still waits, whether all of a version is there and
in use, and what in the log of its lines tells that a change begins.
"""

import copy
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.device import Device
from lab.devices.aruba_instant import ArubaInstant
from lab.devices.hostapd import HostapdLinux
from lab.devices.iosxe import IosXe
from lab.devices.iosxe.config import XeConfig
from lab.devices.openwrt import OpenWrt
from lab.devices.routeros import RouterOs
from lab.devices.routeros.menus import MENUS
from lab.switch import Switch

_UCI = ("system", "network", "wireless")
_ARMED = "/etc/preau/armed"
_READ = r"^show running-config"
_GUARD = "preau-guard"
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Truth:
    """How the truth of one family's devices is told.

    `begins` is found in a line that only a change to `VERSION` sends, `looks` in the line that
    reads the device, which comes before it; `once` in those that must not come twice in one change.
    `remains` tells whether anything of a guard was left behind, `kept` what of a tree is there also
    while the device starts up: its switch may just have been restarted, and its power with it.
    """

    tree: Callable[[Any], Any]
    is_guarded: Callable[[Any], bool]
    has_all: Callable[[Any, int], bool]
    begins: str
    looks: str
    once: re.Pattern[str] = _NEVER
    remains: Callable[[Any], bool] = lambda _device: False
    kept: Callable[[Any], Any] = lambda tree: tree

    def begins_change(self, line: str, version: int) -> bool:
        """Return whether a line is one of the change to a version, and of no undoing."""
        return re.search(self.begins.replace("VERSION", str(version)), line) is not None


def truth_of(device: Device) -> Truth:
    """Return how the truth of a device is told."""
    return _TRUTHS[device.spec.family]


def tree(device: Device) -> Any:
    """Return what a device is configured to be, in use and kept, to be compared."""
    return truth_of(device).tree(device)


@dataclass
class Heard(list[str]):
    """Every line that a device received; counts what must not have been sent.

    A change that is sent to a device which, as it was read last, was not as before it or had a
    guard, and a line that may not be repeated and comes twice in one change, are in `doubled`.
    """

    device: Device
    before: Any = None
    version: int = 0
    doubled: list[str] = field(default_factory=list)
    _since: Counter[str] = field(default_factory=Counter)
    _other: str = ""  # what it was not as before, when it was read last

    def append(self, line: str) -> None:
        """Note one line as it comes in."""
        super().append(line)
        truth = truth_of(self.device)
        if re.search(truth.looks, line):
            now, before = truth.kept(truth.tree(self.device)), truth.kept(self.before)
            waits = truth.is_guarded(self.device)
            self._other = _other(now, before) if now != before else ""
            if waits:
                self._other = "a guard waits"
            if not self._other:
                self._since.clear()
        elif truth.begins_change(line, self.version) and self._other:
            self.doubled.append(f"{self.device.name} ({self._other}): {line}")
        elif truth.once.search(line):
            self._since[line] += 1
            if self._since[line] > 1:
                self.doubled.append(f"{self.device.name}: {line}")


def _other(now: Any, before: Any) -> str:
    """Return what differs: the parts of a tree that has parts, on both sides."""
    if isinstance(now, tuple) and isinstance(before, tuple):
        pairs = [(one, other) for one, other in zip(now, before, strict=True) if one != other]
        return "; ".join(f"now {one}, before {other}" for one, other in pairs)
    return f"now {now}, before {before}"


# -- switches


def _switch_tree(device: Switch) -> Any:
    # The VLANs of a VTP server are no part of what is compared of its configuration.
    return copy.deepcopy((device.config, device.config.vlans, device.startup))


def _vlans_are(device: Switch, version: int) -> bool:
    names = {number: vlan.name for number, vlan in device.config.vlans.items() if number > 1}
    return device.saved and names == {10: f"pedago{version}", 20: f"admin{version}"}


def _switch_has(device: Switch, version: int) -> bool:
    ports = list(device.config.ports.items())[:2]
    carried = {1, 10, 20} if version % 2 else {1, 10}
    return _vlans_are(device, version) and all(
        port.description == f"Borne {version}" and port.trunk and {untagged, *tagged} == carried
        for name, port in ports
        for untagged, tagged in [device.config.vlans_of(name)]
    )


def _iosxe_has(device: IosXe, version: int) -> bool:
    config = device.config
    assert isinstance(config, XeConfig)
    wlan = config.wlans.get("preau_eleves")
    return (
        _vlans_are(device, version)
        and wlan is not None
        and (wlan.ssid, wlan.up) == (f"Chaos-{version}", True)
        and wlan.key is not None
    )


_IOS = Truth(
    tree=_switch_tree,
    is_guarded=lambda device: device.guards.waits,
    has_all=_switch_has,
    begins=r"^name pedagoVERSION$",
    looks=_READ,
)


# -- access points


def _openwrt_tree(device: OpenWrt) -> Any:
    kept = {name: device.files.files[f"/etc/config/{name}"] for name in _UCI}
    return kept, {name: repr(device.applied[name]) for name in _UCI}


def _openwrt_has(device: OpenWrt, version: int) -> bool:
    kept, used = _openwrt_tree(device)
    return all(
        f"Chaos-{version}" in text["wireless"] and "preau_v10" in text["network"]
        for text in (kept, used)
    ) and {each.name for radio in device.radios() for each in radio.interfaces} >= {
        "phy0-ap0",
        "phy1-ap0",
    }


def _hostapd_tree(device: HostapdLinux) -> Any:
    """Return the files, what is enabled, and what each hostapd serves; lines have no order."""
    kept = {path: sections(text) for path, text in device.kept().items() if _GUARD not in path}
    enabled = [name for name in device.services.enabled() if _GUARD not in name]
    served = {radio: sections(each.served.text) for radio, each in device.daemons.items()}
    return kept, enabled, served


def sections(text: str) -> list[list[str]]:
    """Return the lines of each section of a hostapd.conf; neither has an order that counts."""
    parts = re.split(r"(?m)^(?=interface=|bss=)", text)
    return sorted(sorted(part.splitlines()) for part in parts)


def _hostapd_has(device: HostapdLinux, version: int) -> bool:
    heard = {radio for ssid, radio, bridge in device.heard() if ssid == f"Chaos-{version}"}
    return heard == {"wlan0", "wlan1"} and "preau-vlan-10.service" in device.services.enabled()


def _routeros_tree(device: RouterOs) -> Any:
    """Return the items of each menu; which number an item has, and its place, nobody intends."""
    kept = {
        menu: sorted(
            (item.fixed, sorted(item.values.items()))
            for item in device.store.items(menu)
            if not item.values.get("name", "").startswith(_GUARD)
        )
        for menu in MENUS
    }
    return {menu: items for menu, items in kept.items() if items}


def _routeros_guarded(device: RouterOs) -> bool:
    entries = device.store.items("/system scheduler")
    return any(item.values.get("name", "").startswith(_GUARD) for item in entries)


def _routeros_remains(device: RouterOs) -> bool:
    scripts = device.store.names("/system script")
    return any(_GUARD in name for name in (*scripts, *device.files))


def _routeros_has(device: RouterOs, version: int) -> bool:
    radios = {
        item.values["name"]
        for item in device.store.items("/interface wifi")
        if device.is_on_air(item) and device.ssid_of(item) == f"Chaos-{version}"
    }
    return radios >= {"wifi1", "wifi2"}


def _instant_tree(device: ArubaInstant) -> Any:
    return copy.deepcopy((device.config, device.own, device.saved_config, device.saved_own))


def _instant_has(device: ArubaInstant, version: int) -> bool:
    heard = {letter for _, essid, letter, _ in device.heard() if essid == f"Chaos-{version}"}
    return heard == {"a", "g"} and device.saved


_TRUTHS = {
    "arubaos_cx": Truth(
        tree=_switch_tree,
        is_guarded=lambda device: device.checkpoints.auto_mode,
        has_all=_switch_has,
        begins=r"^name pedagoVERSION$",
        looks=_READ,
    ),
    "ios": _IOS,
    "iosxe": Truth(_IOS.tree, _IOS.is_guarded, _iosxe_has, _IOS.begins, _READ),
    "procurve": Truth(
        tree=_switch_tree,
        is_guarded=lambda device: device.reload_waits,
        has_all=_switch_has,
        begins=r'^name "?pedagoVERSION"?$',
        looks=_READ,
    ),
    "openwrt": Truth(
        tree=_openwrt_tree,
        is_guarded=lambda device: device.files.is_file(_ARMED),
        has_all=_openwrt_has,
        begins=r"\.ssid='Chaos-VERSION'",
        looks="uci export wireless",
        once=re.compile(r"^(?!.*uci -q delete ).*uci add_list"),
    ),
    "hostapd_linux": Truth(
        tree=_hostapd_tree,
        is_guarded=lambda device: device.files.is_file(_ARMED),
        has_all=_hostapd_has,
        begins=r"hostapd_set .* 'Chaos-VERSION'",
        looks="#file",
        kept=lambda tree: (tree or ())[:2],  # what each hostapd serves comes later
    ),
    "routeros": Truth(
        tree=_routeros_tree,
        is_guarded=_routeros_guarded,
        has_all=_routeros_has,
        begins=r"ssid=\W*Chaos-VERSION\b",
        looks="^/export ",
        once=re.compile(r"^/\S.* add (?!.*preau-guard)"),
        remains=_routeros_remains,
    ),
    "aruba_instant": Truth(
        # It has no guard but that nothing is saved: what is typed waits for a commit.
        tree=_instant_tree,
        is_guarded=lambda _device: False,
        has_all=_instant_has,
        begins=r'^essid "?Chaos-VERSION"?$',
        looks=r"^show ap-env$",
    ),
}
