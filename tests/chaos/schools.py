"""False schools for a rollout that is killed: their devices, cables, and what each should have.

Each round wants another version of everything, so that every round changes every device. A school
has one switch, whose ports power its access points, and every family is in one of the schools.
"""

from dataclasses import dataclass
from typing import Any

from lab.device import DeviceSpec

# One switch a school and what hangs on it: family, model. All eight families are in four schools.
SCHOOLS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("arubaos_cx", ""), ("openwrt", ""), ("hostapd_linux", "")),
    (("procurve", ""), ("aruba_instant", ""), ("openwrt", "")),
    (("ios", ""), ("routeros", ""), ("hostapd_linux", "bare")),
    (("arubaos_cx", ""), ("iosxe", ""), ("routeros", "")),
    # An IOS without archives can only restart to undo a change.
    (("ios", "no archive"), ("aruba_instant", ""), ("openwrt", "")),
)
PORTS = {
    "arubaos_cx": ("1/1/1", "1/1/2"),
    "ios": ("GigabitEthernet1/0/1", "GigabitEthernet1/0/2"),
    "procurve": ("1", "2"),
}
UPLINKS = {
    "openwrt": "eth0",
    "hostapd_linux": "eth0",
    "routeros": "ether1",
    "aruba_instant": "eth0",
    "iosxe": "GigabitEthernet1/0/28",
}
# How long a minute of a device's own timers lasts: its guard must leave a push its time.
_MINUTE_S = {"routeros": 40.0, "openwrt": 40.0, "hostapd_linux": 40.0}
_OTHERS_MINUTE_S = 16.0

# What each can do wrong. A path is lost by a line whose change a guard undoes.
_ANY = ("drop_session:12", "drop_session:30", "drop_session:45", "slow:0.05", "odd_prompt")
_SWITCH = (*_ANY, "refuse_line:description Borne", "reboot_on_save", "wrong_password")
FAULTS: dict[str, tuple[str, ...]] = {
    "arubaos_cx": (*_SWITCH, "refuse_line:^name admin", "lose_path:^name admin"),
    "ios": (*_SWITCH, "refuse_line:^name admin", "lose_path:trunk allowed"),
    "iosxe": (*_SWITCH, "refuse_line:set-key", "lose_path:^name admin"),
    "procurve": (
        *_ANY,
        "refuse_line:^name .?Borne",
        "reboot_on_save",
        "wrong_password",
        "lose_path:tagged ",
    ),
    "openwrt": (
        *_ANY,
        "refuse_line:preau_eleves_radio1.ssid",
        "reboot_on_save",
        "wrong_password",
        "lose_path:uci commit wireless",
    ),
    "hostapd_linux": (
        *_ANY,
        "refuse_line:wpa_passphrase=",
        "reboot_on_save",
        "wrong_password",
        "lose_path:systemctl restart hostapd@",
    ),
    "routeros": (
        *_ANY,
        "refuse_line:configuration.ssid=",
        "reboot_on_save",
        "wrong_password",
        "lose_path:configuration=preau",
    ),
    "aruba_instant": (*_ANY, "refuse_line:^essid Chaos", "reboot_on_save", "wrong_password"),
}


@dataclass(frozen=True)
class School:
    """A switch, and the access points on its first ports."""

    switch: DeviceSpec
    points: tuple[DeviceSpec, ...]

    @property
    def devices(self) -> tuple[DeviceSpec, ...]:
        """Return all of them."""
        return (self.switch, *self.points)

    @property
    def cables(self) -> tuple[tuple[DeviceSpec, str], ...]:
        """Return each access point with the port of the switch that it hangs on."""
        return tuple(zip(self.points, PORTS[self.switch.family], strict=True))


def minute_s(family: str) -> float:
    """Return how long a minute of the timers of a family's devices lasts, in seconds."""
    return _MINUTE_S.get(family, _OTHERS_MINUTE_S)


def schools(count: int, network: str) -> list[School]:
    """Return so many schools, whose devices have addresses in 127.0.0.0/8 below `network`."""
    return [_school(number, f"{network}.{number}") for number in range(1, count + 1)]


def _school(number: int, network: str) -> School:
    made = [
        DeviceSpec(
            family=family,
            model=model,
            name=f"s{number}-{'ap' if place else 'sw'}{place or ''}-{family}",
            host=f"{network}.{10 * place + 1}",
            hostname=f"lab{number}{place}",
            minute_s=minute_s(family),
            boot_s=0.3,
            apply_s=0.1,
        )
        for place, (family, model) in enumerate(SCHOOLS[(number - 1) % len(SCHOOLS)])
    ]
    return School(made[0], tuple(made[1:]))


def wanted(version: int, switch: str) -> dict[str, Any]:
    """Return what a school with a switch of that family should have in one round."""
    return {
        "vlans": [{"id": 10, "name": f"pedago{version}"}, {"id": 20, "name": f"admin{version}"}],
        "management_vlan": 1,
        "country": "BE",
        "wlans": [
            {
                "name": "eleves",
                "ssid": f"Chaos-{version}",
                "purpose": "pedagogical",
                "security": "wpa2_wpa3_personal",
                "vlan_id": 10,
                "passphrase_secret": "wlan-p1",
            }
        ],
        "ports": [
            {
                "name": port,
                "description": f"Borne {version}",
                "mode": "trunk",
                "native_vlan": 1,
                "tagged_vlans": [10, 20] if version % 2 else [10],
            }
            for port in PORTS[switch]
        ],
    }
