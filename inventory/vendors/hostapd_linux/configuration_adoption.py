"""What hostapd's files say in the terms of intent, for a site that already exists.

What the intent has no words for (WEP, WPA 1, keys of 64 digits, several SAE passwords) is noted and
left out. Whom a network is for no file tells: it is guessed from its SSID, and said so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory.intent import Band, IntentLayer, Security
from inventory.vendors.adoption import FoundSecrets, guessed_purpose, slug
from inventory.vendors.configuration import Adoption
from inventory.vendors.hostapd_linux.configuration_text import KEYS, OURS, parse
from inventory.vendors.hostapd_linux.configuration_wlans import KEY_MANAGEMENT, PROTECTED_FRAMES
from inventory.vendors.records import Record

_SECURITY = {words: security for security, words in KEY_MANAGEMENT.items()} | {
    "SAE WPA-PSK": Security.WPA2_WPA3_PERSONAL,
    "WPA-EAP WPA-EAP-SHA256": Security.WPA2_ENTERPRISE,
    "WPA-PSK WPA-PSK-SHA256": Security.WPA2_PERSONAL,
}
_PMF = {word: pmf for pmf, word in PROTECTED_FRAMES.items()}
_FREE_PMF = {Security.WPA2_PERSONAL, Security.WPA2_ENTERPRISE}


def adopt(running: str) -> Adoption:
    """Return what a running configuration says, its secrets by names; raises Garbled for none."""
    found = _Found(parse(running))
    wlans = found.wlans()
    layer = {
        "country": found.country(),
        "vlans": [{"id": vid, "name": f"v{vid}"} for vid in sorted(found.vlans)],
        "wlans": wlans,
        "radios": found.radios(),
    }
    return Adoption(
        IntentLayer.model_validate(layer), found.secrets.found(), tuple(dict.fromkeys(found.notes))
    )


@dataclass
class _Found:
    records: Sequence[Record]
    secrets: FoundSecrets = field(default_factory=FoundSecrets)
    notes: list[str] = field(default_factory=list)
    vlans: set[int] = field(default_factory=set)

    def country(self) -> str | None:
        """Return the first country that a radio is told."""
        told = (r.options.get("country_code") for r in self.records if r.kind == "interface")
        return next((str(each) for each in told if each), None)

    def wlans(self) -> list[dict[str, Any]]:
        """Return the WLANs, one for each name, with the bands that carry them."""
        bands = {r.package: _band(r) for r in self.records if r.kind == "interface"}
        merged: dict[str, dict[str, Any]] = {}
        for record in self.records:
            band = bands.get(record.package) if record.kind in {"interface", "bss"} else None
            wlan = self._wlan(record) if band is not None else None
            if wlan is None:
                continue
            before = merged.setdefault(wlan["name"], {**wlan, "bands": []})
            if before["ssid"] == wlan["ssid"]:
                before["bands"].append(band)
            else:
                self.notes.append(f"« {wlan['ssid']} » : deux réseaux ont ce nom, un est laissé")
        return [{**wlan, "bands": sorted(set(wlan["bands"]))} for wlan in merged.values()]

    def radios(self) -> list[dict[str, Any]]:
        """Return the channel of each band that one radio alone serves."""
        served = [(band, r) for r in self.records if r.kind == "interface" and (band := _band(r))]
        found = []
        for band, record in served:
            channel = str(record.options.get("channel", "0"))
            alone = sum(other == band for other, _ in served) == 1
            if alone and channel.isdecimal() and int(channel):
                found.append({"band": band, "channel": int(channel)})
        return found

    def _wlan(self, record: Record) -> dict[str, Any] | None:
        options = {name: str(value) for name, value in record.options.items()}
        ssid = options.get("ssid", options.get("ssid2", "").strip('"'))
        mark = options.get(OURS, "")
        if mark.endswith("/owe") or not ssid:
            return None
        security = _security(options)
        key = options.get("wpa_passphrase", "")
        if security is None or (security.personal and not 8 <= len(key) <= 63):
            self.notes.append(f"« {ssid} » : l’intention n’a pas de mot pour sa protection")
            return None
        name = mark or slug(ssid, "wlan")
        purpose = guessed_purpose(ssid)
        self.notes.append(f"« {ssid} » : usage supposé « {purpose} », à vérifier")
        wlan: dict[str, Any] = {
            "name": name,
            "ssid": ssid,
            "purpose": purpose,
            "security": security,
            "vlan_id": self._vlan(options.get("bridge", "")),
            "client_isolation": options.get("ap_isolate") == "1",
            "hidden": options.get("ignore_broadcast_ssid", "0") != "0",
        }
        if security.personal:
            wlan["passphrase_secret"] = self.secrets.name(f"wlan-{name}", key)
        if security is Security.WPA2_PERSONAL:
            wlan["private_keys"] = self._keys(f"{KEYS}{record.package}/{record.key}", name)
        if security.enterprise:
            wlan["radius_servers"] = self._radius(options, name)
        if security in _FREE_PMF:
            wlan["pmf"] = _PMF.get(options.get("ieee80211w", ""))
        return wlan

    def _keys(self, package: str, wlan: str) -> list[dict[str, Any]]:
        found = []
        for record in self.records:
            if record.package == package:
                value, vid = str(record.options["passphrase"]), record.options.get("vlanid")
                secret = self.secrets.name(f"wlan-{wlan}-{slug(record.key)}", value)
                if vid:
                    self.vlans.add(int(str(vid)))
                found.append(
                    {
                        "name": slug(record.key),
                        "passphrase_secret": secret,
                        "vlan_id": int(str(vid)) if vid else None,
                    }
                )
        return found

    def _radius(self, options: Mapping[str, str], wlan: str) -> list[dict[str, Any]]:
        servers = []
        for option, host in options.items():
            if option.startswith("auth_server_addr"):
                turn = option.removeprefix("auth_server_addr")
                secret = options.get(f"auth_server_shared_secret{turn}", "")
                servers.append(
                    {
                        "host": host,
                        "port": int(options.get(f"auth_server_port{turn}", "1812")),
                        "secret_name": self.secrets.name(f"radius-{wlan}", secret),
                    }
                )
        return servers

    def _vlan(self, bridge: str) -> int:
        """Return the VLAN of a bridge of ours; 1 for any other, which is the machine's own."""
        number = bridge.removeprefix("br-v")
        if bridge == number or not number.isdecimal():
            return 1
        self.vlans.add(int(number))
        return int(number)


def _band(interface: Record) -> Band | None:
    op_class = str(interface.options.get("op_class", ""))
    if op_class.isdecimal() and 131 <= int(op_class) <= 137:
        return Band.GHZ_6
    return {"g": Band.GHZ_2_4, "a": Band.GHZ_5}.get(str(interface.options.get("hw_mode", "")))


def _security(options: Mapping[str, str]) -> Security | None:
    if "owe_transition_ifname" in options and "wpa" not in options:
        return Security.OWE_TRANSITION
    wpa = options.get("wpa", "0")
    if wpa == "0":
        legacy = any(name.startswith("wep_key") for name in options)
        return None if legacy or options.get("ieee8021x") == "1" else Security.OPEN
    if wpa != "2" or any(name.startswith("sae_password") for name in options):
        return None
    words = " ".join(sorted(options.get("wpa_key_mgmt", "WPA-PSK").split()))
    return _SECURITY.get(words) or _SECURITY.get(" ".join(reversed(words.split())))
