"""What each family's device can do wrong during a push, and how the push must then end.

A table of family by misbehaviour. A cell is the faults that make the lab's device do it; where it
cannot be on a family, the reason stands in `CANNOT`.
"""

from collections.abc import Mapping
from typing import Any

_SWITCH: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
    "management_vlan": 1,
    "management": {"contact": "Cellule WiFi", "syslog_servers": ["10.0.0.5"]},
}
_AIR: dict[str, Any] = {
    "country": "BE",
    "vlans": [{"id": 10, "name": "pedago"}],
    "management_vlan": 1,
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Eleves",
            "purpose": "pedagogical",
            "security": "wpa2_personal",
            "vlan_id": 10,
            "passphrase_secret": "snmp-a",
        }
    ],
}


def _switch(port: str) -> dict[str, Any]:
    trunk = {"name": port, "mode": "trunk", "tagged_vlans": [10, 20], "description": "Borne"}
    return {**_SWITCH, "ports": [trunk]}


SITES: Mapping[str, dict[str, Any]] = {
    "openwrt": _AIR,
    "hostapd_linux": _AIR,
    "routeros": _AIR,
    "aruba_instant": _AIR,
    "iosxe": _AIR,
    "arubaos_cx": _switch("1/1/1"),
    "procurve": _switch("1"),
    "ios": _switch("GigabitEthernet1/0/1"),
}
FAMILIES = tuple(SITES)

# A line of the change to refuse; a line after which to be lost or locked; the VLAN's own line.
_REFUSED = {
    "openwrt": r"preau_eleves_radio1\.ssid",
    "hostapd_linux": "wpa_passphrase=Auth",
    "routeros": r"configuration\.ssid=|ssid=Eleves",
    "aruba_instant": "^essid Eleves",
    "iosxe": "set-key",
    "arubaos_cx": r"10\.0\.0\.5",
    "procurve": r"10\.0\.0\.5",
    "ios": r"10\.0\.0\.5",
}
_VLAN = {
    "openwrt": "uci commit network",
    "hostapd_linux": "systemctl restart hostapd@",
    "routeros": "vlan-id=10",
    "aruba_instant": "^vlan 10",
    "iosxe": "^name pedago",  # what undoes the VLAN must not lose the path anew
    "arubaos_cx": "^vlan trunk allowed 20",
    "procurve": "^tagged ",
    "ios": "^switchport trunk allowed",
}
# After so many lines of a session the change is half sent.
_DROP = {
    "openwrt": 50,
    "hostapd_linux": 150,
    "routeros": 14,
    "aruba_instant": 20,
    "iosxe": 20,
    "arubaos_cx": 14,
    "procurve": 14,
    "ios": 14,
}
_ENDS_AS_BEFORE = {
    "refuses a line": {name: (f"refuse_line:{line}",) for name, line in _REFUSED.items()},
    "drops the session after line N": {n: (f"drop_session:{at}",) for n, at in _DROP.items()},
    "locks out": {name: (f"lock_out:{line}",) for name, line in _VLAN.items()},
    "reboots during save": dict.fromkeys(FAMILIES, ("reboot_on_save",)),
    "loses management after a VLAN change": {
        name: (f"lose_path:{line}",) for name, line in _VLAN.items()
    },
}
_ENDS_WELL = {
    "answers slowly": dict.fromkeys(FAMILIES, ("slow:0.02",)),
    "prompts oddly": dict.fromkeys(FAMILIES, ("odd_prompt",)),
}
TABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {**_ENDS_AS_BEFORE, **_ENDS_WELL}
HARMLESS = frozenset(_ENDS_WELL)
# No cell is empty: what a family does not do as it is said, such as a save on request, has a
# nearest thing that it does. RouterOS keeps each line as it is typed: it restarts while it writes
# the backup that the guard goes back to. Linux keeps files as they are written: it restarts at the
# `sync` that follows.
CANNOT: Mapping[tuple[str, str], str] = {}
