"""The running configuration of an IOS switch as one text with one way to say each thing."""

import re
from collections.abc import Iterator, Sequence

from inventory.vendors.switching import LOGGED, vlan_ids, vlan_list

# What changes by itself or is not configuration.
_NOISE = re.compile(
    r"^(!|\s*$|end$|Building configuration|Current configuration|Using \d+ out of|"
    rf"ntp clock-period |ip http server$|{LOGGED})"
)
_VLAN_ROW = re.compile(r"^(\d+)\s+(\S.*?)\s+(?:active|act/lshut|suspended|sus/lshut)\b")
_RESERVED = range(1002, 1006)  # the VLANs of FDDI and token ring, which cannot be changed
_BPS = re.compile(r"^(\s*storm-control \S+ level bps) ([\d.]+)([kmg]?)((?: .*)?)$")
_UNIT = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def normalise(answers: Sequence[str]) -> str:
    """Return the running configuration, with the VLANs that only `show vlan brief` tells.

    VLANs shown together are shown apart; a trunk's list that is cut into several lines is one;
    DHCP snooping is told VLAN by VLAN; a rate of storm control has the largest unit that fits.
    """
    configuration, *others = answers
    lines = list(_canonical(line.rstrip() for line in configuration.splitlines()))
    known = {line for line in lines if line.startswith("vlan ")}
    for line in (line for answer in others for line in answer.splitlines()):
        row = _VLAN_ROW.match(line)
        if row and f"vlan {row[1]}" not in known and int(row[1]) not in (1, *_RESERVED):
            lines += [f"vlan {row[1]}", *_name(int(row[1]), row[2])]
    return "".join(f"{line}\n" for line in lines)


def _name(number: int, name: str) -> list[str]:
    return [] if name == f"VLAN{number:04d}" else [f" name {name}"]


def _canonical(lines: Iterator[str]) -> Iterator[str]:
    trunk: list[int] = []
    for line in lines:
        allowed = re.match(r"^ switchport trunk allowed vlan (?:add )?([\d,-]+)$", line)
        if allowed:
            trunk += vlan_ids(allowed[1])
            continue
        if trunk:
            yield f" switchport trunk allowed vlan {vlan_list(trunk)}"
            trunk = []
        if not _NOISE.match(line):
            yield from _apart(line)


def _apart(line: str) -> Iterator[str]:
    vlans = re.fullmatch(r"vlan ([\d,-]+)", line)
    snooped = re.fullmatch(r"ip dhcp snooping vlan ([\d,-]+)", line)
    if vlans:
        yield from (f"vlan {number}" for number in vlan_ids(vlans[1]))
    elif snooped:
        yield from (f"ip dhcp snooping vlan {number}" for number in vlan_ids(snooped[1]))
    else:
        rate = _BPS.match(line)
        yield f"{rate[1]} {bps(float(rate[2]) * _UNIT[rate[3]])}{rate[4]}" if rate else line


def bps(rate: float) -> str:
    """Return a rate in bits per second as the switch shows it, in the largest unit that fits."""
    for unit in ("g", "m", "k"):
        if rate >= _UNIT[unit] and rate % _UNIT[unit] == 0:
            return f"{rate / _UNIT[unit]:.0f}{unit}"
    return f"{rate:.0f}"
