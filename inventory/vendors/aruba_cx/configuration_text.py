"""The running configuration of an AOS-CX switch as one text with one way to say each thing."""

import re
from collections.abc import Mapping, Sequence

from inventory.vendors.switching import LOGGED, vlan_ids

INDENT = "    "
# Lines of the display that change by themselves or are not configuration.
_NOISE = re.compile(rf"^(!|Current configuration|Startup configuration|WARNING\b|{LOGGED}|\s*$)")
PORT = re.compile(r"^interface \d+/\d+/\d+$")
_NOT_ACCESS = re.compile(r"^(vlan (access|trunk)|lag|routing|ip address|vrf attach)\b")
_DEFAULTS = {
    "shutdown",
    "power-over-ethernet",
    "power-over-ethernet priority low",
    "vlan trunk allowed all",
    "lldp transmit",
    "lldp receive",
}


def normalise(answers: Sequence[str]) -> str:
    """Return the running configuration as one text with one way to say each thing.

    VLAN lists are one VLAN a line (`vlan trunk allowed` adds, so each is a line of its own), VLANs
    shown together are shown apart, and a port's defaults are told in one way whatever the release
    shows: shut, powered and all VLANs of a trunk are silent, access VLAN 1 is said.
    """
    sections: dict[str, list[str]] = {}
    below: list[str] = []
    for line in (line.rstrip() for answer in answers for line in answer.splitlines()):
        if _NOISE.match(line):
            continue
        if line[0] == " ":
            below.append(line)
            continue
        for header in _headers(line):
            below = sections.setdefault(header, [])
    return _text({header: _canonical(header, lines) for header, lines in sections.items()})


def _headers(line: str) -> list[str]:
    match = re.fullmatch(r"vlan ([\d,-]+)", line)
    return [f"vlan {vlan}" for vlan in vlan_ids(match[1])] if match else [line]


def _canonical(header: str, lines: Sequence[str]) -> list[str]:
    if not PORT.match(header):
        return list(lines)
    kept: list[str] = []
    for line in lines:
        word = line.strip()
        if word in _DEFAULTS:
            continue
        if word.startswith("vlan trunk allowed "):
            listed = word.removeprefix("vlan trunk allowed ")
            kept += [f"{INDENT}vlan trunk allowed {vlan}" for vlan in vlan_ids(listed)]
        else:
            kept.append(line)
    if not any(_NOT_ACCESS.match(line.strip()) for line in kept):
        kept.append(f"{INDENT}vlan access 1")
    return kept


def _text(sections: Mapping[str, Sequence[str]]) -> str:
    return "".join(f"{line}\n" for head, below in sections.items() for line in (head, *below))


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
