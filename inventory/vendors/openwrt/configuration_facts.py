"""What the template of an OpenWrt access point needs to know, from the intent and the device.

Radios are found by the band that the device itself tells (option `band`, or `hwmode` before
OpenWrt 21.02), never by their name; the uplink is the port behind `lan`, which stays untouched.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.intent import Band, DeviceIntent, RadioPlan, Window
from inventory.vendors.openwrt.configuration_hours import TIME_ZONE, crontab_lines
from inventory.vendors.openwrt.configuration_management import management_values
from inventory.vendors.openwrt.configuration_network import Uplink, uplink_of
from inventory.vendors.openwrt.configuration_uci import section_name
from inventory.vendors.openwrt.configuration_wlans import Bss, bsses_of
from inventory.vendors.records import Record

_BANDS = {"2g": Band.GHZ_2_4, "5g": Band.GHZ_5, "6g": Band.GHZ_6}
_HWMODES = {"11b": Band.GHZ_2_4, "11g": Band.GHZ_2_4, "11a": Band.GHZ_5}
# Option `channels`: what an automatic choice is limited to. Those that no radar may take.
WITHOUT_RADAR = "36-48"


@dataclass(frozen=True, slots=True)
class Facts:
    """The template's values, and what a reviewer should know, in French."""

    values: Mapping[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _RadioView:
    """The options of a radio that we own; an empty value takes the option away."""

    name: str
    options: tuple[tuple[str, str], ...]


def facts_of(intent: DeviceIntent, records: Sequence[Record]) -> Facts:
    """Return what the template needs; raises InvalidInput when the intent cannot be put here."""
    notes: list[str] = []
    radios = [record for record in records if record.kind == "wifi-device"]
    bands = {radio.key: band_of(radio) for radio in radios}
    bsses = bsses_of(intent, bands, notes)
    planned = {plan.band for plan in intent.radios}
    used = {bss.radio for bss in bsses}
    views = [
        _RadioView(radio.key, _radio_options(intent, radio, bands, notes))
        for radio in radios
        if radio.key in used or bands[radio.key] in planned
    ]
    lit = {view.name for view in views if ("disabled", "0") in view.options}
    silenced = _silenced(records, lit, {(bss.radio, bss.ssid) for bss in bsses}, notes)
    vlans = _vlans(bsses)
    hours = {
        radio.key: windows
        for radio in radios
        if (
            windows := _hours(
                intent, radio.key, bands=bands, bsses=bsses, records=records, notes=notes
            )
        )
    }
    values = {
        "hostname": intent.hostname,
        "vlans": vlans,
        "uplink": uplink_of(records, vlans) if vlans else Uplink(),
        "radios": views,
        "silenced": silenced,
        "bsses": bsses,
        "crontab": _crontab(hours),
        "time_zone": TIME_ZONE if hours else (),
        **management_values(intent, records, notes),
    }
    return Facts(values, tuple(notes))


def band_of(radio: Record) -> Band | None:
    """Return the band that a wifi-device section tells, None when it tells none."""
    band = _BANDS.get(str(radio.options.get("band", "")))
    return band or _HWMODES.get(str(radio.options.get("hwmode", "")))


def crontab_key(radio: str) -> str:
    """Return how the names of a radio's lines in the crontab begin."""
    return section_name("preau_hours", radio, "")


def _vlans(bsses: Sequence[Bss]) -> list[int]:
    found = {bss.wlan.vlan_id for bss in bsses if bss.network != "lan"}
    return sorted(found | {v.vid for bss in bsses for v in bss.station_vlans if v.network != "lan"})


def _crontab(hours: Mapping[str, Sequence[Window]]) -> list[tuple[str, str]]:
    return [
        (crontab_key(radio) + name, line)
        for radio, windows in hours.items()
        for name, line in crontab_lines(radio, windows)
    ]


def _hours(
    intent: DeviceIntent,
    radio: str,
    *,
    bands: Mapping[str, Band | None],
    bsses: Sequence[Bss],
    records: Sequence[Record],
    notes: list[str],
) -> tuple[Window, ...]:
    """Return when a radio is on; its plan says so, or all that it carries, in one voice.

    OpenWrt takes one network off the air only by changing its configuration: a WLAN alone on other
    hours than its radio's is told to the reviewer and left on.
    """
    plan = next((plan for plan in intent.radios if plan.band == bands[radio]), None)
    carried = list({b.wlan.name: b.wlan for b in bsses if b.radio == radio}.values())
    windows = plan.hours if plan else ()
    agreed = {wlan.hours for wlan in carried}
    if not windows and len(agreed) == 1 and not _others_on(records, radio):
        windows = agreed.pop()
    notes += [
        f"« {wlan.ssid} » : ses heures ne sont pas appliquées sur {radio}, "
        "OpenWrt n’y éteint que la radio entière"
        for wlan in carried
        if wlan.hours and wlan.hours != windows
    ]
    if windows:
        notes += [
            f"« {ssid} » s’éteint avec {radio} hors de ses heures"
            for ssid in _others_on(records, radio)
        ]
    return windows


def _others_on(records: Sequence[Record], radio: str) -> list[str]:
    """Return the SSIDs that are not ours and that this radio carries."""
    return [
        str(record.options.get("ssid", ""))
        for record in records
        if record.kind == "wifi-iface"
        and not record.key.startswith("preau_")
        and record.options.get("device") == radio
        and record.options.get("disabled") != "1"
        and not _is_off(records, radio)
    ]


def _is_off(records: Sequence[Record], radio: str) -> bool:
    return any(
        record.kind == "wifi-device"
        and record.key == radio
        and record.options.get("disabled") == "1"
        for record in records
    )


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
    if plan.dfs is not None and plan.band is Band.GHZ_5:
        options.append(("channels", "" if plan.dfs else WITHOUT_RADAR))
    return options


def _silenced(
    records: Sequence[Record], lit: set[str], ours: set[tuple[str, str]], notes: list[str]
) -> list[str]:
    """Return the foreign WLANs that are silenced; note the others, which are left.

    An access point leaves its box with its radios off and an open network "OpenWrt" on `lan`, the
    management network: switching a radio on must not open that door. And where the plan has a WLAN
    of the same SSID on that radio, as after an adoption, ours takes its place: of two that bear one
    SSID a client takes either.
    """
    silenced = []
    for record in records:
        if record.kind != "wifi-iface" or record.key.startswith("preau_"):
            continue
        ssid, radio = str(record.options.get("ssid", "")), str(record.options.get("device"))
        if record.options.get("disabled") == "1":
            continue
        if (radio, ssid) in ours and not record.unnamed:
            silenced.append(record.key)
            notes.append(f"« {ssid} » existait sur {radio} ; le réseau du plan prend sa place")
        elif radio in lit and not record.unnamed:
            silenced.append(record.key)
            notes.append(f"« {ssid} » était muet et le reste : sa radio est mise en service")
        else:
            notes.append(f"« {ssid} » n’est pas dans le plan ; il est laissé tel quel")
    return silenced
