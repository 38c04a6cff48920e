"""What WLANs mean on an Instant cluster: SSID profiles and what they refer to.

"Aruba Instant 8.x CLI Reference Guide", wlan ssid-profile, wlan access-rule, wlan auth-server, wlan
mpsk-local, time-range. A profile of ours is called `preau_` and the WLAN's name; a profile that was
there already and sends the same SSID is taken over where it is, but for its role and its portal.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import time

from inventory.errors import InvalidInput
from inventory.intent import Band, Day, DeviceIntent, Pmf, RadiusServer, Security, Window, Wlan
from inventory.intent.hours import SCHOOL_DAYS, WEEK
from inventory.vendors.aruba_instant.configuration_text import (
    OURS,
    Sections,
    named_sections,
    quoted,
    unquoted,
    value_of,
)
from inventory.vendors.indented import Claim

# WPA3-Personal and enhanced open let old clients in unless "opmode-transition" is taken away.
OPMODES = {
    Security.OPEN: "opensystem",
    Security.OWE: "enhanced-open",
    Security.OWE_TRANSITION: "enhanced-open",
    Security.WPA2_PERSONAL: "wpa2-psk-aes",
    Security.WPA2_WPA3_PERSONAL: "wpa3-sae-aes",
    Security.WPA3_PERSONAL: "wpa3-sae-aes",
    Security.WPA2_ENTERPRISE: "wpa2-aes",
    Security.WPA3_ENTERPRISE: "wpa3-aes-ccm-128",
}
NEW_CLIENTS_ONLY = frozenset({Security.OWE, Security.WPA3_PERSONAL})
MPSK = "mpsk-aes"
MPSK_MAIN = "PREAU"  # the WLAN's own passphrase among the private ones; no slug has capitals
RF_BANDS = {
    frozenset({Band.GHZ_2_4, Band.GHZ_5}): "all",
    frozenset({Band.GHZ_2_4}): "2.4",
    frozenset({Band.GHZ_5}): "5.0",
    frozenset[Band](): "none",
}
DAYS = {
    Day.MONDAY: "monday",
    Day.TUESDAY: "tuesday",
    Day.WEDNESDAY: "wednesday",
    Day.THURSDAY: "thursday",
    Day.FRIDAY: "friday",
    Day.SATURDAY: "saturday",
    Day.SUNDAY: "sunday",
}
DAY_GROUPS = {"daily": WEEK, "weekday": SCHOOL_DAYS, "weekend": WEEK[5:]}
LAST_MINUTE = time(23, 59)  # what a window that ends at midnight ends with here
PERMIT = "rule any any match any any any permit"
_MOST_SERVERS = 2
# What a profile that says nothing of it has.
_DEFAULTS = {"enable": "disable", "rf-band all": "rf-band ", "vlan 1": "vlan "}
_REFERENCES = frozenset({"auth-server", "mpsk-local", "time-range"})
_TAKEN_OVER = r"enable$|disable$|essid |opmode |opmode-transition-disable$|wpa-passphrase |"
_TAKEN_OVER += r"mpsk-local |vlan |rf-band |rf-band-6ghz$|hide-ssid$|deny-inter-user-bridging$"


@dataclass
class Wlans:
    """The claims that WLANs lead to, the sections that are wanted, and notes for a reviewer."""

    sections: Sections
    notes: list[str]
    claims: list[Claim] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)  # sections of ours that nothing claims and stay
    ranges: dict[str, str] = field(default_factory=dict)  # the lines of time ranges, by their names

    def add(self, intent: DeviceIntent) -> None:
        """Claim what the WLANs of an intent need; raises InvalidInput for an SSID with quotes."""
        profiles = named_sections(self.sections, "ssid-profile")
        for wlan in intent.wlans:
            name = self._profile_of(wlan, profiles)
            header = profiles.get(name, f"wlan ssid-profile {quoted(name)}")
            hours = wlan.hours or _hours_of_radios(wlan, intent)
            lines = [*self._lines(wlan, name), *self._range_lines(hours)]
            ours = bool(OURS.match(name))
            if ours:
                self._claim(f"wlan access-rule {name}", [PERMIT], r"(?:vlan|rule) ")
            else:
                lines = [line for line in lines if not self._is_default(line, header)]
                lines = self._as_told(lines, header)
            self._claim(header, lines, self._owned(wlan, ours=ours, timed=bool(hours)))
        self._keep_referred_to(profiles)
        self._claim("", list(self.ranges.values()), r"time-range preau_")

    def _keep_referred_to(self, profiles: dict[str, str]) -> None:
        """Keep what is ours and a network refers to that the intent took over and let go again."""
        claimed = {claim.header for claim in self.claims}
        left = [h for name, h in profiles.items() if h not in claimed and not OURS.match(name)]
        told = [line.split() for header in left for line in self.sections[header]]
        names = {words[1] for words in told if words[0] in _REFERENCES and OURS.match(words[1])}
        for header, lines in self.sections.items():
            words = header.split()
            if words[0] == "wlan" and words[-1] in names:
                self.kept.add(header)
                roles = {line.split()[-1] for line in lines if line.startswith("mpsk-local-")}
                self.kept |= {f"wlan access-rule {role}" for role in roles}
            elif words[0] == "time-range" and words[1] in names:
                self.ranges[words[1]] = header

    def _claim(self, header: str, lines: Sequence[str], owns: str) -> None:
        self.claims.append(Claim(header, lines, re.compile(owns)))

    # -- which profile

    def _profile_of(self, wlan: Wlan, profiles: dict[str, str]) -> str:
        own = f"preau_{wlan.name}"
        if own in profiles:
            return own
        for name, header in profiles.items():
            same = value_of(self.sections[header], "essid") == wlan.ssid
            if same and not OURS.match(name):
                return name
        return own

    def _is_default(self, line: str, header: str) -> bool:
        other, there = _DEFAULTS.get(line), self.sections[header]
        return other is not None and not any(each.startswith((line, other)) for each in there)

    def _as_told(self, lines: Sequence[str], header: str) -> list[str]:
        """Return the lines with quotes where the profile has them."""
        there = {each.replace('"', ""): each for each in self.sections[header]}
        return [there.get(line.replace('"', ""), line) for line in lines]

    def _owned(self, wlan: Wlan, *, ours: bool, timed: bool) -> str:
        owned = _TAKEN_OVER
        if ours:
            owned += "|type |captive-portal "
        owned += f"|auth-server {'' if ours or wlan.security.enterprise else 'preau_'}"
        if self._protects_by_words(wlan):
            owned += "|mfp-(?:capable|required)$"
        return f"{owned}|time-range {'' if ours or timed else 'preau_'}"

    # -- the lines of a profile

    def _lines(self, wlan: Wlan, name: str) -> Iterator[str]:
        if '"' in wlan.ssid:
            raise InvalidInput(f"the SSID of {wlan.name} holds quotes, which Instant cannot take")
        yield "enable"
        if OURS.match(name):
            yield from ("type employee", "captive-portal disable")
        yield f"essid {quoted(wlan.ssid)}"
        yield from self._security(wlan, name)
        yield f"vlan {wlan.vlan_id}"
        bands = frozenset(wlan.bands)
        yield f"rf-band {RF_BANDS[bands - {Band.GHZ_6}]}"
        flags = {
            "rf-band-6ghz": Band.GHZ_6 in bands,
            "hide-ssid": wlan.hidden,
            "deny-inter-user-bridging": wlan.client_isolation,
        }
        yield from (flag for flag, on in flags.items() if on)

    def _security(self, wlan: Wlan, name: str) -> Iterator[str]:
        yield f"opmode {MPSK if wlan.private_keys else OPMODES[wlan.security]}"
        if wlan.security in NEW_CLIENTS_ONLY:
            yield "opmode-transition-disable"
        if wlan.private_keys:
            yield f"mpsk-local {self._private_keys(wlan, name)}"
        elif wlan.security.personal:
            yield f"wpa-passphrase ‹secret:{wlan.passphrase_secret}›"
        if self._protects_by_words(wlan) and wlan.pmf is not Pmf.DISABLED:
            yield "mfp-capable"
            if wlan.pmf is Pmf.REQUIRED:
                yield "mfp-required"
        if wlan.security.enterprise:
            yield from (f"auth-server {server}" for server in self._servers(wlan, name))

    @staticmethod
    def _protects_by_words(wlan: Wlan) -> bool:
        # WPA3 and OWE protect management frames by themselves and no word changes it.
        wpa2 = {Security.WPA2_PERSONAL, Security.WPA2_ENTERPRISE}
        return wlan.security in wpa2 and wlan.pmf is not None

    def _private_keys(self, wlan: Wlan, name: str) -> str:
        header = named_sections(self.sections, "ssid-profile").get(name)
        told = value_of(self.sections[header], "mpsk-local") if header else None
        keys = told or f"preau_{wlan.name}"
        lines = [f"mpsk-local-passphrase {MPSK_MAIN} ‹secret:{wlan.passphrase_secret}›"]
        for key in wlan.private_keys:
            role = ""
            if key.vlan_id is not None:
                role = f" {self._role(key.vlan_id)}"
            lines.append(f"mpsk-local-passphrase {key.name} ‹secret:{key.passphrase_secret}›{role}")
        known = named_sections(self.sections, "mpsk-local")
        self._claim(known.get(keys, f"wlan mpsk-local {keys}"), lines, "mpsk-local-passphrase ")
        return quoted(keys)

    def _role(self, vlan: int) -> str:
        name = f"preau-vlan-{vlan}"
        self._claim(f"wlan access-rule {name}", [f"vlan {vlan}", PERMIT], r"(?:vlan|rule) ")
        return name

    # -- RADIUS

    def _servers(self, wlan: Wlan, name: str) -> Iterator[str]:
        header = named_sections(self.sections, "ssid-profile").get(name)
        told = [
            unquoted(line[12:])
            for line in self.sections.get(header or "", ())
            if line[:12] == "auth-server "
        ]
        for number, server in enumerate(wlan.radius_servers, 1):
            if number > _MOST_SERVERS:
                self.notes.append(
                    f"«\u00a0{wlan.ssid}\u00a0»\u00a0: {server.host} n’est pas repris, un réseau "
                    f"d’Instant a {_MOST_SERVERS} serveurs RADIUS"
                )
                continue
            before = told[number - 1] if number <= len(told) else ""
            own = before if OURS.match(before) else f"preau_{wlan.name}_{number}"
            yield self._server(server, own)

    def _server(self, server: RadiusServer, own: str) -> str:
        lines = [f"ip {server.host}", f"port {server.port}", f"key ‹secret:{server.secret_name}›"]
        known = named_sections(self.sections, "auth-server")
        for name, header in known.items():
            if (
                own not in known
                and not OURS.match(name)
                and set(lines) <= set(self.sections[header])
            ):
                return quoted(name)
        self._claim(f"wlan auth-server {own}", lines, r"(?:ip|port|key) ")
        return own

    # -- hours

    def _range_lines(self, windows: Sequence[Window]) -> list[str]:
        return [f"time-range {self._range(period)} enable" for period in periods(windows)]

    def _range(self, period: str) -> str:
        for header in self.sections:
            match = re.match(r'time-range ("[^"]*"|\S+) (periodic .*)$', header)
            if match and match[2] == period and not OURS.match(unquoted(match[1])):
                return match[1]
        _, day, start, _, end = period.split()
        name = f"preau_{day}_{start}_{end}".replace(":", "")
        self.ranges[name] = f"time-range {name} {period}"
        return name


def periods(windows: Sequence[Window]) -> list[str]:
    """Return windows of hours as `periodic weekday 07:30 to 18:00`, one for each day or group."""
    found = []
    for window in windows:
        end = window.end if window.end != time(0) else LAST_MINUTE
        group = next((g for g, days in DAY_GROUPS.items() if set(days) == set(window.days)), None)
        days = [group] if group else [DAYS[day] for day in WEEK if day in window.days]
        found += [f"periodic {day} {window.start:%H:%M} to {end:%H:%M}" for day in days]
    return list(dict.fromkeys(found))


def _hours_of_radios(wlan: Wlan, intent: DeviceIntent) -> tuple[Window, ...]:
    """Return the hours that all radios of a WLAN have in common: Instant times networks alone."""
    hours = {plan.band: plan.hours for plan in intent.radios}
    told = {hours.get(band, ()) for band in wlan.bands}
    return told.pop() if len(told) == 1 else ()


def hours_notes(intent: DeviceIntent) -> Iterator[str]:
    """Yield what a reviewer should know of the hours of radios."""
    for plan in intent.radios:
        carried = [wlan for wlan in intent.wlans if plan.band in wlan.bands]
        left = [
            wlan.ssid
            for wlan in carried
            if (wlan.hours or _hours_of_radios(wlan, intent)) != plan.hours
        ]
        if plan.hours and (left or not carried):
            said = ", ".join(period.removeprefix("periodic ") for period in periods(plan.hours))
            yield (
                f"Heures de la radio {plan.band} GHz ({said})\u00a0: Instant n’éteint que des "
                f"réseaux entiers\u00a0; non appliquées à {', '.join(left) or 'aucun réseau'}"
            )
