"""The menus of RouterOS that this device has: what they hold, and which values they take.

MikroTik documentation, RouterOS 7: "Bridging and Switching", "WiFi", "Services", "SNMP", "NTP",
"Log", "RADIUS", "Scheduler", "Scripting". A menu that is not here is a bad command name.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.devices.routeros.words import Complaint

Check = Callable[[str, str, "Names"], None]
"""Given an attribute, a value and the names of a menu, complains of what it cannot take."""
Names = Callable[[str], set[str]]


def anything(_attribute: str, _value: str, _names: Names) -> None:
    """Take any text."""


def one_of(*words: str) -> Check:
    """Take one word of a few."""

    def check(attribute: str, value: str, _names: Names) -> None:
        if value not in words:
            raise Complaint(f"input does not match any value of {attribute}")

    return check


def some_of(*words: str) -> Check:
    """Take a list of words."""
    single = one_of(*words, "")

    def check(attribute: str, value: str, names: Names) -> None:
        for word in value.split(","):
            single(attribute, word, names)

    return check


def number(low: int, high: int) -> Check:
    """Take a whole number."""

    def check(attribute: str, value: str, _names: Names) -> None:
        if not re.fullmatch(r"-?\d+", value):
            raise Complaint(f"invalid value for argument {attribute}")
        if not low <= int(value) <= high:
            raise Complaint(f"value of {attribute} out of range ({low}..{high})")

    return check


def named_in(menu: str) -> Check:
    """Take the name of an item of a menu."""

    def check(attribute: str, value: str, names: Names) -> None:
        if value and value not in names(menu):
            raise Complaint(f"input does not match any value of {attribute}")

    return check


def some_named_in(menu: str) -> Check:
    """Take names of items of a menu."""
    single = named_in(menu)

    def check(attribute: str, value: str, names: Names) -> None:
        for word in value.split(","):
            single(attribute, word, names)

    return check


def host(attribute: str, value: str, _names: Names) -> None:
    """Take an IP address or a name."""
    if re.fullmatch(r"[\d.]+", value):
        try:
            ipaddress.ip_address(value)
        except ValueError:
            raise Complaint(f"invalid value for argument {attribute}") from None


def letters(_attribute: str, value: str, _names: Names) -> None:
    """Take letters and digits only."""
    if not value.isalnum():
        raise Complaint("failure: action name can contain only letters and numbers")


YES_NO = one_of("yes", "no")
INTERFACE = "/interface"
WIFI = "/interface wifi"
SECURITY: Mapping[str, Check] = {
    "authentication-types": some_of(
        *("wpa-psk", "wpa2-psk", "wpa-eap", "wpa2-eap", "wpa3-psk", "owe", "wpa3-eap"),
        "wpa3-eap-192",
    ),
    "passphrase": anything,
    "management-protection": one_of("allowed", "disabled", "required"),
    "multi-passphrase-group": anything,
    "owe-transition-interface": anything,
    "wps": one_of("disable", "push-button"),
    "ft": YES_NO,
}
DATAPATH: Mapping[str, Check] = {
    "bridge": named_in("/interface bridge"),
    "vlan-id": number(1, 4095),
    "client-isolation": YES_NO,
}
CHANNEL: Mapping[str, Check] = {
    "band": one_of(
        *("2ghz-g", "2ghz-n", "2ghz-ax", "5ghz-a", "5ghz-n", "5ghz-ac", "5ghz-ax", "6ghz-ax")
    ),
    "frequency": anything,
    "width": one_of("20mhz", "20/40mhz", "20/40/80mhz", "20/40/80/160mhz"),
    "skip-dfs-channels": one_of("10min-cac", "all", "disabled"),
}
CONFIGURATION: Mapping[str, Check] = {
    "ssid": anything,
    "mode": one_of("ap", "station", "station-bridge"),
    "country": one_of("Belgium", "France", "Germany", "Latvia", "Luxembourg", "Netherlands"),
    "hide-ssid": YES_NO,
    "tx-power": number(0, 40),
    "installation": one_of("indoor", "outdoor"),
}
_COMMON: Mapping[str, Check] = {"comment": anything, "disabled": YES_NO}


def _dotted(prefix: str, checks: Mapping[str, Check]) -> dict[str, Check]:
    return {f"{prefix}.{name}": check for name, check in checks.items()}


PROFILES: Mapping[str, Check] = {
    "security": named_in(f"{WIFI} security"),
    "datapath": named_in(f"{WIFI} datapath"),
    "channel": named_in(f"{WIFI} channel"),
    **_dotted("security", SECURITY),
    **_dotted("datapath", DATAPATH),
    **_dotted("channel", CHANNEL),
}


@dataclass(frozen=True)
class Menu:
    """One menu. `settings` has one set of values and no items; `unset` ones have no defaults."""

    attributes: Mapping[str, Check]
    settings: bool = False
    fixed: bool = False
    named: bool = True
    required: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    can_unset: bool = False
    secret: tuple[str, ...] = ()
    exported: bool = True


def _items(attributes: Mapping[str, Check], **more: Any) -> Menu:
    return Menu(**{"attributes": {**_COMMON, **attributes}, "defaults": {"disabled": "no"}, **more})


def _profile(attributes: Mapping[str, Check], **more: Any) -> Menu:
    return _items({"name": anything, **attributes}, defaults={}, can_unset=True, **more)


MENUS: dict[str, Menu] = {
    "/interface bridge": _items(
        {
            "name": anything,
            "admin-mac": anything,
            "auto-mac": YES_NO,
            "vlan-filtering": YES_NO,
            "pvid": number(1, 4094),
            "protocol-mode": one_of("none", "rstp", "stp", "mstp"),
        },
        defaults={"disabled": "no", "vlan-filtering": "no", "pvid": "1", "protocol-mode": "rstp"},
    ),
    "/interface ethernet": _items({"name": anything}, fixed=True),
    f"{WIFI} channel": _profile(CHANNEL),
    f"{WIFI} security": _profile(SECURITY, secret=("passphrase",)),
    f"{WIFI} datapath": _profile(DATAPATH),
    f"{WIFI} configuration": _profile(
        {**CONFIGURATION, **PROFILES}, secret=("security.passphrase",)
    ),
    WIFI: _items(
        {
            "name": anything,
            "master-interface": named_in(WIFI),
            "mac-address": anything,
            "configuration": named_in(f"{WIFI} configuration"),
            **_dotted("configuration", CONFIGURATION),
            **PROFILES,
        },
        required=("master-interface",),
        defaults={"disabled": "yes"},
        can_unset=True,
        secret=("security.passphrase",),
    ),
    "/interface bridge port": _items(
        {
            "bridge": named_in("/interface bridge"),
            "interface": named_in(INTERFACE),
            "pvid": number(1, 4094),
            "frame-types": anything,
        },
        named=False,
        required=("bridge", "interface"),
        defaults={"disabled": "no", "pvid": "1", "frame-types": "admit-all"},
    ),
    "/interface bridge vlan": _items(
        {
            "bridge": named_in("/interface bridge"),
            "tagged": some_named_in(INTERFACE),
            "untagged": some_named_in(INTERFACE),
            "vlan-ids": anything,
        },
        named=False,
        required=("bridge", "vlan-ids"),
        defaults={"disabled": "no", "tagged": "", "untagged": ""},
    ),
    f"{WIFI} security multi-passphrase": _items(
        {"group": anything, "passphrase": anything, "vlan-id": number(1, 4095)},
        named=False,
        required=("group",),
        defaults={},
        can_unset=True,
        secret=("passphrase",),
    ),
    "/ip address": _items(
        {"address": anything, "interface": named_in(INTERFACE), "network": anything}, named=False
    ),
    "/ip service": _items({"port": number(1, 65535), "address": anything}, fixed=True, named=False),
    "/radius": _items(
        {
            "address": host,
            "secret": anything,
            "service": some_of("wireless", "login", "ppp", "hotspot", "dhcp", "dot1x"),
            "authentication-port": number(1, 65535),
            "accounting-port": number(1, 65535),
        },
        named=False,
        defaults={"disabled": "no", "authentication-port": "1812", "accounting-port": "1813"},
        secret=("secret",),
    ),
    "/snmp community": _items(
        {
            "name": anything,
            "addresses": anything,
            "security": one_of("none", "authorized", "private"),
            "authentication-protocol": one_of("MD5", "SHA1", "SHA256"),
            "authentication-password": anything,
            "encryption-protocol": one_of("DES", "AES"),
            "encryption-password": anything,
            "read-access": YES_NO,
            "write-access": YES_NO,
        },
        defaults={"security": "none", "disabled": "no", "read-access": "yes"},
        secret=("authentication-password", "encryption-password"),
    ),
    "/snmp": Menu(
        {"enabled": YES_NO, "contact": anything, "location": anything},
        settings=True,
        defaults={"enabled": "no", "contact": "", "location": ""},
    ),
    "/system clock": Menu({"time-zone-name": anything}, settings=True),
    "/system identity": Menu({"name": anything}, settings=True, defaults={"name": "MikroTik"}),
    "/system logging action": _items(
        {
            "name": letters,
            "target": one_of("disk", "echo", "email", "memory", "remote"),
            "remote": host,
            "remote-port": number(1, 65535),
        },
        defaults={"target": "memory", "remote-port": "514"},
    ),
    "/system logging": _items(
        {"action": named_in("/system logging action"), "topics": anything, "prefix": anything},
        named=False,
        defaults={"disabled": "no", "prefix": "", "topics": "info"},
    ),
    "/system ntp client": Menu({"enabled": YES_NO}, settings=True, defaults={"enabled": "no"}),
    "/system ntp client servers": _items({"address": host}, named=False, required=("address",)),
    "/system scheduler": _items(
        {
            "name": anything,
            "start-time": anything,
            "start-date": anything,
            "interval": anything,
            "on-event": anything,
            "policy": anything,
        },
        defaults={"disabled": "no", "interval": "0s"},
    ),
    "/system script": _items(
        {"name": anything, "source": anything, "policy": anything},
        defaults={"disabled": "no"},
    ),
    "/user": _items(
        {"name": anything, "group": one_of("full", "read", "write"), "password": anything},
        exported=False,
    ),
}
COMPUTED = ("/file", INTERFACE, f"{WIFI} radio")
"""Menus whose items follow from the device's state: they are printed and found, not set."""
