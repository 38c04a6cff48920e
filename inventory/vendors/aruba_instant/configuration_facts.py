"""What an intent means on an Instant cluster: the lines that we own, and what a change may cut.

"Aruba Instant 8.x CLI Reference Guide", arm, rf dot11a-radio-profile, rf dot11g-radio-profile,
a-channel, g-channel, hostname, ntp-server, syslog-server, syslocation, snmp-server, hash-mgmt-user,
telnet-server, virtual-controller-country.
"""

import re
from collections.abc import Iterator, Sequence

from inventory.intent import Band, DeviceIntent, Management, RadioPlan
from inventory.intent.wireless import power_limit_dbm
from inventory.vendors.aruba_instant.configuration_text import (
    AP_ENV,
    OURS,
    Sections,
    named_sections,
    quoted,
    sections_of,
    unquoted,
    value_of,
)
from inventory.vendors.aruba_instant.configuration_wlans import Wlans, hours_notes
from inventory.vendors.configuration import Rendered, Risk
from inventory.vendors.indented import Claim, merged

INDENT = " "
RADIOS = {Band.GHZ_5: "a", Band.GHZ_2_4: "g"}
WITHOUT_RADAR = "a-channels 36,40,44,48"
WIDE = {
    frozenset[Band](): "none",
    frozenset({Band.GHZ_2_4}): "2.4ghz",
    frozenset({Band.GHZ_5}): "5ghz",
    frozenset({Band.GHZ_2_4, Band.GHZ_5}): "all",
}
_WIDE_WITHOUT_A_WORD = "5ghz"
_MOST_SYSLOG = 3
# What the way to the access point, or of its members to it, goes over.
_PATH = (
    "hash-mgmt-user", "mgmt-user", "mgmt-auth-server", "uplink", "enet", "wired-port-profile",
    "virtual-controller-ip", "virtual-controller-vlan", "ip-mode", "terminal-access",
    "cluster-security", "allowed-ap", "allow-new-aps", "restricted-mgmt-access", "inbound-firewall",
)  # fmt: skip


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return the whole configuration that the cluster should show, from what it shows now.

    Raises InvalidInput for an SSID that its command line cannot hold.
    """
    sections = sections_of(running)
    notes: list[str] = []
    wlans = Wlans(sections, notes)
    wlans.add(intent)
    claims = _once(
        [
            *wlans.claims,
            *_radio_claims(intent, sections, notes),
            *_own_claims(intent, sections, notes),
        ]
    )
    notes += [*hours_notes(intent), *_left_alone(intent, sections, claims)]
    claims += _management_claims(intent, sections, notes)
    kept = _without_unwanted(running, wlans.kept | {claim.header for claim in claims})
    return Rendered(merged(kept, claims, INDENT), tuple(dict.fromkeys(notes)))


def _once(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims without those said twice, as of the role that two WLANs give."""
    return list(
        {(each.header, tuple(each.lines), each.owns.pattern): each for each in claims}.values()
    )


def _without_unwanted(running: str, wanted: set[str]) -> str:
    """Return the configuration without the sections of ours that nothing wants any more."""
    kept, keep = [], True
    for line in running.splitlines():
        if not line.startswith(" "):
            named = re.match(r"wlan \S+ (.*)$", line)
            keep = line in wanted or not (named and OURS.match(unquoted(named[1])))
        if keep:
            kept.append(line)
    return "".join(f"{line}\n" for line in kept)


def _left_alone(intent: DeviceIntent, sections: Sections, claims: Sequence[Claim]) -> Iterator[str]:
    headers = {claim.header for claim in claims}
    others = [
        value_of(sections[header], "essid") or name
        for name, header in named_sections(sections, "ssid-profile").items()
        if not OURS.match(name) and header not in headers
    ]
    if others and intent.wlans:
        yield f"Réseaux hors de l’intention, laissés tels quels\u00a0: {', '.join(others)}"


# -- radios


def _radio_claims(intent: DeviceIntent, sections: Sections, notes: list[str]) -> Iterator[Claim]:
    for plan in intent.radios:
        letter = RADIOS.get(plan.band)
        if letter is None:
            notes.append(
                f"Radio {plan.band} GHz\u00a0: ses réglages ne sont pas repris sur Instant"
            )
            continue
        yield from _own_radio(plan, letter, sections)
        if plan.tx_power_dbm is not None and plan.channel is None:
            yield _power(plan.tx_power_dbm, f"rf dot11{letter}-radio-profile", sections)
    yield from _widths(intent.radios, sections.get("arm", ()))
    five = next((plan for plan in intent.radios if plan.band is Band.GHZ_5), None)
    if five is not None and five.dfs is not None:
        owned = re.escape(WITHOUT_RADAR) + "$" if five.dfs else "a-channels "
        yield Claim("arm", [] if five.dfs else [WITHOUT_RADAR], re.compile(owned))


def _own_radio(plan: RadioPlan, letter: str, sections: Sections) -> Iterator[Claim]:
    """Yield what is set on the access point that answers, and on no other of its cluster."""
    off = f"dot11{letter}-radio-disable"
    yield Claim(AP_ENV, [] if plan.enabled else [off], re.compile(f"{off}$"))
    if plan.channel is None:
        return
    told = value_of(sections.get(AP_ENV, ()), f"{letter}-channel")
    power = str(plan.tx_power_dbm) if plan.tx_power_dbm is not None else None
    if power is None:
        power = told.split()[1] if told else str(power_limit_dbm(plan.band, plan.channel))
    line = f"{letter}-channel {plan.channel} {power}"
    yield Claim(AP_ENV, [line], re.compile(f"{letter}-channel "))


def _power(most_dbm: int, header: str, sections: Sections) -> Claim:
    least = value_of(sections.get(header, ()), "min-tx-power") or "0"
    lines = [f"max-tx-power {most_dbm}"]
    if least.isdecimal() and int(least) > most_dbm:
        return Claim(
            header, [f"min-tx-power {most_dbm}", *lines], re.compile(r"(?:min|max)-tx-power ")
        )
    return Claim(header, lines, re.compile("max-tx-power "))


def _widths(plans: Sequence[RadioPlan], arm: Sequence[str]) -> Iterator[Claim]:
    told = {plan.band: plan.width_mhz for plan in plans if plan.width_mhz and plan.band in RADIOS}
    if not told:
        return
    word = value_of(arm, "wide-bands") or _WIDE_WITHOUT_A_WORD
    wide = next((set(bands) for bands, each in WIDE.items() if each == word), set(RADIOS))
    for band, width in told.items():
        wide = wide | {band} if width > 20 else wide - {band}
    lines, owned = [f"wide-bands {WIDE[frozenset(wide)]}"], "wide-bands "
    if Band.GHZ_5 in told:
        lines += [f"{each}mhz-support" for each in (80, 160) if told[Band.GHZ_5] >= each]
        owned += r"|(?:80|160)mhz-support$"
    yield Claim("arm", lines, re.compile(owned))


# -- the access point and its management


def _own_claims(intent: DeviceIntent, sections: Sections, notes: list[str]) -> Iterator[Claim]:
    if intent.hostname:
        if value_of(sections.get(AP_ENV, ()), "hostname") is None:
            notes.append(
                f"Nom {intent.hostname}\u00a0: la borne n’en a pas encore, ce qui ne se défait "
                "pas\u00a0; à donner une première fois par «\u00a0hostname\u00a0»"
            )
        else:
            yield Claim(AP_ENV, [f"hostname {intent.hostname}"], re.compile("hostname "))
    if intent.country:
        yield Claim(
            "",
            [f"virtual-controller-country {intent.country}"],
            re.compile("virtual-controller-country "),
        )


def _management_claims(
    intent: DeviceIntent, sections: Sections, notes: list[str]
) -> Iterator[Claim]:
    management = intent.management
    if management.ntp_servers is not None:
        first, *others = management.ntp_servers or ("",)
        lines = [f"ntp-server {first}"] if first else []
        yield Claim("", lines, re.compile("ntp-server "))
        if others:
            notes.append(
                f"Instant n’a qu’un serveur de temps\u00a0: {', '.join(others)} n’est pas repris"
            )
    if management.syslog_servers is not None:
        used, left = (
            management.syslog_servers[:_MOST_SYSLOG],
            management.syslog_servers[_MOST_SYSLOG:],
        )
        lines = [f"syslog-server {' '.join(used)}"] if used else []
        yield Claim("", lines, re.compile("syslog-server "))
        if left:
            notes.append(
                f"Instant a trois serveurs de journaux\u00a0: {', '.join(left)} n’est pas repris"
            )
    if management.location is not None:
        yield Claim("", [f"syslocation {quoted(management.location)}"], re.compile("syslocation "))
    if management.telnet is not None:
        yield Claim(
            "", ["telnet-server"] if management.telnet else [], re.compile("telnet-server$")
        )
    yield from _user_claims(management, sections, notes)
    notes += _management_notes(management)


def _user_claims(management: Management, sections: Sections, notes: list[str]) -> Iterator[Claim]:
    for user in management.snmp_users or ():
        line = f"snmp-server user {user.name} SHA ‹secret:{user.auth_secret}› "
        line += f"AES ‹secret:{user.priv_secret}›"
        yield Claim("", [line], re.compile(f"snmp-server user {re.escape(user.name)} "))
    admins = administrators(sections)
    for account in management.accounts or ():
        start = admins.get(account.name)
        if start is None:
            notes.append(
                f"Compte {account.name}\u00a0: Instant n’a qu’un compte d’administration "
                f"({', '.join(admins) or 'aucun montré'}) et n’en reçoit pas d’autre"
            )
        else:
            line = f"{start}‹secret:{account.password_secret}›"
            yield Claim("", [line], re.compile(re.escape(start)))


def administrators(sections: Sections) -> dict[str, str]:
    """Return how the line of each account with all rights begins, by the account's name."""
    found = {}
    for header in sections:
        hashed = re.match(r"(hash-mgmt-user (\S+) password )(?!.* usertype )", header)
        plain = re.match(r"(mgmt-user (\S+) )(?!.*(?:guest-mgmt|read-only|local))", header)
        match = hashed or plain
        if match:
            found[match[2]] = match[1]
    return found


def _management_notes(management: Management) -> Iterator[str]:
    if management.contact is not None:
        yield f"Contact «\u00a0{management.contact}\u00a0»\u00a0: Instant n’a pas où le mettre"
    if management.http is not None:
        yield "Pages web de la borne\u00a0: Instant ne les sert que par HTTPS et ne les éteint pas"


# -- what a change may cut


def risk(running: str, intended: str, _management_vlan: int | None) -> Risk:
    """Tell whether the way in changes: account, uplink, ports. Networks cannot cut it."""
    before, after = sections_of(running), sections_of(intended)
    return Risk(
        tuple(
            f"«\u00a0{' '.join(header.split()[:2])}\u00a0» fait partie du chemin d’administration"
            for header in {**before, **after}
            if header.startswith(_PATH) and before.get(header) != after.get(header)
        )
    )
