"""How an HPE ProCurve or ArubaOS-Switch is configured: its CLI over SSH (2530, 2920, 2930F …).

Sources: HPE "ArubaOS-Switch Management and Configuration Guide" 16.08 (5200-5481) and 16.07
(5200-5364): PoE, rate limits, SNTP, system information; "Advanced Traffic Management Guide" 16.08:
static VLANs; "Access Security Guide" 16.08 (5200-5473), 16.10 (5200-6748): `password`,
`include-credentials`, DHCP snooping, SNMPv3 credentials (16.07, 5200-5361); "Basic Operation Guide"
16.09 (5200-5911): `reload after` loses what is not saved and asks nothing about it.

The guard is that: nothing is saved until it is confirmed, and the switch restarts by itself unless
`no reload` is said. `cfg-restore` (16.05 on) puts a saved configuration back without a restart, but
only when it is asked to: no timer of the switch was found that does.

Of the switch we own its hostname, the names of the VLANs of the plan, of each named port what the
intent says of it, and of its management what the intent tells; everything else is left as it is.
"""

import math
import re
from collections.abc import Iterator, Sequence

from inventory.vendors.configuration import (
    Configuration,
    Dialect,
    Exchange,
    Guard,
    PowerCycle,
)
from inventory.vendors.indented import (
    IndentedGrammar,
    blocks_of,
    clear,
    hashed,
    typed_lines,
)
from inventory.vendors.procurve.configuration_adoption import adopt
from inventory.vendors.procurve.configuration_facts import render, risk
from inventory.vendors.procurve.configuration_text import normalise

_QUOTED = r'(?:"[^"]*"|\S+)'
_SECRETS = (
    hashed(
        rf"^password manager user-name {_QUOTED} ", rf"(?:sha1|sha256) {_QUOTED}", 'plaintext "{}"'
    ),
    hashed(r"^snmpv3 user .*\bauth sha ", _QUOTED, '"{}"'),
    hashed(r"^snmpv3 user .*\bpriv aes ", _QUOTED, '"{}"'),
    clear(r"^password .*\b(?:sha1|sha256|plaintext) ", _QUOTED),
    clear(r"^snmpv3 user .*\bauth (?:md5|sha) ", _QUOTED),
    clear(r"^snmpv3 user .*\bpriv (?:des |aes )?(?!aes |des )", _QUOTED),
    clear(r"^snmp-server community ", _QUOTED),
    clear(r"^snmp-server host \S+ community ", _QUOTED),
    clear(r"\b(?:key|encrypted-key|key-string|secret-key|psk) ", _QUOTED, "$"),
)
_REPLACES = (
    (r"^hostname ",),
    (r"^password (manager|operator) ",),
    (r"^snmp-server (contact|location) ",),
    (r"^snmpv3 user (\S+)",),
    (r"^snmpv3 group \S+ user (\S+)",),
    (r"^timesync ",),
    (r"^sntp server priority (\d+) ",),
    (r"^vlan ", r"^name "),
    (r"^interface ", r"^name "),
    (r"^interface ", r"^power-over-ethernet (?:critical|high|low)$"),
    (r"^interface ", r"^rate-limit (bcast|mcast) in "),
)
# What the `no` form of a line wants. `no power-over-ethernet critical` would take the power away.
_NEGATIONS = (
    (r"^(\s*no (?:name|hostname)) .*", r"\1"),
    (r"^(\s*)no disable$", r"\1enable"),
    (r"^(\s*)no power-over-ethernet (?:critical|high)$", r"\1power-over-ethernet low"),
    (r"^(\s*no rate-limit (?:bcast|mcast) in) .*", r"\1"),
    (r"^no (lldp admin-status \S+) \S+$", r"\1 tx_rx"),
    (r"^(no snmp-server (?:contact|location)) .*", r"\1"),
    (r"^(no password (?:manager|operator)) .*", r"\1"),
    (r"^(no snmpv3 user \S+) .*", r"\1"),
)
_OPENS = re.compile(r"^(interface|vlan) ")
_MEMBER = re.compile(r"^\s*(no )?(tagged|untagged) (\S+)$")


def arrange(lines: Sequence[str]) -> list[str]:
    """Return remediation lines in an order in which no port is ever without a VLAN.

    A port enters its new VLANs before it leaves the old ones. Entering a VLAN untagged takes it out
    of the VLAN where it was so ("Advanced Traffic Management Guide", static VLANs): that need not
    be said. DHCP snooping starts once the ports that it trusts are told, and ends before them.
    """
    blocks = blocks_of(lines)
    moved = {
        match[3]
        for header, *below in blocks
        if header.startswith("vlan ")
        for line in below
        if (match := _MEMBER.match(line)) and not match[1] and match[2] == "untagged"
    }
    parts = [part for block in blocks for part in _parts(block, moved)]
    return [line for _, block in sorted(parts, key=lambda part: part[0]) for line in block]


def _parts(block: Sequence[str], moved: set[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield what is sent of one section, with its place in the order."""
    header, *below = block
    if not header.startswith("vlan "):
        first = header.startswith("no dhcp-snooping")
        last = header.startswith("no vlan ")
        after = header.startswith(("dhcp-snooping", "no sntp", "no timesync"))
        # A word about its priority could give a port its power back.
        lines = sorted(below, key=lambda line: line.strip() == "no power-over-ethernet")
        yield 0 if first else 5 if last else 4 if after else 2, [header, *lines]
        return
    entered = {match[3] for line in below if (match := _MEMBER.match(line)) and not match[1]}
    enter = [line for line in below if not (_MEMBER.match(line) and line.strip().startswith("no "))]
    leave = [line for line in below if line not in enter and _must_leave(line, moved, entered)]
    if enter or not below:
        yield 1, [header, *enter]
    if leave:
        yield 3, [header, *leave]


def _must_leave(line: str, moved: set[str], entered: set[str]) -> bool:
    match = _MEMBER.match(line)
    assert match is not None
    return match[3] not in entered and not (match[2] == "untagged" and match[3] in moved)


def commands(lines: Sequence[str]) -> list[str]:
    """Return what is typed for remediation lines."""
    return typed_lines(lines, _OPENS)


def _minutes(seconds: int) -> int:
    return max(1, math.ceil(seconds / 60))


def _arm(seconds: int) -> tuple[Exchange, ...]:
    # A restart ends with what is saved: it must be what runs now.
    return (
        Exchange("show config status", accept=r"(?i)\bsame as\b"),
        *_schedule_reload(seconds),
    )


def _schedule_reload(seconds: int) -> tuple[Exchange, ...]:
    return (Exchange(f"reload after {_minutes(seconds)}"),)


def power_cycle(port: str) -> PowerCycle:
    """Return the lines that take the power from a port and give it back."""

    def said(line: str) -> tuple[Exchange, ...]:
        lines = ("configure terminal", f"interface {port}", line, "end")
        return tuple(Exchange(each) for each in lines)

    return PowerCycle(off=said("no power-over-ethernet"), on=said("power-over-ethernet"))


def _nothing(_lines: Sequence[str]) -> tuple[Exchange, ...]:
    return ()  # each line takes effect as it is typed


GRAMMAR = IndentedGrammar(
    # hier_config's own rules for ProCurve move membership below interfaces, in a form that only
    # newer firmware takes, and read one list of a VLAN alone: ours are lines of one member.
    platform="GENERIC",
    secrets=_SECRETS,
    replaces=_REPLACES,
    negations=_NEGATIONS,
    arrange=arrange,
)

GUARD = Guard(
    kind="scheduled_reload",
    arm=_arm,
    confirm=(Exchange("no reload"),),
    restore=(),
    waits_s=lambda seconds: _minutes(seconds) * 60,
    settle_s=300,
    reboots=True,
    arm_undoing=_schedule_reload,
)

CONFIGURATION = Configuration(
    device_type="hp_procurve",
    dialect=Dialect.CLI,
    prompt=r"[\r\n][\w.-]+(?:\([\w./-]+\))?# ?$",
    grammar=GRAMMAR,
    read=("show running-config",),
    unfinished=None,
    normalise=normalise,
    render=render,
    risk=risk,
    enter=("configure terminal",),
    commands=commands,
    leave=("end",),
    apply=_nothing,
    discard=(),
    save=(Exchange("write memory", timeout_s=120.0),),
    errors=(
        r"(?i)^\s*(invalid|ambiguous|incomplete) input",
        r"(?i)^\s*(error|failed|unable|cannot|module not present|no reload)\b",
        r"(?i)\b(not allowed|is not supported|out of range|does not exist|not found)\b",
        r"(?i)\bwould be orphaned\b",
    ),
    guard=GUARD,
    adopt=adopt,
    power_cycle=power_cycle,
    questions=((r"(?i:continue\s*[\[(]y/n[\])]\??\s*)", "y"),),
    # Passwords may be longer; those of SNMPv3 may not (16.10, "SNMPv3 user commands").
    secret_form=re.compile(r"[!#-&(->@-~]{1,32}"),
)
