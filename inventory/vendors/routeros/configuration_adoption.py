"""What the export of a RouterOS device says in the terms of intent.

Source: MikroTik documentation, RouterOS 7, "WiFi": what an interface says itself wins over its
configuration profile, and either over the profiles that it names. Whom a network is for no device
tells: it is guessed from its SSID, and said so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory.intent import Band, IntentLayer, Pmf, Security
from inventory.vendors.adoption import FoundSecrets, guessed_purpose, slug
from inventory.vendors.configuration import Adoption
from inventory.vendors.records import Record
from inventory.vendors.routeros.configuration_export import WIFI, parse
from inventory.vendors.routeros.configuration_radios import Radio, radios_of
from inventory.vendors.routeros.configuration_wifi import (
    AUTHENTICATION,
    COUNTRIES,
    PROTECTED_FRAMES,
    STARTS_MHZ,
    WIDTHS,
)

_SECURITY: dict[str, Security] = {
    words: security
    for security, words in AUTHENTICATION.items()
    if security is not Security.OWE_TRANSITION
}
_PMF: dict[str, Pmf] = {word: pmf for pmf, word in PROTECTED_FRAMES.items()}
_PARTS = ("security", "datapath", "channel")


def adopt(running: str) -> Adoption:
    """Return what a running configuration says, its secrets by names; raises Garbled for none."""
    found = _Found(parse(running))
    wlans = found.wlans()
    layer = {
        "hostname": _hostname(found.option("/system identity", "name")),
        "country": found.country(),
        "vlans": [{"id": vlan, "name": f"v{vlan}"} for vlan in sorted(found.vlans)],
        "wlans": wlans,
        "radios": found.radios(),
        "management": found.management(),
    }
    return Adoption(
        IntentLayer.model_validate(layer), found.secrets.found(), tuple(dict.fromkeys(found.notes))
    )


def _hostname(name: str | None) -> str | None:
    return (
        name
        if name and re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", name)
        else None
    )


@dataclass
class _Found:
    records: Sequence[Record]
    secrets: FoundSecrets = field(default_factory=FoundSecrets)
    notes: list[str] = field(default_factory=list)
    vlans: set[int] = field(default_factory=set)

    def of(self, package: str) -> list[Record]:
        return [record for record in self.records if record.package == package]

    def option(self, package: str, name: str) -> str | None:
        values = (record.options.get(name) for record in self.of(package))
        return next((str(value) for value in values if value), None)

    def country(self) -> str | None:
        codes = {name: code for code, name in COUNTRIES.items()}
        told = (self._effective(radio.record) for radio in radios_of(self.records))
        return next((codes[v["country"]] for v in told if v.get("country") in codes), None)

    def _effective(self, record: Record) -> dict[str, str]:
        """Return what counts for an interface: `ssid`, `security.passphrase` and the like."""
        profile = self._named(f"{WIFI} configuration", record.options.get("configuration"))
        values: dict[str, str] = {}
        for options in (profile, record.options):
            for part in _PARTS:
                named = self._named(f"{WIFI} {part}", options.get(part))
                values |= {f"{part}.{name}": str(value) for name, value in named.items()}
            values |= {n.removeprefix("configuration."): str(v) for n, v in options.items()}
        return values

    def _named(self, package: str, name: object) -> Mapping[str, Any]:
        return next((r.options for r in self.of(package) if name and r.key == name), {})

    # -- WLANs

    def wlans(self) -> list[dict[str, Any]]:
        radios = {radio.name: radio for radio in radios_of(self.records)}
        merged: dict[str, dict[str, Any]] = {}
        for record in self.of(WIFI):
            own = str(record.options.get("name", record.key.partition("=")[2]))
            radio = radios.get(str(record.options.get("master-interface", own)))
            if radio is None or radio.band is None or not radio.lit:
                continue
            wlan = self._wlan(record)
            if wlan is None or record.options.get("disabled") != "no":
                continue
            merged.setdefault(wlan["name"], {**wlan, "bands": []})["bands"].append(radio.band)
        return [{**wlan, "bands": sorted(set(wlan["bands"]))} for wlan in merged.values()]

    def _wlan(self, record: Record) -> dict[str, Any] | None:
        values = self._effective(record)
        ssid = values.get("ssid", "")
        security = _SECURITY.get(values.get("security.authentication-types", ""))
        paired = "security.owe-transition-interface" in values
        if not ssid or (paired and security is Security.OWE):
            return None  # nothing is on it, or it is the hidden half of a transition pair
        security = Security.OWE_TRANSITION if paired else security
        passphrase = values.get("security.passphrase", "")
        if security is None or (security.personal and not 8 <= len(passphrase) <= 63):
            words = values.get("security.authentication-types", "")
            self.notes.append(
                f"« {ssid} » ({words}) : l’intention n’a pas de mot pour sa protection"
            )
            return None
        name = slug(values.get("configuration", "").removeprefix("preau-") or ssid, "wlan")
        purpose = guessed_purpose(ssid)
        self.notes.append(f"« {ssid} » : usage supposé « {purpose} », à vérifier")
        wlan: dict[str, Any] = {
            "name": name,
            "ssid": ssid,
            "purpose": purpose,
            "security": security,
            "vlan_id": self._vlan(values.get("datapath.vlan-id")) or 1,
            "client_isolation": values.get("datapath.client-isolation") == "yes",
            "hidden": values.get("hide-ssid") == "yes",
        }
        if security.personal:
            wlan["passphrase_secret"] = self.secrets.name(f"wlan-{name}", passphrase)
        if security is Security.WPA2_PERSONAL:
            group = values.get("security.multi-passphrase-group")
            wlan["private_keys"] = self._private_keys(group, name) if group else []
        if security in {Security.WPA2_PERSONAL, Security.WPA2_ENTERPRISE}:
            wlan["pmf"] = _PMF.get(values.get("security.management-protection", ""))
        if security.enterprise:
            wlan["radius_servers"] = self._radius(ssid)
        return wlan if not security.enterprise or wlan["radius_servers"] else None

    def _vlan(self, told: str | None) -> int | None:
        if not told or not told.isdecimal():
            return None
        self.vlans.add(int(told))
        return int(told)

    def _private_keys(self, group: str, wlan: str) -> list[dict[str, Any]]:
        keys = []
        found = self.of(f"{WIFI} security multi-passphrase")
        for number, record in enumerate((r for r in found if r.options.get("group") == group), 1):
            comment = str(record.options.get("comment", "")).removeprefix(f"preau-{wlan} ")
            name = slug(comment, f"cle-{number}")
            value = str(record.options.get("passphrase", ""))
            keys.append(
                {
                    "name": name,
                    "passphrase_secret": self.secrets.name(f"wlan-{wlan}-{name}", value),
                    "vlan_id": self._vlan(str(record.options.get("vlan-id", ""))),
                }
            )
        return keys

    def _radius(self, ssid: str) -> list[dict[str, Any]]:
        servers = [
            {
                "host": record.options["address"],
                "port": int(str(record.options.get("authentication-port", "1812"))),
                "secret_name": self.secrets.name(
                    f"radius-{record.options['address']}", str(record.options.get("secret", ""))
                ),
            }
            for record in self.of("/radius")
            if "wireless" in str(record.options.get("service", ""))
        ]
        if not servers:
            self.notes.append(f"« {ssid} » : il n’a aucun serveur RADIUS, il est laissé")
        return servers

    # -- radios and management

    def radios(self) -> list[dict[str, Any]]:
        plans: dict[Band, dict[str, Any]] = {}
        for radio in radios_of(self.records):
            if radio.band is not None and radio.band not in plans:
                plans[radio.band] = self._radio(radio, radio.band)
        return list(plans.values())

    def _radio(self, radio: Radio, band: Band) -> dict[str, Any]:
        values = self._effective(radio.record)
        widths = {word: mhz for mhz, word in WIDTHS.items()}
        frequency, power = values.get("channel.frequency", ""), values.get("tx-power", "")
        fixed = frequency.isdecimal()
        return {
            "band": band,
            "enabled": radio.lit,
            "channel": (int(frequency) - STARTS_MHZ[band]) // 5 if fixed else None,
            "width_mhz": widths.get(values.get("channel.width", "")),
            "tx_power_dbm": int(power) if power.isdecimal() else None,
            "dfs": False if values.get("channel.skip-dfs-channels") == "all" else None,
        }

    def management(self) -> dict[str, Any]:
        services = {r.key: r.options.get("disabled") != "yes" for r in self.of("/ip service")}
        syslog = [
            str(record.options["remote"])
            for record in self.of("/system logging action")
            if record.options.get("target") == "remote" and record.options.get("remote")
        ]
        users = [
            {
                "name": record.options["name"],
                "auth_secret": self._snmp_secret(record, "authentication"),
                "priv_secret": self._snmp_secret(record, "encryption"),
            }
            for record in self.of("/snmp community")
            if record.options.get("security") == "private"
        ]
        servers = [r.options["address"] for r in self.of("/system ntp client servers")]
        return {
            "ntp_servers": servers or None,
            "syslog_servers": syslog or None,
            "snmp_users": users or None,
            "contact": self.option("/snmp", "contact"),
            "location": self.option("/snmp", "location"),
            "telnet": services.get("telnet"),
            "http": services.get("www"),
        }

    def _snmp_secret(self, record: Record, kind: str) -> str:
        wanted = f"snmp-{record.options['name']}-{kind}"
        return self.secrets.name(wanted, str(record.options.get(f"{kind}-password", "")))
