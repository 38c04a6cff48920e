"""What an intent means on an ArubaOS-Switch: the lines that we own, and what a change may cut."""

import re
from collections.abc import Iterator, Mapping, Sequence

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, Management, PoePriority, Port, PortMode
from inventory.vendors.configuration import Rendered, Risk
from inventory.vendors.indented import Claim, merged
from inventory.vendors.procurve.configuration_text import INDENT, ports
from inventory.vendors.switching import (
    refuse_long_texts,
    refuse_untrusted_snooping,
    unplanned_vlans,
    worded,
)

_NOTHING = re.compile(r"(?!)")
_ADDRESS = re.compile(r"^[\d.]+$|^[\dA-Fa-f:]+:[\dA-Fa-f:]*$")
_RELEASE = re.compile(r"^; .* release #[A-Z]+\.(\d+)\.(\d+)")
_MOST_SNTP_SERVERS = 3  # "Management and Configuration Guide" 16.08, time protocols
_RATE_IN_KBPS_FROM = (15, 10)

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

    Raises InvalidInput for a port that the switch does not have or that is a member of a trunk in
    the sense of HPE: a link aggregation; and for DHCP snooping without a trusted port.
    """
    sections = sections_of(running)
    notes: list[str] = []
    refuse_long_texts(intent, hostname=32, description=64)
    for port in intent.ports:
        _refuse_unfit(port.name, sections)
        if port.mode is PortMode.TRUNK and not set(port.tagged_vlans) - {port.native_vlan}:
            notes.append(
                f"Port {port.name}\u00a0: sans VLAN étiqueté, rien ne le distingue ici d’un accès"
            )
    named = {f"interface {port.name}" for port in intent.ports}
    others = {line for head, each in sections.items() if head not in named for line in each}
    refuse_untrusted_snooping(intent, trusted="dhcp-snooping trust" in others)
    claims = [
        *_vlan_claims(intent, sections),
        *_global_claims(intent),
        *(_port_claim(port, sections, notes) for port in intent.ports),
        *_management_claims(intent.management, sections, notes),
    ]
    present = [int(head.split()[1]) for head in sections if re.fullmatch(r"vlan \d+", head)]
    notes += unplanned_vlans(intent, present)
    return Rendered(merged(running, claims, INDENT), tuple(dict.fromkeys(notes)))


def _refuse_unfit(name: str, sections: Sections) -> None:
    # A port in its default state is not named but as a member of a VLAN.
    members = {
        line.split()[-1] for head, below in sections.items() for line in _members(head, below)
    }
    if name in members:
        return
    for header in sections:
        group = re.match(r"trunk (\S+) (\S+)", header, re.IGNORECASE)
        if group and name in ports(group[1]):
            raise InvalidInput(f"the port {name} is a member of the link aggregation {group[2]}")
    raise InvalidInput(
        f"the switch has no port {name}", todo="name its ports as it does, as 5 or A1"
    )


def _members(header: str, below: Sequence[str]) -> list[str]:
    if not re.fullmatch(r"vlan \d+", header):
        return []
    return [line for line in below if line.startswith(("tagged ", "untagged "))]


def _vlan_claims(intent: DeviceIntent, sections: Sections) -> Iterator[Claim]:
    """Yield the name of each planned VLAN, and the membership of each named port in every VLAN."""
    names = "|".join(re.escape(port.name) for port in intent.ports)
    ours = re.compile(f"(?:tagged|untagged) (?:{names})$") if names else _NOTHING
    present = [head for head in sections if re.fullmatch(r"vlan \d+", head)]
    for vlan in intent.vlans:
        if vlan.id != 1:
            yield Claim(f"vlan {vlan.id}", [f'name "{vlan.name}"'], re.compile(r"name "))
    for header in dict.fromkeys([*present, *(f"vlan {vlan.id}" for vlan in intent.vlans)]):
        number = int(header.split()[1])
        lines = [line for port in intent.ports for line in _membership(port, number)]
        yield Claim(header, lines, ours)


def _membership(port: Port, vlan: int) -> list[str]:
    if vlan == port.native_vlan:
        return [f"untagged {port.name}"]
    tagged = port.mode is PortMode.TRUNK and vlan in port.tagged_vlans
    return [f"tagged {port.name}"] if tagged else []


def _global_claims(intent: DeviceIntent) -> Iterator[Claim]:
    if intent.hostname:
        yield Claim("", [f'hostname "{intent.hostname}"'], re.compile(r"hostname "))
    for vlan in intent.vlans:
        if vlan.dhcp_snooping is not None:
            line = f"dhcp-snooping vlan {vlan.id}"
            yield Claim("", [line] if vlan.dhcp_snooping else [], re.compile(f"{line}$"))
    if any(vlan.dhcp_snooping for vlan in intent.vlans):
        yield Claim("", ["dhcp-snooping"], _NOTHING)
    for port in intent.ports:
        if port.lldp is not None:
            start = f"lldp admin-status {port.name} "
            lines = [] if port.lldp else [f"{start}disable"]
            yield Claim("", lines, re.compile(re.escape(start)))
    if any(port.lldp for port in intent.ports):
        yield Claim("", [], re.compile(r"no lldp run$"))


def _port_claim(port: Port, sections: Sections, notes: list[str]) -> Claim:
    """Return what is ours of one port; what the intent does not tell is the installer's."""
    lines = [] if port.enabled else ["disable"]
    ours = [r"disable$"]
    if port.description:
        lines.append(f'name "{port.description}"')
        ours.append(r"name ")
    if port.poe is not None:
        lines += [] if port.poe else ["no power-over-ethernet"]
        # A port without power shows no priority.
        ours.append(r"no power-over-ethernet$" if port.poe else r"(no )?power-over-ethernet\b")
    if port.poe_priority is not None:
        there = sections.get(f"interface {port.name}", ())
        powered = port.poe if port.poe is not None else "no power-over-ethernet" not in there
        if not powered:
            notes.append(f"Port {port.name}\u00a0: sans PoE, sa priorité ne se règle pas")
        ranked = port.poe_priority is not PoePriority.LOW and powered
        lines += [f"power-over-ethernet {port.poe_priority}"] if ranked else []
        ours.append(r"power-over-ethernet (critical|high|low)$")
    if port.storm_control_kbps is not None:
        lines += _rates(port.storm_control_kbps, sections, notes)
        ours.append(r"rate-limit (bcast|mcast) in ")
    if port.dhcp_snooping_trusted is not None:
        lines += ["dhcp-snooping trust"] if port.dhcp_snooping_trusted else []
        ours.append(r"dhcp-snooping trust$")
    return Claim(f"interface {port.name}", lines, re.compile("|".join(ours)))


def _rates(kbps: int, sections: Sections, notes: list[str]) -> list[str]:
    if not kbps:
        return []
    if release_of(sections) < _RATE_IN_KBPS_FROM:
        notes.append("Limite de diffusion\u00a0: ce micrologiciel ne la compte pas en kbit/s")
        return []
    return [f"rate-limit {kind} in kbps {kbps}" for kind in ("bcast", "mcast")]


def release_of(sections: Sections) -> tuple[int, int]:
    """Return the firmware's release that the configuration tells (`#WC.16.05.…`), or (0, 0)."""
    for header in sections:
        told = _RELEASE.match(header)
        if told:
            return int(told[1]), int(told[2])
    return 0, 0


def _management_claims(
    management: Management, sections: Sections, notes: list[str]
) -> Iterator[Claim]:
    if management.ntp_servers is not None:
        yield Claim("", _sntp(management.ntp_servers, notes), re.compile(r"(timesync|sntp) "))
    if management.syslog_servers is not None:
        lines = [worded(f"logging {host}", sections) for host in management.syslog_servers]
        yield Claim("", lines, re.compile(r"logging \d"))
    for word, value in (("contact", management.contact), ("location", management.location)):
        if value is not None:
            yield Claim("", [f'snmp-server {word} "{value}"'], re.compile(f"snmp-server {word} "))
    for line, wanted in (
        ("no telnet-server", management.telnet),
        ("no web-management", management.http),
    ):
        if wanted is not None:
            yield Claim("", [] if wanted else [line], re.compile(f"{line}$"))
    yield from _credentials(management, sections, notes)


def _sntp(servers: Sequence[str], notes: list[str]) -> list[str]:
    usable = [server for server in servers if _ADDRESS.match(server)][:_MOST_SNTP_SERVERS]
    left = [server for server in servers if server not in usable]
    if left:
        notes.append(f"Heure\u00a0: SNTP ne prend que trois adresses, sans {', '.join(left)}")
    listed = [f"sntp server priority {rank} {each}" for rank, each in enumerate(usable, 1)]
    return ["timesync sntp", "sntp unicast", *listed] if usable else []


def _credentials(management: Management, sections: Sections, notes: list[str]) -> Iterator[Claim]:
    """Yield accounts and SNMPv3 users, where the switch shows what it has of them."""
    if not management.accounts and not management.snmp_users:
        return
    if "include-credentials" not in sections:
        notes.append(
            "Compte et SNMPv3\u00a0: sans «\u00a0include-credentials\u00a0» le commutateur ne "
            "les montre pas, et ce qui ne peut être relu n’est pas envoyé"
        )
        return
    present = _manager(sections)
    for account in management.accounts or ():
        if account.name != (present or account.name):
            # Another name would take the place of the one that we log in with.
            notes.append(
                f"Compte {account.name}\u00a0: non envoyé, le seul compte «\u00a0manager\u00a0» "
                f"de ce commutateur est {present}\u00a0; les autres se créent sur place"
            )
            continue
        secret = f"‹secret:{account.password_secret}›"
        line = f'password manager user-name "{account.name}" {secret}'
        yield Claim("", [line], re.compile(r"password manager "))
    if management.snmp_users and "snmpv3 enable" not in sections:
        notes.append(
            "SNMPv3\u00a0: «\u00a0snmpv3 enable\u00a0» pose des questions, à faire sur place"
        )
        return
    for user in management.snmp_users or ():
        auth, priv = f"‹secret:{user.auth_secret}›", f"‹secret:{user.priv_secret}›"
        start = f'snmpv3 user "{user.name}"'
        yield Claim("", [f"{start} auth sha {auth} priv aes {priv}"], re.compile(f"{start}( |$)"))
        group = f'snmpv3 group operatorauth user "{user.name}" sec-model ver3'
        yield Claim("", [group], re.compile(f'snmpv3 group \\S+ user "{user.name}" '))


def _manager(sections: Sections) -> str | None:
    """Return the name of the manager, None where the switch has its default one."""
    for header in sections:
        told = re.match(r'password manager user-name "?([^" ]+)"? ', header)
        if told:
            return told[1]
    return None


def risk(running: str, intended: str, management_vlan: int | None) -> Risk:
    """Any port that enters or leaves the management VLAN may cut the path, ours or an AP's."""
    before, after = sections_of(running), sections_of(intended)
    managed = f"vlan {management_vlan or 1}"
    reasons = []
    carried = {
        line.split()[-1]
        for each in (before, after)
        for line in _members(managed, each.get(managed, ()))
    }
    for header in {**before, **after}:
        pair = before.get(header), after.get(header)
        if pair[0] is not None and pair[1] is not None and set(pair[0]) == set(pair[1]):
            continue
        if header.startswith("interface ") and header.split()[1] in carried:
            reasons.append(f"le port {header.split()[1]} porte le VLAN d’administration")
        elif header.startswith("password manager ") and pair[1] is None:
            reasons.append("le compte «\u00a0manager\u00a0» change")
        elif header == managed:
            changed = set(pair[0] or ()) ^ set(pair[1] or ())
            reasons += [
                f"le port {line.split()[-1]} change dans le VLAN d’administration"
                for line in sorted(changed)
                if line.startswith(("tagged ", "untagged "))
            ]
        elif header.startswith(("ip default-gateway", "ip route", "ip ssh", "management-vlan")):
            reasons.append(f"«\u00a0{header}\u00a0» fait partie du chemin d’administration")
    return Risk(tuple(dict.fromkeys(reasons)))
