"""What the running configuration of an IOS switch says in the terms of intent."""

import re
from collections.abc import Sequence
from typing import Any

from inventory.intent import Management, PoePriority, Port, PortMode, Vlan
from inventory.vendors.configuration import Adoption
from inventory.vendors.ios.configuration_facts import Sections, sections_of
from inventory.vendors.switching import adoption, one_line, slug, vlan_ids

_PORT = re.compile(r"^interface ((?!Vlan|Loopback|Port-channel)[A-Za-z]+[\d/]+)$")
_RATE = re.compile(r"^storm-control broadcast level bps ([\d.]+)([kmg]?)")
_UNIT = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def adopt(running: str) -> Adoption:
    """Return the layer that leads to what the switch has now, as far as intent can say it."""
    sections = sections_of(running)
    hostname = _after(sections, "hostname ")
    notes = []
    if any(head.startswith("username ") for head in sections):
        notes.append("Comptes\u00a0: leurs mots de passe sont hachés et ne peuvent être repris")
    ports = []
    for header, lines in sections.items():
        port = _PORT.match(header)
        if not port or not lines:
            continue
        unfit = [
            line for line in lines if line.startswith(("channel-group", "no switchport", "ip a"))
        ]
        told = _port(port[1], lines)
        if unfit or told is None:
            notes.append(f"Port {port[1]}\u00a0: non repris («\u00a0{(unfit or lines)[0]}\u00a0»)")
        else:
            ports.append(told)
    return adoption(
        hostname=hostname,
        vlans=_vlans(sections),
        ports=ports,
        management=_management(sections),
        notes=notes,
    )


def _vlans(sections: Sections) -> dict[int, Vlan | str | None]:
    snooped = {
        head.rpartition(" ")[2] for head in sections if head.startswith("ip dhcp snooping v")
    }
    found: dict[int, Vlan | str | None] = {}
    for header, lines in sections.items():
        match = re.fullmatch(r"vlan (\d+)", header)
        if match:
            name = next((line[5:] for line in lines if line.startswith("name ")), None)
            safe = slug(name or "")
            trusted = match[1] in snooped
            fits = name == safe and trusted
            found[int(match[1])] = (
                Vlan(id=int(match[1]), name=safe, dhcp_snooping=True) if fits else name
            )
    return found


def _port(name: str, lines: Sequence[str]) -> Port | None:
    """Return a port, None where its mode is left to the two ends."""
    mode = next((line.split()[-1] for line in lines if line.startswith("switchport mode ")), None)
    if mode not in {"access", "trunk"}:
        return None
    told = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in lines}
    facts: dict[str, Any] = {"name": name, "mode": mode, "enabled": "shutdown" not in lines}
    if mode == "access":
        facts["native_vlan"] = int(told.get("switchport access vlan", "1"))
    else:
        native = int(told.get("switchport trunk native vlan", "1"))
        listed = told.get("switchport trunk allowed vlan")
        if listed is None or native not in vlan_ids(listed):
            return None  # every VLAN, or tagged ones alone: intent cannot say it
        facts["native_vlan"] = native
        facts["tagged_vlans"] = tuple(each for each in vlan_ids(listed) if each != native)
    description = next((line[12:] for line in lines if line.startswith("description ")), None)
    facts["description"] = one_line(description)
    facts |= _extras(lines)
    return Port.model_validate({**facts, "mode": PortMode(mode)})


def _extras(lines: Sequence[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "power inline never" in lines:
        facts["poe"] = False
    if "power inline port priority high" in lines:
        facts["poe_priority"] = PoePriority.HIGH
    if "ip dhcp snooping trust" in lines:
        facts["dhcp_snooping_trusted"] = True
    if {"no lldp transmit", "no lldp receive"} <= set(lines):
        facts["lldp"] = False
    rate = next((match for line in lines if (match := _RATE.match(line))), None)
    if rate and f"{rate[0].replace('broadcast', 'multicast')}" in lines:
        facts["storm_control_kbps"] = round(float(rate[1]) * _UNIT[rate[2]] / 1000)
    return facts


def _management(sections: Sections) -> Management:
    ntp = [head.split()[2] for head in sections if re.fullmatch(r"ntp server [\w.:-]+", head)]
    logs = [head.split()[-1] for head in sections if re.fullmatch(r"logging (host )?[\d.]+", head)]
    lines = [set(below) for head, below in sections.items() if head.startswith("line vty ")]
    only_ssh = bool(lines) and all("transport input ssh" in each for each in lines)
    return Management(
        ntp_servers=tuple(ntp) or None,
        syslog_servers=tuple(logs) or None,
        contact=one_line(_after(sections, "snmp-server contact ")),
        location=one_line(_after(sections, "snmp-server location ")),
        telnet=False if only_ssh else None,
        http=False if "no ip http server" in sections else None,
    )


def _after(sections: Sections, start: str) -> str | None:
    return next((head.removeprefix(start) for head in sections if head.startswith(start)), None)
