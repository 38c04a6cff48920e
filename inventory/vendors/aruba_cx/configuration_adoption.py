"""What the running configuration of an AOS-CX switch says in the terms of intent."""

import re
from collections.abc import Sequence
from typing import Any

from inventory.intent import Management, Port, PortMode, Vlan
from inventory.vendors.aruba_cx.configuration_facts import Sections
from inventory.vendors.aruba_cx.configuration_text import PORT, sections_of
from inventory.vendors.configuration import Adoption
from inventory.vendors.switching import adoption, one_line, slug

_LEFT_OUT = re.compile(r"(lag \d+|routing|ip address .*|vrf attach .*|vlan trunk native \d+ tag)$")


def adopt(running: str) -> Adoption:
    """Return the layer that leads to what the switch has now, as far as intent can say it."""
    sections = sections_of(running)
    notes = []
    if any(head.startswith(("user ", "snmpv3 user ")) for head in sections):
        notes.append(
            "Comptes et SNMPv3\u00a0: leurs secrets sont chiffrés et ne peuvent être repris"
        )
    ports = []
    for header, lines in sections.items():
        if not PORT.match(header):
            continue
        name = header.removeprefix("interface ")
        unfit = next((line for line in lines if _LEFT_OUT.match(line)), None)
        told = None if unfit else _port(name, lines)
        if told is not None:
            ports.append(told)
        elif unfit or set(lines) - {"no shutdown", "no routing", "vlan access 1"}:
            notes.append(f"Port {name}\u00a0: non repris («\u00a0{unfit or lines[-1]}\u00a0»)")
    return adoption(
        hostname=_after(sections, "hostname "),
        vlans=_vlans(sections),
        ports=ports,
        management=_management(sections),
        notes=notes,
    )


def _vlans(sections: Sections) -> dict[int, Vlan | str | None]:
    found: dict[int, Vlan | str | None] = {}
    for header, lines in sections.items():
        match = re.fullmatch(r"vlan (\d+)", header)
        if match:
            name = next((line[5:] for line in lines if line.startswith("name ")), None)
            if "dhcpv4-snooping" in lines and name == slug(name or ""):
                found[int(match[1])] = Vlan(id=int(match[1]), name=name or "", dhcp_snooping=True)
            else:
                found[int(match[1])] = name
    return found


def _port(name: str, lines: Sequence[str]) -> Port | None:
    """Return a port that is not in its default state; None for others, and for what is not said."""
    allowed = [int(line.split()[-1]) for line in lines if line.startswith("vlan trunk allowed ")]
    native = next((int(line.split()[3]) for line in lines if line.startswith("vlan trunk n")), None)
    facts: dict[str, Any] = {"enabled": "no shutdown" in lines, **_extras(lines)}
    if native is not None:
        if native not in allowed:
            return None  # every VLAN, or tagged ones alone: intent cannot say it
        facts |= {
            "mode": PortMode.TRUNK,
            "native_vlan": native,
            "tagged_vlans": tuple(each for each in allowed if each != native),
        }
    else:
        access = next((line for line in lines if line.startswith("vlan access ")), "vlan access 1")
        facts["native_vlan"] = int(access.split()[-1])
    if facts == {"enabled": True, "native_vlan": 1}:
        return None
    return Port(name=name, **facts)


def _extras(lines: Sequence[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    description = next((line[12:] for line in lines if line.startswith("description ")), None)
    if one_line(description):
        facts["description"] = description
    if "no power-over-ethernet" in lines:
        facts["poe"] = False
    for level in ("critical", "high"):
        if f"power-over-ethernet priority {level}" in lines:
            facts["poe_priority"] = level
    if "dhcpv4-snooping trust" in lines:
        facts["dhcp_snooping_trusted"] = True
    if {"no lldp transmit", "no lldp receive"} <= set(lines):
        facts["lldp"] = False
    for line in lines:
        rate = re.fullmatch(r"rate-limit broadcast (\d+) kbps", line)
        if rate and f"rate-limit multicast {rate[1]} kbps" in lines:
            facts["storm_control_kbps"] = int(rate[1])
    return facts


def _management(sections: Sections) -> Management:
    ntp = [head.split()[2] for head in sections if head.startswith("ntp server ")]
    logs = [head.split()[1] for head in sections if re.fullmatch(r"logging [\w:-]+[.:]\S*", head)]
    return Management(
        ntp_servers=tuple(ntp) or None,
        syslog_servers=tuple(logs) or None,
        contact=one_line(_after(sections, "snmp-server system-contact ")),
        location=one_line(_after(sections, "snmp-server system-location ")),
    )


def _after(sections: Sections, start: str) -> str | None:
    return next((head.removeprefix(start) for head in sections if head.startswith(start)), None)
