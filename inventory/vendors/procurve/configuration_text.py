"""The running configuration of an ArubaOS-Switch as one text with one way to say each thing."""

import re
from collections.abc import Iterator, Sequence

from inventory.vendors.switching import LOGGED, vlan_ids

INDENT = "   "
# What changes by itself, is not configuration, or says no more than the default.
_NOISE = re.compile(
    r"^(\s*$|Running configuration:|Startup configuration:|; Ver #|\s+exit$|\s+no ip address$|"
    rf"\s+no untagged |!|{LOGGED})"
)
_PORT = re.compile(r"^((?:\d+/|Trk)?[A-L]?)(\d+)$", re.IGNORECASE)
_MEMBER = re.compile(r"^\s+(?:un)?tagged ((?!Trk)\S+)$")
_QUOTED = r'("[^"]*"|\S+)'


def normalise(answers: Sequence[str]) -> str:
    """Return the running configuration with one member of a VLAN a line.

    A line that speaks of several ports, VLANs or facts is one line each; names that a VLAN has by
    itself (`VLAN20`) and what follows from another VLAN (`no untagged 5`) are silent.
    """
    lines: list[str] = []
    header = ""
    for line in (line.rstrip() for answer in answers for line in answer.splitlines()):
        if _NOISE.match(line):
            continue
        if not line.startswith(" "):
            header = line
        lines += _apart(line, header)
    return "".join(f"{line}\n" for line in [*lines, *_untold_ports(lines)])


def _untold_ports(lines: Sequence[str]) -> list[str]:
    """Return the headers of ports in their default state, of which the switch says nothing."""
    told = {line for line in lines if line.startswith("interface ")}
    members = (_MEMBER.match(line) for line in lines)
    headers = dict.fromkeys(f"interface {match[1]}" for match in members if match)
    return [header for header in headers if header not in told]


def _apart(line: str, header: str) -> Iterator[str]:
    word = line.strip()
    if line.startswith(" "):
        member = re.fullmatch(r"(tagged|untagged) (\S+)", word)
        if member and header.startswith("vlan "):
            yield from (f"{INDENT}{member[1]} {port}" for port in ports(member[2]))
        elif word != f'name "VLAN{header.removeprefix("vlan ")}"':
            yield f"{INDENT}{word}"
        return
    yield from _margin(line)


def _margin(line: str) -> Iterator[str]:
    snooped = re.fullmatch(r"dhcp-snooping vlan ([\d\s,-]+)", line)
    silent = re.fullmatch(r"lldp admin-status (\S+) (\S+)", line, re.IGNORECASE)
    told = re.fullmatch(rf"snmp-server contact {_QUOTED} location {_QUOTED}", line)
    if snooped:
        listed = ",".join(snooped[1].split())
        yield from (f"dhcp-snooping vlan {number}" for number in vlan_ids(listed))
    elif silent:
        yield from (f"lldp admin-status {port} {silent[2].lower()}" for port in ports(silent[1]))
    elif told:
        yield f"snmp-server contact {told[1]}"
        yield f"snmp-server location {told[2]}"
    else:
        yield line


def ports(listed: str) -> list[str]:
    """Return the ports of a list as the switch writes it: `1-4,A1-A2,Trk1`, `1/1-1/24`."""
    found: list[str] = []
    for part in listed.split(","):
        first, _, last = part.partition("-")
        low, high = _PORT.match(first), _PORT.match(last or first)
        if low and high:
            numbers = range(int(low[2]), int(high[2]) + 1)
            found += [f"{low[1]}{number}" for number in numbers]
        else:
            found.append(part)
    return found
