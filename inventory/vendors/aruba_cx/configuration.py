"""How an AOS-CX switch is configured: its CLI over SSH.

Sources: HPE Aruba AOS-CX 10.13, "Fundamentals Guide" (contexts, checkpoint commands, write memory,
NTP, logging), "Layer 2 Bridging Guide" (VLAN commands: `vlan trunk allowed` adds to the list),
"Monitoring Guide" (PoE, LLDP), "Quality of Service Guide" (`rate-limit`), "IP Services Guide"
(`dhcpv4-snooping`), "SNMP/MIB Guide" (`snmpv3 user`; 10.03, 5200-5950), "Security Guide" (`user`;
10.04, 5200-6713). `checkpoint auto`: "Command-Line Interface Guide" 10.04 (5200-6699), checkpoint
commands: 1 to 60 minutes; what is not confirmed in time is put back from the temporary checkpoint.
An unsaved running configuration does not survive a reload: a power cut ends with the old one too.

Of the switch we own its hostname, the names of the VLANs of the plan, of each named port what the
intent says of it, and of its management what the intent tells; everything else is left as it is.
"""

import math
import re
from collections.abc import Sequence

from inventory.vendors.aruba_cx.configuration_adoption import adopt
from inventory.vendors.aruba_cx.configuration_facts import render, risk
from inventory.vendors.aruba_cx.configuration_text import normalise
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

__all__ = ["CONFIGURATION", "GRAMMAR", "normalise", "render"]

_CIPHER = r"(?:ciphertext|plaintext) \S+"
_SECRETS = (
    hashed(r"^user \S+ group \S+ password ", _CIPHER, "plaintext {}"),
    hashed(r"^snmpv3 user .*\bauth-pass ", _CIPHER, "plaintext {}"),
    hashed(r"^snmpv3 user .*\bpriv-pass ", _CIPHER, "plaintext {}"),
    clear(r"\b(?:ciphertext|plaintext) "),
    clear(r"\bsnmp-server community "),
    clear(r"\b(?:auth-pass|priv-pass) "),
    clear(r"\b(?:pre-shared-key|shared-key|key-string|password|passphrase) ", after="$"),
)
# Lines of which a new one takes the place of the old one; hier_config knows some others.
_REPLACES = (
    (r"^user (\S+) group ",),
    (r"^snmpv3 user (\S+) ",),
    (r"^snmp-server system-(contact|location) ",),
    (r"^interface ", r"^power-over-ethernet priority "),
    (r"^interface ", r"^rate-limit (broadcast|multicast) "),
)
# What the `no` form of a line wants: often nothing after the keyword.
_NEGATIONS = (
    (r"^(\s*no (?:name|description)) .*", r"\1"),
    (r"^(\s*no rate-limit (?:broadcast|multicast)) .*", r"\1"),
    (r"^(\s*no power-over-ethernet priority) .*", r"\1"),
    (r"^(no ntp server \S+) .*", r"\1"),
    (r"^(no snmp-server system-(?:contact|location)) .*", r"\1"),
    (r"^(no (?:user|snmpv3 user) \S+) .*", r"\1"),
)
_OPENS = re.compile(r"^(interface|vlan) ")


def arrange(lines: Sequence[str]) -> list[str]:
    """Return remediation lines in an order in which no port carries more than before or after.

    A trunk whose list is empty carries every VLAN: what is taken off its list goes after what is
    added. `no vlan access` is left out where the port becomes a trunk: that alone ends the access
    mode. A VLAN is deleted once no port names it. DHCP snooping starts once the ports that it
    trusts are told, and ends before them.
    """

    def place(block: Sequence[str]) -> int:
        header = block[0]
        if header == "no dhcpv4-snooping":
            return 0
        if header == "dhcpv4-snooping":
            return 2
        return 3 if header.startswith("no vlan ") else 1

    blocks = sorted(blocks_of(lines), key=place)
    return [line for header, *below in blocks for line in (header, *_arranged(below))]


def _arranged(below: Sequence[str]) -> list[str]:
    words = [line.strip() for line in below]
    if any(word.startswith("vlan trunk ") for word in words):
        below = [line for line in below if not line.strip().startswith("no vlan access ")]
    if not any(word.startswith("vlan trunk allowed ") for word in words):
        return list(below)
    return sorted(below, key=lambda line: line.strip().startswith("no vlan trunk allowed "))


def commands(lines: Sequence[str]) -> list[str]:
    """Return what is typed for remediation lines: each section is left before the next begins."""
    return typed_lines(lines, _OPENS)


def power_cycle(port: str) -> PowerCycle:
    """Return the lines that take the power from a port and give it back."""

    def said(line: str) -> tuple[Exchange, ...]:
        lines = ("configure terminal", f"interface {port}", line, "end")
        return tuple(Exchange(each) for each in lines)

    return PowerCycle(off=said("no power-over-ethernet"), on=said("power-over-ethernet"))


def _minutes(seconds: int) -> int:
    return min(60, max(1, math.ceil(seconds / 60)))


def _arm(seconds: int) -> tuple[Exchange, ...]:
    return (Exchange(f"checkpoint auto {_minutes(seconds)}", accept=r"(?i)expires in"),)


def _nothing(_lines: Sequence[str]) -> tuple[Exchange, ...]:
    return ()  # each line takes effect as it is typed


GRAMMAR = IndentedGrammar(
    platform="ARUBA_AOSCX",
    secrets=_SECRETS,
    replaces=_REPLACES,
    negations=_NEGATIONS,
    arrange=arrange,
)

GUARD = Guard(
    kind="commit_confirm",
    arm=_arm,
    confirm=(Exchange("checkpoint auto confirm", accept=r"(?i)checkpoint AUTO\d+ created"),),
    restore=(),
    waits_s=lambda seconds: _minutes(seconds) * 60,
    settle_s=60,
)

CONFIGURATION = Configuration(
    device_type="aruba_aoscx",
    dialect=Dialect.CLI,
    prompt=r"[\r\n][\w.-]+(?:\([\w/:.-]+\))?# ?$",
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
        r"^\s*Invalid input",
        r"^\s*% ",
        r"(?i)^\s*(error|failed)\b",
        r"(?i)\b(does not exist|not allowed|cannot be|is not supported|must be)\b",
    ),
    guard=GUARD,
    adopt=adopt,
    power_cycle=power_cycle,
    # "user" asks before it deletes ("Security Guide").
    questions=((r"(?i:continue\s*[\[(]y/n[\])]\??\s*)", "y"),),
    # "Security Guide", password requirements: printable, no space, no question mark, at most 32.
    secret_form=re.compile(r"[!#-&(->@-~]{1,32}"),
)
