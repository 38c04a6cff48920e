"""What the configuration of an Instant cluster says in the terms of intent.

What the intent has no words for (portals, VLANs by role or name, MPSK of a server) is noted and
left out. Whom a network is for no device tells: it is guessed from its SSID, and said so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from inventory.intent import Band, IntentLayer, RadioPlan, Security, Wlan
from inventory.intent.hours import WEEK
from inventory.vendors.adoption import FoundSecrets, guessed_purpose, slug
from inventory.vendors.aruba_instant.configuration_facts import RADIOS, WIDE, WITHOUT_RADAR
from inventory.vendors.aruba_instant.configuration_text import (
    AP_ENV,
    SECRET_FORM,
    named_sections,
    sections_of,
    unquoted,
    value_of,
)
from inventory.vendors.aruba_instant.configuration_wlans import (
    DAY_GROUPS,
    DAYS,
    LAST_MINUTE,
    MPSK,
    MPSK_MAIN,
    NEW_CLIENTS_ONLY,
    OPMODES,
    RF_BANDS,
)
from inventory.vendors.configuration import Adoption

_HOSTNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PERIOD = re.compile(r"periodic (\w+) (\d\d:\d\d) to (\d\d:\d\d)$")


class _Unsaid(Exception):
    """The intent has no words for a network; the text says why, in French."""


def adopt(running: str) -> Adoption:
    """Return the layer that leads to what the cluster has now, as far as intent can say it."""
    found = _Found(sections_of(running))
    wlans = found.wlans()
    layer = {
        "hostname": found.hostname(),
        "country": found.after("virtual-controller-country "),
        "vlans": [{"id": each, "name": f"v{each}"} for each in sorted(found.vlans)],
        "wlans": wlans,
        "radios": found.radios(),
        "management": found.management(),
    }
    return Adoption(
        IntentLayer.model_validate(layer), found.secrets.found(), tuple(dict.fromkeys(found.notes))
    )


@dataclass
class _Found:
    sections: Mapping[str, Sequence[str]]
    secrets: FoundSecrets = field(default_factory=FoundSecrets)
    notes: list[str] = field(default_factory=list)
    vlans: set[int] = field(default_factory=set)

    def after(self, start: str) -> str | None:
        """Return what follows the start of a line of the margin."""
        return next((h.removeprefix(start) for h in self.sections if h.startswith(start)), None)

    def hostname(self) -> str | None:
        """Return the access point's name where an intent can hold it."""
        name = value_of(self.sections.get(AP_ENV, ()), "hostname")
        return name if name and _HOSTNAME.fullmatch(name) else None

    # -- networks

    def wlans(self) -> list[Wlan]:
        """Return the networks that are enabled and that the intent has words for."""
        found: dict[str, Wlan] = {}
        for profile, header in named_sections(self.sections, "ssid-profile").items():
            lines = self.sections[header]
            ssid = value_of(lines, "essid") or profile
            if "disable" in lines:
                self.notes.append(f"«\u00a0{ssid}\u00a0»\u00a0: éteint, non repris")
                continue
            name = slug(profile.removeprefix("preau_"), "wlan")
            try:
                wlan = self._wlan(name, ssid, lines)
            except _Unsaid as unsaid:
                self.notes.append(f"«\u00a0{ssid}\u00a0»\u00a0: non repris, {unsaid}")
                continue
            except ValueError:
                self.notes.append(f"«\u00a0{ssid}\u00a0»\u00a0: non repris, l’intention l’interdit")
                continue
            if name in found or any(each.ssid == ssid for each in found.values()):
                self.notes.append(
                    f"«\u00a0{ssid}\u00a0»\u00a0: deux réseaux ont ce nom, un est laissé"
                )
                continue
            found[name] = wlan
            used = {wlan.vlan_id, *(key.vlan_id for key in wlan.private_keys if key.vlan_id)}
            self.vlans |= used - {1}
            self.notes.append(
                f"«\u00a0{ssid}\u00a0»\u00a0: usage supposé «\u00a0{wlan.purpose}\u00a0», "
                "à vérifier"
            )
        return list(found.values())

    def _wlan(self, name: str, ssid: str, lines: Sequence[str]) -> Wlan:
        opmode = value_of(lines, "opmode") or "opensystem"
        security = _security(opmode, lines)
        wlan: dict[str, Any] = {
            "name": name,
            "ssid": ssid,
            "purpose": guessed_purpose(ssid),
            "security": security,
            "vlan_id": _vlan(lines),
            "bands": _bands(lines),
            "client_isolation": "deny-inter-user-bridging" in lines,
            "hidden": "hide-ssid" in lines,
            "hours": self._hours(ssid, lines),
        }
        if opmode == MPSK:
            wlan |= self._private_keys(name, lines)
        elif security.personal:
            value = value_of(lines, "wpa-passphrase")
            if not value:
                raise _Unsaid("il n’a pas de clef")
            wlan["passphrase_secret"] = self._secret(f"wlan-{name}", value)
        if security.enterprise:
            wlan["radius_servers"] = self._servers(name, lines)
        if security in {Security.WPA2_PERSONAL, Security.WPA2_ENTERPRISE}:
            pmf = "optional" if "mfp-capable" in lines else None
            wlan["pmf"] = "required" if "mfp-required" in lines else pmf
        return Wlan.model_validate(wlan)

    def _secret(self, wanted: str, value: str) -> str:
        if not SECRET_FORM.fullmatch(value):
            raise _Unsaid("sa clef contient une espace ou un signe qui ne peut être renvoyé")
        return self.secrets.name(wanted, value)

    def _private_keys(self, wlan: str, lines: Sequence[str]) -> dict[str, Any]:
        header = named_sections(self.sections, "mpsk-local").get(
            value_of(lines, "mpsk-local") or ""
        )
        main, keys = None, []
        for line in self.sections.get(header or "", ()):
            match = re.match(r'mpsk-local-passphrase (\S+) ("[^"]*"|\S+)(?: (\S+))?$', line)
            if match is None:
                continue
            value = unquoted(match[2])
            if match[1] == MPSK_MAIN:
                main = self._secret(f"wlan-{wlan}", value)
                continue
            vlan = self._vlan_of_role(match[3])
            secret = self._secret(f"wlan-{wlan}-{slug(match[1])}", value)
            keys.append({"name": match[1], "passphrase_secret": secret, "vlan_id": vlan})
        if main is None or not keys:
            raise _Unsaid("ses clefs privées ne sont pas des nôtres")
        return {"passphrase_secret": main, "private_keys": keys}

    def _vlan_of_role(self, role: str | None) -> int | None:
        if role is None:
            return None
        match = re.fullmatch(r"preau-vlan-(\d+)", role)
        if match is None:
            raise _Unsaid(f"une de ses clefs mène au rôle {role}")
        return int(match[1])

    def _servers(self, wlan: str, lines: Sequence[str]) -> list[dict[str, Any]]:
        headers = named_sections(self.sections, "auth-server")
        found = []
        for name in [
            unquoted(line.split(" ", 1)[1]) for line in lines if line.startswith("auth-s")
        ]:
            told = self.sections.get(headers.get(name, ""), ())
            host, key = value_of(told, "ip"), value_of(told, "key")
            if not host or not key:
                raise _Unsaid(f"son serveur {name} n’est pas un serveur RADIUS à clef")
            secret = self._secret(f"radius-{wlan}", key)
            port = int(value_of(told, "port") or 1812)
            found.append({"host": host, "port": port, "secret_name": secret})
        if not found:
            raise _Unsaid("il n’a pas de serveur RADIUS")
        return found

    def _hours(self, ssid: str, lines: Sequence[str]) -> list[dict[str, Any]]:
        windows = []
        for line in lines:
            match = re.fullmatch(r'time-range ("[^"]*"|\S+) (enable|disable)', line)
            if match is None:
                continue
            period = _PERIOD.match(self.after(f"time-range {match[1]} ") or "")
            days = _days(period[1]) if period else ()
            if period is None or match[2] == "disable" or not days:
                self.notes.append(f"«\u00a0{ssid}\u00a0»\u00a0: ses heures ne sont pas reprises")
                return []
            end = time(0) if time.fromisoformat(period[3]) == LAST_MINUTE else period[3]
            windows.append({"days": days, "start": period[2], "end": end})
        return windows

    # -- radios and management

    def radios(self) -> list[RadioPlan]:
        """Return what is told of the radios of the access point and of its cluster."""
        plans = []
        for band, letter in RADIOS.items():
            facts = {**self._cluster_radio(band, letter), **self._own_radio(letter)}
            if not facts:
                continue
            try:
                plans.append(RadioPlan.model_validate({"band": band, **facts}))
            except ValueError:
                self.notes.append(f"Radio {band} GHz\u00a0: ses réglages ne sont pas permis ici")
        return plans

    def _own_radio(self, letter: str) -> dict[str, Any]:
        own = self.sections.get(AP_ENV, ())
        facts: dict[str, Any] = {}
        if f"dot11{letter}-radio-disable" in own:
            facts["enabled"] = False
        channel = value_of(own, f"{letter}-channel")
        if channel:
            facts["channel"] = int(channel.split()[0])
            facts["tx_power_dbm"] = None  # the channel's own power; it stays as it is
        return facts

    def _cluster_radio(self, band: Band, letter: str) -> dict[str, Any]:
        arm = self.sections.get("arm", ())
        facts: dict[str, Any] = {}
        power = value_of(self.sections.get(f"rf dot11{letter}-radio-profile", ()), "max-tx-power")
        if power and power.isdecimal() and int(power) <= 20:
            facts["tx_power_dbm"] = int(power)
        word = value_of(arm, "wide-bands")
        wide = next((bands for bands, each in WIDE.items() if each == word), None)
        if wide is not None:
            widest = 160 if "160mhz-support" in arm else 80 if "80mhz-support" in arm else 40
            facts["width_mhz"] = (widest if band is Band.GHZ_5 else 40) if band in wide else 20
        if band is Band.GHZ_5 and WITHOUT_RADAR in arm:
            facts["dfs"] = False
        return facts

    def management(self) -> dict[str, Any]:
        """Return what is told of the management."""
        syslog, ntp = self.after("syslog-server "), self.after("ntp-server ")
        if any(re.match(r"(?:hash-)?mgmt-user ", header) for header in self.sections):
            self.notes.append("Comptes\u00a0: leurs mots de passe sont hachés et non repris")
        return {
            "ntp_servers": ntp.split() if ntp else None,
            "syslog_servers": syslog.split() if syslog else None,
            "location": unquoted(self.after("syslocation ") or "") or None,
            "telnet": "telnet-server" in self.sections,
        }


def _security(opmode: str, lines: Sequence[str]) -> Security:
    if opmode == MPSK:
        return Security.WPA2_PERSONAL
    only_new = "opmode-transition-disable" in lines
    for security, word in OPMODES.items():
        lets_old_in = {Security.OWE_TRANSITION, Security.WPA2_WPA3_PERSONAL}
        if word == opmode and not (only_new and security in lets_old_in):
            if security in NEW_CLIENTS_ONLY and not only_new:
                continue
            return security
    raise _Unsaid(f"l’intention n’a pas de mot pour «\u00a0{opmode}\u00a0»")


def _vlan(lines: Sequence[str]) -> int:
    told = value_of(lines, "vlan") or "1"
    if not told.isdecimal():
        raise _Unsaid(f"son VLAN est «\u00a0{told}\u00a0»")
    return int(told)


def _bands(lines: Sequence[str]) -> list[Band]:
    word = value_of(lines, "rf-band") or "all"
    bands = next((set(bands) for bands, each in RF_BANDS.items() if each == word), None)
    if bands is None:
        raise _Unsaid(f"ses bandes sont «\u00a0{word}\u00a0»")
    return sorted(bands | ({Band.GHZ_6} if "rf-band-6ghz" in lines else set()))


def _days(word: str) -> tuple[str, ...]:
    single = tuple(day for day in WEEK if DAYS[day] == word)
    return tuple(DAY_GROUPS.get(word, single))
