"""How IOS-XE devices are configured: switches as IOS is, and a Catalyst 9800's networks.

Sources: those of `ios`, in their editions for IOS XE 17.x (Catalyst 9200, 9300), and those that
configuration_wlans names. See README.md for what they leave open.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from inventory.intent import DeviceIntent
from inventory.vendors.configuration import Adoption, Rendered, Risk
from inventory.vendors.indented import (
    IndentedGrammar,
    blocks_of,
    clear,
    hashed,
    merged,
    typed_lines,
)
from inventory.vendors.ios import configuration as ios
from inventory.vendors.ios.configuration_adoption import adopt as adopt_switch
from inventory.vendors.ios.configuration_facts import INDENT, sections_of, switch_claims
from inventory.vendors.ios.configuration_facts import risk as switch_risk
from inventory.vendors.iosxe.configuration_wlans import (
    TAG,
    is_controller,
    wireless_claims,
    without_unwanted,
)

_SECRETS = (
    hashed(r"^\s+security wpa psk set-key ascii ", r"\d \S+", "0 {}"),
    hashed(r"^\s+key ", r"(?:\d )?\S+", "0 {}"),
    clear(r"\bset-key (?:ascii|hex) ", r"(?:\d )?\S+"),
    clear(r"\bstatic-wep-key encryption \d+ (?:ascii|hex) ", r"(?:\d )?\S+"),
    clear(r"\bmgmtuser username \S+ password ", r"(?:\d )?\S+"),
    clear(r"\bmgmtuser .*\bsecret ", r"(?:\d )?\S+"),
    *ios.SECRETS,
)
_REPLACES = (
    *ios.REPLACES,
    (r"^wlan ", r"^security wpa psk set-key "),
    (r"^wlan ", r"^security pmf "),
    (r"^wlan ", r"^security dot1x authentication-list "),
    (r"^wireless profile policy ", r"^vlan "),
    (r"^radius server ", r"^(address|key) "),
    (r"^aaa authentication dot1x (\S+) ",),
)
_NEGATIONS = (
    *ios.NEGATIONS,
    (r"^(no wlan \S+) .*", r"\1"),
    (r"^(\s+no security wpa psk set-key ascii) .*", r"\1"),
    (r"^(\s+no security (?:pmf|dot1x authentication-list)) .*", r"\1"),
    (r"^(\s+no peer-blocking) .*", r"\1"),
    (r"^(no aaa authentication dot1x \S+) .*", r"\1"),
)
_OPENS = re.compile(
    r"^(interface|vlan|line|archive|wlan|radius server|aaa group server|wireless (?:profile|tag))\b"
)
_WIRELESS = re.compile(r"(?:no )?(?:wlan|wireless|radius server|aaa) ")
_SHUT_TO_CHANGE = ("wlan ", "wireless profile policy ")
# In this order a WLAN has what it refers to before it, and nobody refers to what is taken away.
_MAKE = ("radius server ", "aaa group ", "aaa authentication ", "wlan ", "wireless profile ", TAG)
_REMOVE = (
    "no wlan ", "no wireless profile ", "no aaa authentication ", "no aaa group ",
    "no radius server ",
)  # fmt: skip
_PATH = ("aaa new-model", "aaa authentication login", "aaa authorization", "wireless management ")
_LINES = ("no ", "security wpa", "security wpa psk", "security wpa akm", "security ")


def arrange(lines: Sequence[str]) -> list[str]:
    """Return remediation lines: the switch's, then the networks', each shut while it changes."""
    blocks = blocks_of(lines)
    wireless = [block for block in blocks if _WIRELESS.match(block[0])]
    others = [line for block in blocks if block not in wireless for line in block]
    parts = [part for block in wireless for part in _parts(block)]
    ordered = sorted(parts, key=lambda part: part[0])
    return [*ios.arrange(others), *(line for _, block in ordered for line in block)]


def _parts(block: Sequence[str]) -> list[tuple[int, Sequence[str]]]:
    """Return what is sent of one section, with its place in the order."""
    header, *below = block
    if header == TAG:
        gone = [line for line in below if line.strip().startswith("no ")]
        come = [line for line in below if line not in gone]
        both = ((0, gone), (len(_REMOVE) + len(_MAKE), come))
        return [(place, [header, *part]) for place, part in both if part]
    removed = next((i for i, start in enumerate(_REMOVE, 1) if header.startswith(start)), None)
    if removed is not None:
        # A WLAN of another SSID comes in its place; what is only taken away goes last.
        return [(1 if header.startswith("no wlan ") else 20 + removed, block)]
    place = next((i for i, start in enumerate(_MAKE, len(_REMOVE)) if header.startswith(start)), 10)
    if header.startswith(_SHUT_TO_CHANGE):
        return [(place, [header, *_while_shut(below)])]
    return [(place, block)]


def _while_shut(below: Sequence[str]) -> list[str]:
    last = "  shutdown" if "  shutdown" in below else "  no shutdown"
    changed = [line for line in below if line.strip() not in {"shutdown", "no shutdown"}]
    return ["  shutdown", *sorted(changed, key=_line_place), *([last] if last[2] == "n" else [])]


def _line_place(line: str) -> int:
    starts = [i for i, start in enumerate(_LINES) if line.strip().startswith(start)]
    # The last that fits is the narrowest; a word that is taken away comes before all.
    return 0 if 0 in starts else max((i for i in starts if i < 4), default=4 if starts else 5)


def commands(lines: Sequence[str]) -> list[str]:
    """Return what is typed for remediation lines."""
    return typed_lines(lines, _OPENS)


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return the whole configuration that the device should show, from what it shows now.

    Raises InvalidInput as IOS does, and for networks that a controller would not make as meant.
    """
    claims, told = switch_claims(intent, running)
    notes, sections = list(told), sections_of(running)
    if is_controller(sections):
        wireless = wireless_claims(intent, sections, notes)
        running = without_unwanted(running, wireless)
        claims = [*claims, *wireless]
    return Rendered(merged(running, claims, INDENT), tuple(dict.fromkeys(notes)))


def risk(running: str, intended: str, management_vlan: int | None) -> Risk:
    """Tell what IOS would, and whether logging in or the controller's own address changes."""
    switch = switch_risk(running, intended, management_vlan)
    before, after = sections_of(running), sections_of(intended)
    reasons = [
        f"«\u00a0{header}\u00a0» fait partie du chemin d’administration"
        for header in sorted({*before} ^ {*after})
        if header.startswith(_PATH)
    ]
    return Risk((*switch.reasons, *reasons))


def adopt(running: str) -> Adoption:
    """Return what a device has as a switch; a controller's networks are told and not adopted."""
    found = adopt_switch(running)
    networks = [
        header.split()[-1] for header in sections_of(running) if re.match(r"wlan \S+ \d+ ", header)
    ]
    if not networks:
        return found
    told = f"Réseaux du contrôleur\u00a0: non repris ({', '.join(networks)})"
    return replace(found, notes=(*found.notes, told))


GRAMMAR = IndentedGrammar(
    platform="CISCO_IOS",
    secrets=_SECRETS,
    replaces=_REPLACES,
    negations=_NEGATIONS,
    arrange=arrange,
)

CONFIGURATION = replace(
    ios.CONFIGURATION,
    device_type="cisco_xe",
    grammar=GRAMMAR,
    render=render,
    risk=risk,
    commands=commands,
    errors=(
        *ios.ERRORS,
        r"(?i)\bmust be (?:shut|disabled)\b",
        r"(?i)^\s*%.*\b(?:needs|requires)\b",
    ),
    adopt=adopt,
)
