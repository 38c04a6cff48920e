"""How a Cisco IOS switch is configured: its CLI over SSH (Catalyst 2960, 3560, 3850 and alike).

Sources: Cisco "Consolidated Platform Command Reference, Cisco IOS Release 15.2(2)E (Catalyst 2960-X
Switch)", chapters Interface and Hardware, Layer 2/3, Security, VLAN; "Configuration Fundamentals
Command Reference" 15M&T (`configure terminal revert`, `configure confirm`, `reload`, `show archive
config differences`); "Configuration Replace and Configuration Rollback", "Configuration Rollback
Confirmed Change". See README.md for what they leave open.

Of the switch we own its hostname, the names of the VLANs of the plan, of each named port what the
intent says of it, and of its management what the intent tells; everything else is left as it is.
"""

import math
import re
from collections.abc import Sequence

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
from inventory.vendors.ios.configuration_adoption import adopt
from inventory.vendors.ios.configuration_facts import render, risk
from inventory.vendors.ios.configuration_text import normalise

# "Security Command Reference": a secret is shown with the number of its form, 5, 8 or 9.
SECRETS = (
    hashed(r"^username \S+ .*\bsecret ", r"\d \S+", "0 {}"),
    clear(r"^username \S+ .*\bpassword ", r"(?:\d )?\S+"),
    clear(r"^enable (?:secret|password) (?:level \d+ )?", r"(?:\d )?\S+"),
    clear(r"^snmp-server community "),
    clear(r"^snmp-server host \S+ (?:(?:traps|informs) )?(?:version (?:1|2c) )?(?!version )"),
    clear(r"^snmp-server user \S+ \S+ .*\bauth (?:md5|sha) "),
    clear(r"^snmp-server user \S+ \S+ .*\bpriv (?:des|3des|aes \d+) "),
    clear(r"\b(?:key|key-string|pre-shared-key|shared-secret) ", r"(?:\d )?\S+", "$"),
    clear(r"\bpassword ", r"(?:\d )?\S+", "$"),
    clear(r"^crypto isakmp key (?:\d )?"),
    clear(r"\bauthentication-key \d+ md5 "),
)

# Lines of which a new one takes the place of the old one; hier_config knows some others.
REPLACES = (
    (r"^hostname ",),
    (r"^snmp-server (contact|location) ",),
    (r"^username (\S+) .*\bsecret ",),
    (r"^interface ", r"^switchport access vlan "),
    (r"^interface ", r"^switchport trunk native vlan "),
    (r"^interface ", r"^switchport trunk allowed vlan "),
    (r"^interface ", r"^storm-control (broadcast|multicast) level "),
    (r"^interface ", r"^power inline (?:auto|never|static)"),
    (r"^interface ", r"^power inline port priority "),
    (r"^line ", r"^transport input "),
)

# What the `no` form of a line wants: often nothing after the keyword.
NEGATIONS = (
    (r"^(\s*no (?:description|name|hostname)) .*", r"\1"),
    (r"^(\s*no switchport (?:mode|access vlan|trunk (?:native|allowed) vlan)) .*", r"\1"),
    (r"^(\s*no storm-control (?:broadcast|multicast) level) .*", r"\1"),
    (r"^(\s*)no power inline never$", r"\1power inline auto"),
    (r"^(\s*no power inline port priority) .*", r"\1"),
    (r"^(no ntp server \S+) .*", r"\1"),
    (r"^(no snmp-server (?:contact|location)) .*", r"\1"),
    (r"^(no username \S+) .*", r"\1"),
)

_OPENS = re.compile(r"^(interface|vlan|line|archive)\b")
_TRUNK_LISTS = re.compile(r"^\s*switchport (trunk|access) ")
_NO_TRUNK_LISTS = re.compile(r"^\s*no switchport (trunk|access) ")


def arrange(lines: Sequence[str]) -> list[str]:
    """Return remediation lines in an order in which no port carries more than before or after.

    A trunk carries every VLAN until its list is told, so the list comes before the mode, and leaves
    after it. DHCP snooping starts once the ports that it trusts are told, and ends before them.
    """

    def place(block: Sequence[str]) -> int:
        header = block[0]
        if header.startswith("no ip dhcp snooping"):
            return 0
        if header.startswith("vlan "):
            return 1
        if header.startswith("ip dhcp snooping"):
            return 3
        return 4 if header.startswith("no vlan ") else 2

    blocks = sorted(blocks_of(lines), key=place)
    return [line for block in blocks for line in (block[0], *sorted(block[1:], key=_port_place))]


def _port_place(line: str) -> int:
    word = line.strip()
    if word.startswith("switchport trunk encapsulation "):
        return 0
    if _TRUNK_LISTS.match(line):
        return 1
    if word.startswith(("switchport mode ", "no switchport mode")):
        return 2
    if _NO_TRUNK_LISTS.match(line):
        return 3
    return 5 if word == "no shutdown" else 4


def commands(lines: Sequence[str]) -> list[str]:
    """Return what is typed for remediation lines."""
    return typed_lines(lines, _OPENS)


def minutes(seconds: int, most: int) -> int:
    """Return the whole minutes, at least one, that a timer of the switch is set to."""
    return min(most, max(1, math.ceil(seconds / 60)))


def _arm_revert(seconds: int) -> tuple[Exchange, ...]:
    return (Exchange(f"configure terminal revert timer {minutes(seconds, 120)}"), Exchange("end"))


def _arm_reload(seconds: int) -> tuple[Exchange, ...]:
    # A reload ends with what is saved: it must be what runs now.
    return (
        Exchange(
            "show archive config differences nvram:startup-config system:running-config",
            accept=r"(?i)no changes were found",
        ),
        *_schedule_reload(seconds),
    )


def _schedule_reload(seconds: int) -> tuple[Exchange, ...]:
    return (Exchange(f"reload in {minutes(seconds, 999)}", accept=r"(?i)reload scheduled"),)


# Needs a path for archives; the running configuration is put back without a restart.
REVERT_GUARD = Guard(
    kind="configuration_revert",
    arm=_arm_revert,
    confirm=(Exchange("configure confirm"),),
    restore=(),
    waits_s=lambda seconds: minutes(seconds, 120) * 60,
    settle_s=90,
)

# What every IOS has: nothing is saved, and the switch restarts with what is.
RELOAD_GUARD = Guard(
    kind="scheduled_reload",
    arm=_arm_reload,
    confirm=(Exchange("reload cancel"),),
    restore=(),
    waits_s=lambda seconds: minutes(seconds, 999) * 60,
    settle_s=420,
    reboots=True,
    arm_undoing=_schedule_reload,
)


def guard_of(running: str) -> Guard:
    """Return the guard that a switch with this running configuration has."""
    archive = GRAMMAR.sections(running).get("archive", ())
    has_path = any(line.strip().startswith("path ") for line in archive)
    return REVERT_GUARD if has_path else RELOAD_GUARD


def power_cycle(port: str) -> PowerCycle:
    """Return the lines that take the power from a port and give it back ("power inline")."""

    def set_to(mode: str) -> tuple[Exchange, ...]:
        lines = ("configure terminal", f"interface {port}", f"power inline {mode}", "end")
        return tuple(Exchange(line) for line in lines)

    return PowerCycle(off=set_to("never"), on=set_to("auto"))


def _nothing(_lines: Sequence[str]) -> tuple[Exchange, ...]:
    return ()  # each line takes effect as it is typed


GRAMMAR = IndentedGrammar(
    platform="CISCO_IOS",
    secrets=SECRETS,
    replaces=REPLACES,
    negations=NEGATIONS,
    arrange=arrange,
)

_REFUSALS = (
    "invalid|incomplete|ambiguous|unknown|unrecogni[sz]ed|bad|error|failed|cannot|no rollback|"
    "no reload|not |authorization|access denied|this command"
)
ERRORS = (
    rf"(?i)^\s*% ?(?:{_REFUSALS})",
    r"(?i)^\s*command (rejected|authorization failed)",
    r"^\s*%VTP VLAN configuration not allowed",
    r"^\s*ERROR: ",
    r"(?i)^\s*%\s?(archive|need to configure)\b",
)

# "reload", "username" and "copy" ask these ("Configuration Fundamentals Command Reference").
QUESTIONS = (
    (r"(?i:save\? \[yes/no\]: ?)", "no"),
    (r"(?i:\[confirm\] ?)", ""),
)

CONFIGURATION = Configuration(
    device_type="cisco_ios",
    dialect=Dialect.CLI,
    # An account without rights ends at ">", where what we ask is refused in the device's words.
    prompt=r"[\r\n][\w.-]+(?:\([\w.-]+\))?[#>]\s?$",
    grammar=GRAMMAR,
    # VLANs are in no configuration while the switch is a VTP server: "show vlan" tells them.
    read=("show running-config", "show vlan brief"),
    unfinished=None,
    normalise=normalise,
    render=render,
    risk=risk,
    enter=("configure terminal",),
    commands=commands,
    leave=("end",),
    apply=_nothing,
    discard=(),
    save=(Exchange("write memory", accept=r"\[OK\]", timeout_s=120.0),),
    errors=ERRORS,
    guard=RELOAD_GUARD,
    guards=guard_of,
    adopt=adopt,
    power_cycle=power_cycle,
    questions=QUESTIONS,
    secret_form=re.compile(r"[!#-&(->@-~]{1,64}"),
)
