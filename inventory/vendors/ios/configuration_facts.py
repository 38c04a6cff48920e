"""What an intent means on an IOS switch: the lines that we own, and what a change may cut."""

import re
from collections.abc import Iterator, Mapping, Sequence

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, Management, PoePriority, Port, PortMode
from inventory.vendors.configuration import Rendered, Risk
from inventory.vendors.indented import Claim, merged
from inventory.vendors.ios.configuration_text import bps
from inventory.vendors.switching import (
    refuse_untrusted_snooping,
    unplanned_accounts,
    unplanned_vlans,
    vlan_ids,
    vlan_list,
    worded,
)

INDENT = " "
_PORT_HEADER = re.compile(r"^interface ([A-Za-z]+[\d/.]+)$")
_SHORT_NAME = re.compile(r"^([A-Za-z-]+)\s*([\d/.]+)$")
_NOTHING = re.compile(r"(?!)")
# From this train on the switches that are made for it know "power inline port priority".
_PRIORITY_FROM = (15, 2)

Sections = Mapping[str, Sequence[str]]


def sections_of(text: str) -> dict[str, list[str]]:
    """Return the lines below each header of a running configuration, without their indentation."""
    found: dict[str, list[str]] = {}
    below: list[str] = []
    for line in text.splitlines():
        if line.startswith(" "):
            below.append(line.strip())
        elif line:
            below = found.setdefault(line, [])
    return found


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return the whole configuration that the switch should show, from what it shows now.

    Raises InvalidInput for a port that the switch does not have, that is a member of a channel
    group, or that is routed, and for DHCP snooping without a trusted port.
    """
    claims, notes = switch_claims(intent, running)
    return Rendered(merged(running, claims, INDENT), notes)


def switch_claims(intent: DeviceIntent, running: str) -> tuple[list[Claim], tuple[str, ...]]:
    """Return what an intent owns of a switch, and the notes for a reviewer; raises as `render`."""
    sections = sections_of(running)
    claims = [*_vlan_claims(intent), *_global_claims(intent)]
    notes: list[str] = []
    named = {port_header(port.name, sections): port for port in intent.ports}
    others = {line for head, each in sections.items() if head not in named for line in each}
    refuse_untrusted_snooping(intent, trusted="ip dhcp snooping trust" in others)
    for header, port in named.items():
        _refuse_unfit(port.name, sections[header])
        lines, owns = _port_lines(port, sections, notes)
        claims.append(Claim(header, lines, owns))
    claims += _management_claims(intent.management, sections)
    notes += _management_notes(intent, sections)
    present = [int(head.split()[1]) for head in sections if re.fullmatch(r"vlan \d+", head)]
    notes += unplanned_vlans(intent, present)
    return claims, tuple(dict.fromkeys(notes))


def port_header(name: str, sections: Sections) -> str:
    """Return the header of a port, which may be named short (`Gi1/0/1`); raises InvalidInput."""
    short = _SHORT_NAME.match(name)
    for header in sections:
        full = _PORT_HEADER.match(header)
        there = _SHORT_NAME.match(full[1]) if full else None
        if short is None or there is None or there[2] != short[2]:
            continue
        if there[1].lower().startswith(short[1].lower()):
            return header
    raise InvalidInput(
        f"the switch has no port {name}", todo="name its ports as it does, as GigabitEthernet1/0/4"
    )


def _refuse_unfit(name: str, lines: Sequence[str]) -> None:
    if any(line.startswith("channel-group ") for line in lines):
        raise InvalidInput(f"the port {name} is a member of a channel group")
    if any(line == "no switchport" or line.startswith("ip address ") for line in lines):
        raise InvalidInput(f"the port {name} is routed")


def _vlan_claims(intent: DeviceIntent) -> Iterator[Claim]:
    for vlan in intent.vlans:
        if vlan.id != 1:  # its name "default" cannot be changed
            yield Claim(f"vlan {vlan.id}", [f"name {vlan.name}"], re.compile(r"name "))


def _global_claims(intent: DeviceIntent) -> Iterator[Claim]:
    if intent.hostname:
        yield Claim("", [f"hostname {intent.hostname}"], re.compile(r"hostname "))
    for vlan in intent.vlans:
        if vlan.dhcp_snooping is not None:
            line = f"ip dhcp snooping vlan {vlan.id}"
            yield Claim("", [line] if vlan.dhcp_snooping else [], re.compile(f"{line}$"))
    if any(vlan.dhcp_snooping for vlan in intent.vlans):
        yield Claim("", ["ip dhcp snooping"], _NOTHING)
    if any(port.lldp for port in intent.ports):
        yield Claim("", ["lldp run"], re.compile(r"no lldp run$"))


def _port_lines(
    port: Port, sections: Sections, notes: list[str]
) -> tuple[list[str], re.Pattern[str]]:
    """Return the lines of one port and the pattern of what is ours there.

    What the intent does not tell of a port is the installer's and stays.
    """
    lines = [] if port.enabled else ["shutdown"]
    ours = [r"shutdown$", r"switchport mode ", r"switchport (access|trunk (native|allowed)) vlan "]
    lines += _membership(port, sections)
    if port.description:
        lines.append(f"description {port.description}")
        ours.append(r"description ")
    if port.poe is not None:
        lines += [] if port.poe else ["power inline never"]
        ours.append(r"power inline (auto|never|static)")
    if port.poe_priority is not None:
        lines += _priority(port.poe_priority, sections, notes)
        ours.append(r"power inline port priority ")
    if port.storm_control_kbps is not None:
        rate = bps(port.storm_control_kbps * 1000)
        kinds = ("broadcast", "multicast") if port.storm_control_kbps else ()
        lines += [f"storm-control {kind} level bps {rate}" for kind in kinds]
        ours.append(r"storm-control (broadcast|multicast) level ")
    if port.dhcp_snooping_trusted is not None:
        lines += ["ip dhcp snooping trust"] if port.dhcp_snooping_trusted else []
        ours.append(r"ip dhcp snooping trust$")
    if port.lldp is not None:
        lines += [] if port.lldp else ["no lldp transmit", "no lldp receive"]
        ours.append(r"no lldp (transmit|receive)$")
    return lines, re.compile("|".join(ours))


def _membership(port: Port, sections: Sections) -> list[str]:
    if port.mode is PortMode.ACCESS:
        vlan = [f"switchport access vlan {port.native_vlan}"] if port.native_vlan != 1 else []
        return [*vlan, "switchport mode access"]
    # Where another port of the switch tells its encapsulation, it knows ISL too and must be told.
    isl = any(
        "switchport trunk encapsulation" in line for each in sections.values() for line in each
    )
    lines = ["switchport trunk encapsulation dot1q"] if isl else []
    if port.native_vlan != 1:
        lines.append(f"switchport trunk native vlan {port.native_vlan}")
    # The native VLAN crosses a trunk only when the list allows it as well.
    carried = vlan_list({port.native_vlan, *port.tagged_vlans})
    return [*lines, f"switchport trunk allowed vlan {carried}", "switchport mode trunk"]


def _priority(priority: PoePriority, sections: Sections, notes: list[str]) -> list[str]:
    if version_of(sections) < _PRIORITY_FROM:
        notes.append("Priorité PoE des ports\u00a0: ce commutateur ne la connaît pas (IOS 15.2)")
        return []
    if priority is PoePriority.CRITICAL:
        notes.append("Priorité PoE critique\u00a0: IOS n’a que «\u00a0high\u00a0»")
    return [] if priority is PoePriority.LOW else ["power inline port priority high"]


def version_of(sections: Sections) -> tuple[int, int]:
    """Return the release train that the running configuration tells, (0, 0) for none."""
    for header in sections:
        told = re.match(r"version (\d+)\.(\d+)", header)
        if told:
            return int(told[1]), int(told[2])
    return 0, 0


def _management_claims(management: Management, sections: Sections) -> Iterator[Claim]:
    if management.ntp_servers is not None:
        lines = [worded(f"ntp server {host}", sections) for host in management.ntp_servers]
        yield Claim("", lines, re.compile(r"ntp server "))
    if management.syslog_servers is not None:
        lines = [
            worded(f"logging host {host}", sections, f"logging {host}")
            for host in management.syslog_servers
        ]
        yield Claim("", lines, re.compile(r"logging (host |\d+\.)"))
    for word, value in (("contact", management.contact), ("location", management.location)):
        if value is not None:
            yield Claim("", [f"snmp-server {word} {value}"], re.compile(f"snmp-server {word} "))
    for account in management.accounts or ():
        line = f"username {account.name} privilege 15 secret ‹secret:{account.password_secret}›"
        yield Claim("", [line], re.compile(f"username {re.escape(account.name)} "))
    if management.http is not None:
        yield Claim(
            "",
            [] if management.http else ["no ip http server"],
            re.compile(r"(no )?ip http server$"),
        )
    if management.telnet is not None:
        spoken = "transport input telnet ssh" if management.telnet else "transport input ssh"
        for header in sections:
            if header.startswith("line vty "):
                yield Claim(header, [spoken], re.compile(r"(no )?transport input\b"))


def _management_notes(intent: DeviceIntent, sections: Sections) -> list[str]:
    notes = []
    if intent.management.snmp_users is not None:
        notes.append(
            "Utilisateurs SNMPv3\u00a0: IOS ne les montre pas dans sa configuration et ce qui ne "
            "peut être relu n’est pas envoyé\u00a0; à créer par «\u00a0snmp-server user\u00a0»"
        )
    accounts = [head.split()[1] for head in sections if head.startswith("username ")]
    notes += unplanned_accounts(intent, accounts)
    if "archive" not in sections:
        notes.append(
            "Sans «\u00a0archive\u00a0» et «\u00a0path\u00a0», ce commutateur ne défait un "
            "changement qu’en redémarrant"
        )
    return notes


def risk(running: str, intended: str, management_vlan: int | None) -> Risk:
    """Any change of a port that carries the management VLAN may cut the path, ours or an AP's."""
    before, after = sections_of(running), sections_of(intended)
    managed = management_vlan or 1
    reasons = []
    for header in {**before, **after}:
        pair = before.get(header), after.get(header)
        if pair[0] is not None and pair[1] is not None and set(pair[0]) == set(pair[1]):
            continue
        port = _PORT_HEADER.match(header)
        vlan_interface = re.match(r"^interface Vlan\d+$", header)
        if port and not vlan_interface:
            if any(_carries(lines or (), managed) for lines in pair):
                reasons.append(f"le port {port[1]} porte le VLAN d’administration {managed}")
        elif header.startswith("username ") and pair[1] is None:
            reasons.append(f"le compte {header.split()[1]} change ou disparaît")
        elif vlan_interface or header.startswith(("ip default-gateway", "ip route", "line vty")):
            reasons.append(f"«\u00a0{header}\u00a0» fait partie du chemin d’administration")
    return Risk(tuple(reasons))


def _carries(lines: Sequence[str], vlan: int) -> bool:
    told = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in lines}
    mode = told.get("switchport mode")
    access = int(told.get("switchport access vlan", "1")) == vlan
    allowed = told.get("switchport trunk allowed vlan")
    trunk = allowed is None or vlan in vlan_ids(allowed)
    if mode == "access":
        return access
    # Without a told mode the two ends agree on one ("dynamic"): either may be.
    return trunk if mode == "trunk" else access or trunk
