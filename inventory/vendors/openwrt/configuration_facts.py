"""What the template of an OpenWrt access point needs to know, from the intent and the device.

Radios are found by the band that the device itself tells (option `band`, or `hwmode` before
OpenWrt 21.02), never by their name; the uplink is the port behind `lan`, which stays untouched.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.errors import InvalidInput
from inventory.intent import Band, DeviceIntent, RadioPlan, RadiusServer, Security, Wlan
from inventory.vendors.records import Record

# OpenWrt user guide, "Wi-Fi /etc/config/wireless", table of WPA modes.
ENCRYPTION = {
    Security.OPEN: "none",
    Security.OWE: "owe",
    Security.WPA2_PERSONAL: "psk2",
    Security.WPA2_WPA3_PERSONAL: "sae-mixed",
    Security.WPA3_PERSONAL: "sae",
    Security.WPA2_ENTERPRISE: "wpa2",
    Security.WPA3_ENTERPRISE: "wpa3",
}
# 802.11w (same page): 2 required, 1 optional. WPA3 and OWE require it (WPA3 Specification 3.4, 2.3;
# RFC 8110 leaves it to them); WPA2 is left at the device's default, old clients fail with it.
MANAGEMENT_FRAME_PROTECTION = {
    Security.OWE: "2",
    Security.WPA2_WPA3_PERSONAL: "1",
    Security.WPA3_PERSONAL: "2",
    Security.WPA3_ENTERPRISE: "2",
}
_BANDS = {"2g": Band.GHZ_2_4, "5g": Band.GHZ_5, "6g": Band.GHZ_6}
_HWMODES = {"11b": Band.GHZ_2_4, "11g": Band.GHZ_2_4, "11a": Band.GHZ_5}


@dataclass(frozen=True, slots=True)
class Facts:
    """The template's values, and what a reviewer should know, in French."""

    values: Mapping[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _RadioView:
    name: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Bss:
    section: str
    radio: str
    network: str
    wlan: Wlan
    encryption: str
    pmf: str | None
    radius: tuple[RadiusServer, ...]


def facts_of(intent: DeviceIntent, records: Sequence[Record]) -> Facts:
    """Return what the template needs; raises InvalidInput when the intent cannot be put here."""
    notes: list[str] = []
    radios = [record for record in records if record.kind == "wifi-device"]
    bands = {radio.key: band_of(radio) for radio in radios}
    bsses = _bsses(intent, bands, notes)
    planned = {plan.band for plan in intent.radios}
    used = {bss.radio for bss in bsses}
    views = [
        _RadioView(radio.key, _radio_options(intent, radio, bands, notes))
        for radio in radios
        if radio.key in used or bands[radio.key] in planned
    ]
    lit = {view.name for view in views if ("disabled", "0") in view.options}
    silenced = _silenced(records, lit, notes)
    vlans = sorted({bss.wlan.vlan_id for bss in bsses if bss.network != "lan"})
    values = {
        "hostname": intent.hostname,
        "vlans": vlans,
        "uplink": _uplink(records) if vlans else "",
        "radios": views,
        "silenced": silenced,
        "bsses": bsses,
    }
    return Facts(values, tuple(notes))


def band_of(radio: Record) -> Band | None:
    """Return the band that a wifi-device section tells, None when it tells none."""
    band = _BANDS.get(str(radio.options.get("band", "")))
    return band or _HWMODES.get(str(radio.options.get("hwmode", "")))


def _bsses(intent: DeviceIntent, bands: Mapping[str, Band | None], notes: list[str]) -> list[_Bss]:
    bsses = []
    for wlan in intent.wlans:
        here = [name for name, band in bands.items() if band in wlan.bands]
        if not here:
            raise InvalidInput(
                f"the access point has no radio for the WLAN {wlan.name} "
                f"({', '.join(wlan.bands)} GHz)",
                todo="change the WLAN's bands or take it away from this device",
            )
        absent = sorted(set(wlan.bands) - {bands[name] for name in here})
        if absent:
            notes.append(f"« {wlan.ssid} » : aucune radio à {', '.join(absent)} GHz sur la borne")
        network = (
            "lan" if wlan.vlan_id == (intent.management_vlan or 1) else f"preau_v{wlan.vlan_id}"
        )
        radius = _radius(wlan, notes) if wlan.security.enterprise else ()
        bsses += [
            _Bss(
                section=_section_name(wlan.name, radio),
                radio=radio,
                network=network,
                wlan=wlan,
                encryption=ENCRYPTION[wlan.security],
                pmf=MANAGEMENT_FRAME_PROTECTION.get(wlan.security),
                radius=radius,
            )
            for radio in here
        ]
    _refuse_twins(bsses)
    return bsses


def _section_name(wlan: str, radio: str) -> str:
    # A section's name takes letters, digits and underscores only ("The UCI system", file syntax).
    return f"preau_{wlan}_{re.sub(r'[^A-Za-z0-9_]', '_', radio)}".replace("-", "_")


def _refuse_twins(bsses: Sequence[_Bss]) -> None:
    seen: dict[str, str] = {}
    for bss in bsses:
        other = seen.setdefault(bss.section, bss.wlan.name)
        if other != bss.wlan.name:
            raise InvalidInput(
                f"the WLANs {other} and {bss.wlan.name} would have one section name",
                todo="rename one of them: - and _ are the same here",
            )


def _radius(wlan: Wlan, notes: list[str]) -> tuple[RadiusServer, ...]:
    first = wlan.radius_servers[0]
    same = tuple(
        server
        for server in wlan.radius_servers
        if (server.port, server.secret_name) == (first.port, first.secret_name)
    )
    if len(same) < len(wlan.radius_servers):
        notes.append(
            f"« {wlan.ssid} » : OpenWrt n’accepte qu’un port et un secret RADIUS par réseau ; "
            f"seuls les serveurs qui partagent ceux de {first.host} sont configurés"
        )
    return same


def _radio_options(
    intent: DeviceIntent, radio: Record, bands: Mapping[str, Band | None], notes: list[str]
) -> tuple[tuple[str, str], ...]:
    """Return the options of a radio that we own; `disabled` only where it says something new."""
    band = bands[radio.key]
    plan = next((plan for plan in intent.radios if plan.band == band), None)
    options = []
    if plan is not None and not plan.enabled:
        options.append(("disabled", "1"))
    elif radio.options.get("disabled") == "1":
        options.append(("disabled", "0"))
    if intent.country:
        options.append(("country", intent.country))
    if plan is not None:
        alone = sum(other == band for other in bands.values()) == 1
        options += _plan_options(plan, radio, alone, notes)
    return tuple(options)


def _plan_options(
    plan: RadioPlan, radio: Record, alone: bool, notes: list[str]
) -> list[tuple[str, str]]:
    options = []
    if plan.channel is not None:
        if alone:
            options.append(("channel", str(plan.channel)))
        else:
            notes.append(
                f"{radio.key} : la borne a plusieurs radios à {plan.band} GHz, "
                "leur canal n’est pas imposé"
            )
    if plan.width_mhz is not None:
        # The generation (HT, VHT, HE, EHT) is what the hardware can do; only the width is planned.
        current = re.match(r"[A-Z]+", str(radio.options.get("htmode", "HT20")))
        generation = current[0] if current and current[0] != "NOHT" else "HT"
        options.append(("htmode", f"{generation}{plan.width_mhz}"))
    if plan.tx_power_dbm is not None:
        options.append(("txpower", str(plan.tx_power_dbm)))
    return options


def _silenced(records: Sequence[Record], lit: set[str], notes: list[str]) -> list[str]:
    """Return the foreign WLANs that switching on their radio would put on the air; note the others.

    An access point leaves its box with its radios off and an open network "OpenWrt" on `lan`, the
    management network: switching a radio on must not open that door.
    """
    silenced = []
    for record in records:
        if record.kind != "wifi-iface" or record.key.startswith("preau_"):
            continue
        ssid = record.options.get("ssid", "")
        if record.options.get("disabled") == "1":
            continue
        if record.options.get("device") in lit and not record.unnamed:
            silenced.append(record.key)
            notes.append(f"« {ssid} » était muet et le reste : sa radio est mise en service")
        else:
            notes.append(f"« {ssid} » n’est pas dans le plan ; il est laissé tel quel")
    return silenced


def _uplink(records: Sequence[Record]) -> str:
    network = [record for record in records if record.package == "network"]
    lan = next((r for r in network if r.kind == "interface" and r.key == "lan"), None)
    device = str(lan.options.get("device", lan.options.get("ifname", ""))) if lan else ""
    if not device or any(record.kind == "bridge-vlan" for record in network):
        raise InvalidInput(
            "the uplink of the access point cannot be told: its network has no plain `lan`",
            todo="this release wants `lan` on a port or a bridge without VLAN filtering",
        )
    bridge = next(
        (r for r in network if r.kind == "device" and r.options.get("name") == device), None
    )
    ports = _as_list(bridge.options.get("ports", ())) if bridge else (device,)
    if len(ports) == 1:
        return ports[0]
    raise InvalidInput(
        f"the uplink of the access point cannot be told: `lan` has the ports {', '.join(ports)}",
        todo="leave only the uplink in the bridge of `lan`",
    )


def _as_list(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else tuple(value.split())
