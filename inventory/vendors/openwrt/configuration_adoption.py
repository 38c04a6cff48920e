"""What the UCI of an OpenWrt access point says in the terms of intent.

What the intent has no words for (WEP, mixed WPA, keys of 64 digits, meshes) is noted and left out.
Whom a network is for no device tells: it is guessed from its SSID, and said so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from inventory.intent import Band, Day, IntentLayer, Security
from inventory.intent.hours import WEEK
from inventory.vendors.adoption import FoundSecrets, guessed_purpose, slug
from inventory.vendors.configuration import Adoption
from inventory.vendors.openwrt.configuration_facts import WITHOUT_RADAR, band_of, crontab_key
from inventory.vendors.openwrt.configuration_uci import CRONTAB_PACKAGE, parse, section_name
from inventory.vendors.openwrt.configuration_wlans import ENCRYPTION, PROTECTED_FRAMES
from inventory.vendors.records import Record

_SECURITY: dict[str, Security] = {
    word: security
    for security, word in ENCRYPTION.items()
    if security is not Security.OWE_TRANSITION
}
_PMF = {word: pmf for pmf, word in PROTECTED_FRAMES.items()}
_EDGE = re.compile(r"^(\d+) (\d+) \* \* ([\d,]+) wifi (up|down) ")
_DAY_MINUTES = 24 * 60


def adopt(running: str) -> Adoption:
    """Return what a running configuration says, its secrets by names; raises Garbled for no UCI."""
    found = _Found(parse(running))
    wlans = found.wlans()
    layer = {
        "hostname": found.option("system", "system", "hostname"),
        "country": found.country(),
        "vlans": [{"id": vid, "name": name} for vid, name in sorted(found.vlans.items())],
        "wlans": wlans,
        "radios": found.radios(),
        "management": found.management(),
    }
    return Adoption(
        IntentLayer.model_validate(layer), found.secrets.found(), tuple(dict.fromkeys(found.notes))
    )


@dataclass
class _Found:
    records: Sequence[Record]
    secrets: FoundSecrets = field(default_factory=FoundSecrets)
    notes: list[str] = field(default_factory=list)
    vlans: dict[int, str] = field(default_factory=dict)

    def of_kind(self, package: str, kind: str) -> list[Record]:
        return [r for r in self.records if (r.package, r.kind) == (package, kind)]

    def option(self, package: str, kind: str, option: str) -> str | None:
        values = (record.options.get(option) for record in self.of_kind(package, kind))
        return next((str(value) for value in values if value), None)

    def country(self) -> str | None:
        """Return the country that all radios tell; one that only some tell is noted."""
        radios = self.of_kind("wireless", "wifi-device")
        told = {str(radio.options.get("country") or "") for radio in radios}
        if len(told) == 1:
            return told.pop() or None
        if told:
            said = ", ".join(f"{r.key} {r.options.get('country') or 'aucun'}" for r in radios)
            self.notes.append(f"Le pays n’est pas le même sur toutes les radios ({said}) : laissé")
        return None

    # -- WLANs

    def wlans(self) -> list[dict[str, Any]]:
        radios = {r.key: r for r in self.of_kind("wireless", "wifi-device")}
        merged: dict[str, dict[str, Any]] = {}
        for record in self.of_kind("wireless", "wifi-iface"):
            radio = radios.get(str(record.options.get("device")))
            band = band_of(radio) if radio else None
            if radio is None or band is None or self._is_silent(record, radio):
                continue
            wlan = self._wlan(record, radio.key)
            if wlan is None:
                continue
            before = merged.setdefault(wlan["name"], {**wlan, "bands": []})
            if before["ssid"] == wlan["ssid"]:
                before["bands"].append(band)
            else:
                self.notes.append(f"« {wlan['ssid']} » : deux réseaux ont ce nom, un est laissé")
        return [{**wlan, "bands": sorted(set(wlan["bands"]))} for wlan in merged.values()]

    def _is_silent(self, record: Record, radio: Record) -> bool:
        # One of ours on a radio that the plan switched off is in the plan still.
        ours = record.key.startswith("preau_")
        off = "1" in {record.options.get("disabled"), not ours and radio.options.get("disabled")}
        half = "owe_transition_ifname" in record.options and record.options.get("hidden") == "1"
        return off or half or record.options.get("mode", "ap") != "ap"

    def _wlan(self, record: Record, radio: str) -> dict[str, Any] | None:
        options = record.options
        ssid = str(options.get("ssid", ""))
        word = str(options.get("encryption", "none")).split("+")[0]
        security = _SECURITY.get(word)
        if "owe_transition_ifname" in options:
            security = Security.OWE_TRANSITION
        key = str(options.get("key", ""))
        if security is None or (security.personal and not 8 <= len(key) <= 63):
            self.notes.append(f"« {ssid} » ({word}) : l’intention n’a pas de mot pour sa clef")
            return None
        name = self._name(record, radio, ssid)
        purpose = guessed_purpose(ssid)
        self.notes.append(f"« {ssid} » : usage supposé « {purpose} », à vérifier")
        wlan: dict[str, Any] = {
            "name": name,
            "ssid": ssid,
            "purpose": purpose,
            "security": security,
            "vlan_id": self._vlan(str(options.get("network", "lan"))),
            "client_isolation": options.get("isolate") == "1",
            "hidden": options.get("hidden") == "1",
        }
        if security.personal:
            wlan["passphrase_secret"] = self.secrets.name(f"wlan-{name}", key)
            if security is Security.WPA2_PERSONAL:
                wlan["private_keys"] = self._private_keys(record, name, radio)
        if security.enterprise:
            wlan["radius_servers"] = self._radius(options, name)
        if security in {Security.WPA2_PERSONAL, Security.WPA2_ENTERPRISE}:
            wlan["pmf"] = _PMF.get(str(options.get("ieee80211w", "")))
        return wlan

    def _name(self, record: Record, radio: str, ssid: str) -> str:
        suffix = section_name("", radio)
        if record.key.startswith("preau_") and record.key.endswith(suffix):
            return slug(record.key.removeprefix("preau_").removesuffix(suffix))
        return slug(ssid, "wlan")

    def _private_keys(self, record: Record, wlan: str, radio: str) -> list[dict[str, Any]]:
        keys: list[dict[str, Any]] = []
        prefix, suffix = section_name("preau_key", wlan, ""), section_name("", radio)
        for number, station in enumerate(self.of_kind("wireless", "wifi-station"), 1):
            if station.options.get("iface") not in {record.key, None} or "mac" in station.options:
                continue
            ours = station.key.startswith(prefix)
            name = (
                station.key.removeprefix(prefix).removesuffix(suffix) if ours else f"cle-{number}"
            )
            vid = station.options.get("vid")
            value = str(station.options.get("key", ""))
            keys.append(
                {
                    "name": slug(name),
                    "passphrase_secret": self.secrets.name(f"wlan-{wlan}-{slug(name)}", value),
                    "vlan_id": self._known_vlan(int(str(vid))) if vid else None,
                }
            )
        return keys

    def _radius(self, options: Mapping[str, Any], wlan: str) -> list[dict[str, Any]]:
        servers = options.get("auth_server", ())
        hosts = servers if isinstance(servers, tuple) else (servers,)
        secret = self.secrets.name(f"radius-{wlan}", str(options.get("auth_secret", "")))
        port = int(str(options.get("auth_port", "1812")))
        return [{"host": host, "port": port, "secret_name": secret} for host in hosts]

    # -- VLANs

    def _vlan(self, network: str) -> int:
        """Return the VLAN of a network; 1 for the untagged one, which is the device's own."""
        if match := re.fullmatch(r"preau_v(\d+)", network):
            return self._known_vlan(int(match[1]))
        interface = next(
            (r for r in self.of_kind("network", "interface") if r.key == network), None
        )
        device = str(interface.options.get("device", "")) if interface else ""
        for bridge in self.of_kind("network", "device"):
            if bridge.options.get("name") == device and bridge.options.get("ports"):
                ports = bridge.options["ports"]
                device = ports[0] if isinstance(ports, tuple) else ports.split()[0]
        _, _, tag = device.partition(".")
        return self._known_vlan(int(tag), network) if tag.isdecimal() else 1

    def _known_vlan(self, vid: int, name: str | None = None) -> int:
        if vid != 1:
            self.vlans.setdefault(vid, slug(name) if name else f"v{vid}")
        return vid

    # -- radios and management

    def radios(self) -> list[dict[str, Any]]:
        plans: dict[Band, dict[str, Any]] = {}
        for radio in self.of_kind("wireless", "wifi-device"):
            band = band_of(radio)
            if band is None or band in plans:
                continue
            options = radio.options
            channel, power = str(options.get("channel", "")), str(options.get("txpower", ""))
            width = re.search(r"\d+$", str(options.get("htmode", "")))
            plans[band] = {
                "band": band,
                "enabled": options.get("disabled") != "1",
                "channel": int(channel) if channel.isdecimal() else None,
                "width_mhz": int(width[0]) if width else None,
                "tx_power_dbm": int(power) if power.isdecimal() else None,
                "dfs": False if options.get("channels") == WITHOUT_RADAR else None,
                "hours": _windows(self._edges(radio.key)),
            }
        return list(plans.values())

    def _edges(self, radio: str) -> list[tuple[int, str]]:
        """Return (minute of the week, up or down) as our lines of the crontab say it."""
        edges: list[tuple[int, str]] = []
        for entry in self.of_kind(CRONTAB_PACKAGE, "entry"):
            match = _EDGE.match(str(entry.options.get("run", "")))
            hold = entry.key.startswith(crontab_key(radio) + "hold")
            if match and entry.key.startswith(crontab_key(radio)) and not hold:
                minute = int(match[2]) * 60 + int(match[1])
                days = ((int(day) - 1) % 7 for day in match[3].split(","))
                edges += [(day * _DAY_MINUTES + minute, match[4]) for day in days]
        return sorted(edges)

    def management(self) -> dict[str, Any]:
        users = [
            {
                "name": user.options["username"],
                "auth_secret": self._snmp_secret(user, "auth"),
                "priv_secret": self._snmp_secret(user, "privacy"),
            }
            for user in self.of_kind("snmpd", "v3")
            if "auth_pass" in user.options and "privacy_pass" in user.options
        ]
        web = self.of_kind("uhttpd", "uhttpd")
        return {
            "ntp_servers": self._ntp_servers(),
            "syslog_servers": self._syslog_servers(),
            "snmp_users": users or None,
            "contact": self.option("snmpd", "system", "sysContact"),
            "location": self.option("snmpd", "system", "sysLocation"),
            "http": any("listen_http" in each.options for each in web) if web else None,
        }

    def _ntp_servers(self) -> tuple[str, ...] | None:
        """Return the servers of the clock; none where it is off, whatever servers it has."""
        ntp = next((r for r in self.of_kind("system", "timeserver") if r.key == "ntp"), None)
        if ntp is None:
            return None
        if ntp.options.get("enabled") == "0":
            return ()
        servers = ntp.options.get("server", ())
        return (servers if isinstance(servers, tuple) else (servers,)) or None

    def _syslog_servers(self) -> tuple[str, ...] | None:
        if self.option("system", "system", "log_remote") == "0":
            return ()
        syslog = self.option("system", "system", "log_ip")
        return (syslog,) if syslog else None

    def _snmp_secret(self, user: Record, kind: str) -> str:
        wanted = f"snmp-{user.options['username']}-{kind}"
        return self.secrets.name(wanted, str(user.options[f"{kind}_pass"]))


def _windows(edges: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
    """Return the windows that edges of a week describe, those of several days together."""
    days: dict[tuple[time, time], list[Day]] = {}
    for start, end in _spans(edges):
        for day in range(start // _DAY_MINUTES, (end - 1) // _DAY_MINUTES + 1):
            first, last = max(start, day * _DAY_MINUTES), min(end, (day + 1) * _DAY_MINUTES)
            window = _time(first % _DAY_MINUTES), _time(last % _DAY_MINUTES)
            days.setdefault(window, []).append(WEEK[day % 7])
    return [{"days": found, "start": start, "end": end} for (start, end), found in days.items()]


def _spans(edges: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
    week = 7 * _DAY_MINUTES
    ups = [minute for minute, action in edges if action == "up"]
    downs = [minute for minute, action in edges if action == "down"]
    if not ups or not downs:
        return []
    later = [*downs, *(minute + week for minute in downs)]
    return [(up, next(down for down in later if down > up)) for up in ups]


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
