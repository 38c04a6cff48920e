"""What an intent means on an AOS-CX switch: the lines that we own, and what a change may cut."""

import re
from collections.abc import Iterator, Mapping, Sequence

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, Management, PoePriority, Port, PortMode, Vlan
from inventory.vendors.aruba_cx.configuration_text import INDENT, PORT, sections_of
from inventory.vendors.configuration import Rendered, Risk
from inventory.vendors.indented import Claim, merged
from inventory.vendors.switching import (
    refuse_long_texts,
    refuse_untrusted_snooping,
    unplanned_accounts,
    unplanned_vlans,
    worded,
)

_NOTHING = re.compile(r"(?!)")
# "Security Guide" 10.13, user name requirements: lower case, and these are the system's.
_USER_NAME = re.compile(r"(?!admin$|root$|remote_user$)[a-z][a-z0-9._-]{0,31}")

Sections = Mapping[str, Sequence[str]]


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return the whole configuration that the switch should show, from what it shows now.

    Raises InvalidInput for a port that the switch does not have, that is a member of a link
    aggregation, or that is routed, and for DHCP snooping without a trusted port.
    """
    sections = sections_of(running)
    notes: list[str] = []
    refuse_long_texts(intent, hostname=32, description=64)
    for port in intent.ports:
        _refuse_unfit(port, sections)
    named = {f"interface {port.name}" for port in intent.ports}
    others = {line for head, each in sections.items() if head not in named for line in each}
    refuse_untrusted_snooping(intent, trusted="dhcpv4-snooping trust" in others)
    claims = [
        *_global_claims(intent, sections),
        *_management_claims(intent.management, sections, notes),
        *(_vlan_claim(vlan) for vlan in intent.vlans),
        *(_port_claim(port) for port in intent.ports),
    ]
    present = [int(head.split()[1]) for head in sections if re.fullmatch(r"vlan \d+", head)]
    notes += unplanned_vlans(intent, present)
    users = [head.split()[1] for head in sections if head.startswith("user ")]
    notes += unplanned_accounts(intent, [user for user in users if user != "admin"])
    return Rendered(merged(running, claims, INDENT), tuple(dict.fromkeys(notes)))


def _refuse_unfit(port: Port, sections: Sections) -> None:
    lines = sections.get(f"interface {port.name}")
    if lines is None:
        raise InvalidInput(
            f"the switch has no port {port.name}", todo="name its ports as it does, as 1/1/4"
        )
    if any(re.match(r"lag \d+$", line) for line in lines):
        raise InvalidInput(f"the port {port.name} is a member of a link aggregation")
    if any(line.startswith("ip address ") for line in lines):
        raise InvalidInput(f"the port {port.name} is routed")


def _vlan_claim(vlan: Vlan) -> Claim:
    lines, ours = [f"name {vlan.name}"], [r"name "]
    if vlan.dhcp_snooping is not None:
        lines += ["dhcpv4-snooping"] if vlan.dhcp_snooping else []
        ours.append(r"dhcpv4-snooping$")
    return Claim(f"vlan {vlan.id}", lines, re.compile("|".join(ours)))


def _global_claims(intent: DeviceIntent, sections: Sections) -> Iterator[Claim]:
    if intent.hostname:
        yield Claim("", [f"hostname {intent.hostname}"], re.compile(r"hostname "))
    if any(vlan.dhcp_snooping for vlan in intent.vlans):
        yield Claim("", ["dhcpv4-snooping"], _NOTHING)
    if any(port.lldp for port in intent.ports) and "no lldp" in sections:
        yield Claim("", [], re.compile(r"no lldp$"))


def _port_claim(port: Port) -> Claim:
    """Return what is ours of one port; what the intent does not tell is the installer's."""
    lines = ["no shutdown"] if port.enabled else []
    ours = [r"(no )?shutdown$", r"vlan access ", r"vlan trunk (native|allowed)\b"]
    if port.description:
        lines.append(f"description {port.description}")
        ours.append(r"description ")
    lines += _membership(port)
    if port.poe is not None:
        lines += [] if port.poe else ["no power-over-ethernet"]
        ours.append(r"no power-over-ethernet$")
    if port.poe_priority is not None:
        ranked = port.poe_priority is not PoePriority.LOW
        lines += [f"power-over-ethernet priority {port.poe_priority}"] if ranked else []
        ours.append(r"power-over-ethernet priority ")
    if port.storm_control_kbps is not None:
        kinds = ("broadcast", "multicast") if port.storm_control_kbps else ()
        lines += [f"rate-limit {kind} {port.storm_control_kbps} kbps" for kind in kinds]
        ours.append(r"rate-limit (broadcast|multicast) ")
    if port.dhcp_snooping_trusted is not None:
        lines += ["dhcpv4-snooping trust"] if port.dhcp_snooping_trusted else []
        ours.append(r"dhcpv4-snooping trust$")
    if port.lldp is not None:
        lines += [] if port.lldp else ["no lldp transmit", "no lldp receive"]
        ours.append(r"no lldp (transmit|receive)$")
    return Claim(f"interface {port.name}", lines, re.compile("|".join(ours)))


def _membership(port: Port) -> list[str]:
    if port.mode is PortMode.ACCESS:
        return [f"vlan access {port.native_vlan}"]
    # The native VLAN crosses a trunk only when the list allows it as well ("vlan trunk allowed").
    carried = sorted({port.native_vlan, *port.tagged_vlans})
    lists = [f"vlan trunk allowed {vlan}" for vlan in carried]
    return [f"vlan trunk native {port.native_vlan}", *lists]


def _management_claims(
    management: Management, sections: Sections, notes: list[str]
) -> Iterator[Claim]:
    if management.ntp_servers is not None:
        lines = [worded(f"ntp server {host}", sections) for host in management.ntp_servers]
        yield Claim("", lines, re.compile(r"ntp server "))
        yield Claim("", ["ntp enable"] if lines else [], _NOTHING)
    if management.syslog_servers is not None:
        lines = [worded(f"logging {host}", sections) for host in management.syslog_servers]
        yield Claim("", lines, re.compile(r"logging [\w:-]+[.:]"))
    for word, value in (("contact", management.contact), ("location", management.location)):
        if value is not None:
            start = f"snmp-server system-{word} "
            yield Claim("", [f"{start}{value}"], re.compile(start))
    yield from _credentials(management, notes)
    if management.telnet is not None:
        lines = ["telnet server vrf default"] if management.telnet else []
        yield Claim("", lines, re.compile(r"telnet server vrf "))
        notes.append(
            "Telnet\u00a0: AOS-CX ne l’a qu’à partir de la version 10.08, éteint d’origine"
        )
    if management.http is not None:
        notes.append("HTTP\u00a0: AOS-CX ne sert ses pages qu’en HTTPS, rien à configurer")


def _credentials(management: Management, notes: list[str]) -> Iterator[Claim]:
    for account in management.accounts or ():
        if not _USER_NAME.fullmatch(account.name):
            notes.append(
                f"Compte {account.name}\u00a0: non envoyé, AOS-CX n’admet pas ce nom "
                "(minuscules, et ni admin ni root)"
            )
            continue
        start = f"user {account.name} group administrators password "
        line = f"{start}‹secret:{account.password_secret}›"
        yield Claim("", [line], re.compile(f"user {re.escape(account.name)} "))
    for user in management.snmp_users or ():
        auth, priv = f"‹secret:{user.auth_secret}›", f"‹secret:{user.priv_secret}›"
        line = f"snmpv3 user {user.name} auth sha auth-pass {auth} priv aes priv-pass {priv}"
        yield Claim("", [line], re.compile(f"snmpv3 user {re.escape(user.name)} "))


def risk(running: str, intended: str, management_vlan: int | None) -> Risk:
    """Any change of a port that carries the management VLAN may cut the path, ours or an AP's."""
    before, after = sections_of(running), sections_of(intended)
    managed = management_vlan or 1
    reasons = []
    for header in {**before, **after}:
        pair = before.get(header, ()), after.get(header, ())
        if header.startswith("user ") and header not in after:
            reasons.append(f"le compte {header.split()[1]} change ou disparaît")
        if set(pair[0]) == set(pair[1]):
            continue
        if PORT.match(header) and any(_carries(lines, managed) for lines in pair):
            port = header.removeprefix("interface ")
            reasons.append(f"le port {port} porte le VLAN d’administration {managed}")
        elif header.startswith(("interface vlan", "interface mgmt", "ip route", "vrf")):
            reasons.append(f"«\u00a0{header}\u00a0» fait partie du chemin d’administration")
    return Risk(tuple(reasons))


def _carries(lines: Sequence[str], vlan: int) -> bool:
    words = set(lines)
    if any(word.startswith("vlan trunk ") for word in words):
        listed = {word for word in words if word.startswith("vlan trunk allowed ")}
        return not listed or bool(listed & {"vlan trunk allowed all", f"vlan trunk allowed {vlan}"})
    access = next((word for word in words if word.startswith("vlan access ")), "vlan access 1")
    return access == f"vlan access {vlan}"
