"""What the running configuration of an ArubaOS-Switch says in the terms of intent."""

import re
from typing import Any

from inventory.intent import Management, Port, PortMode, Vlan
from inventory.vendors.configuration import Adoption
from inventory.vendors.procurve.configuration_facts import Sections, sections_of
from inventory.vendors.switching import adoption, one_line, slug


def adopt(running: str) -> Adoption:
    """Return the layer that leads to what the switch has now, as far as intent can say it."""
    sections = sections_of(running)
    notes = []
    if any(head.startswith("password ") for head in sections):
        notes.append("Comptes\u00a0: leurs mots de passe sont hachés et ne peuvent être repris")
    return adoption(
        hostname=_after(sections, "hostname "),
        vlans=_vlans(sections),
        ports=_ports(sections, notes),
        management=_management(sections),
        notes=notes,
    )


def _vlans(sections: Sections) -> dict[int, Vlan | str | None]:
    found: dict[int, Vlan | str | None] = {}
    for header, lines in sections.items():
        match = re.fullmatch(r"vlan (\d+)", header)
        if not match or match[1] == "1":
            continue
        name = next((line[5:].strip('"') for line in lines if line.startswith("name ")), None)
        snooped = f"dhcp-snooping vlan {match[1]}" in sections
        if snooped and name == slug(name or ""):
            found[int(match[1])] = Vlan(id=int(match[1]), name=name or "", dhcp_snooping=True)
        else:
            found[int(match[1])] = name
    return found


def _ports(sections: Sections, notes: list[str]) -> list[Port]:
    """Return the ports that are not in their default state."""
    untagged: dict[str, int] = {}
    tagged: dict[str, list[int]] = {}
    for header, lines in sections.items():
        match = re.fullmatch(r"vlan (\d+)", header)
        for kind, _, port in (line.partition(" ") for line in lines if match):
            if match and kind == "untagged":
                untagged[port] = int(match[1])
            elif match and kind == "tagged":
                tagged.setdefault(port, []).append(int(match[1]))
    found = []
    for name in dict.fromkeys([*untagged, *tagged]):
        facts = _facts(sections, name)
        if name not in untagged:
            notes.append(f"Port {name}\u00a0: non repris, sans VLAN non étiqueté")
        elif not name.startswith("Trk") and (facts or name in tagged or untagged[name] != 1):
            mode = PortMode.TRUNK if name in tagged else PortMode.ACCESS
            facts |= {"mode": mode, "tagged_vlans": tuple(tagged.get(name, ()))}
            found.append(Port(name=name, native_vlan=untagged[name], **facts))
    return found


def _facts(sections: Sections, name: str) -> dict[str, Any]:
    lines = sections.get(f"interface {name}", ())
    facts: dict[str, Any] = {}
    if "disable" in lines:
        facts["enabled"] = False
    if "no power-over-ethernet" in lines:
        facts["poe"] = False
    if "dhcp-snooping trust" in lines:
        facts["dhcp_snooping_trusted"] = True
    if f"lldp admin-status {name} disable" in sections:
        facts["lldp"] = False
    for line in lines:
        word, _, value = line.partition(" ")
        if word == "name" and one_line(value.strip('"')):
            facts["description"] = value.strip('"')
        elif word == "power-over-ethernet" and value in {"critical", "high"}:
            facts["poe_priority"] = value
        rate = re.fullmatch(r"rate-limit bcast in kbps (\d+)", line)
        if rate and f"rate-limit mcast in kbps {rate[1]}" in lines:
            facts["storm_control_kbps"] = int(rate[1])
    return facts


def _management(sections: Sections) -> Management:
    sntp = [head.split()[-1] for head in sections if head.startswith("sntp server priority ")]
    logs = [head.split()[1] for head in sections if re.fullmatch(r"logging [\d.]+", head)]
    return Management(
        ntp_servers=tuple(sntp) or None,
        syslog_servers=tuple(logs) or None,
        contact=one_line(_after(sections, "snmp-server contact ")),
        location=one_line(_after(sections, "snmp-server location ")),
        telnet=False if "no telnet-server" in sections else None,
        http=False if "no web-management" in sections else None,
    )


def _after(sections: Sections, start: str) -> str | None:
    told = next((head.removeprefix(start) for head in sections if head.startswith(start)), None)
    return told.strip('"') if told else None
