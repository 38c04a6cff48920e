"""How an Aruba Instant cluster is configured: the CLI of its conductor over SSH.

Sources: "Aruba Instant 8.x CLI Reference Guide"; "Aruba Instant 8.x User Guide", "Accessing the
Instant CLI", applying configuration changes. See README.md for what they leave open.

What is typed waits until `commit apply`; `commit apply no-save` puts it in use and not into flash.
That is the guard: what runs is saved before a change, the change is not until it is confirmed, and
an access point that loses its power comes back with what it was. Its switch does that.

A change is committed in parts: at most 4 kB may wait, and what a network refers to must be there
before it, and be let go of by it before it can be removed.
"""

import re
from collections.abc import Sequence

from inventory.vendors.aruba_instant.configuration_adoption import adopt
from inventory.vendors.aruba_instant.configuration_effect import EFFECT
from inventory.vendors.aruba_instant.configuration_facts import render, risk
from inventory.vendors.aruba_instant.configuration_text import AP_ENV, SECRET_FORM, normalise
from inventory.vendors.configuration import Configuration, Dialect, Exchange, Guard
from inventory.vendors.indented import IndentedGrammar, blocks_of, clear, hashed

_VALUE = r'(?:"[^"]*"|\S+)'
_SECRETS = (
    hashed(r"^hash-mgmt-user \S+ password ", r"(?:hash|cleartext) \S+", "cleartext {}"),
    hashed(r"^snmp-server user \S+ (?i:sha) ", r"\S+", "{}"),
    hashed(r"^snmp-server user \S+ (?i:sha) \S+ (?i:aes) ", r"\S+", "{}"),
    clear(r"^mgmt-user \S+ ", _VALUE),
    clear(r"^snmp-server community ", _VALUE),
    clear(r"^snmp-server user \S+ (?:MD5|md5) ", _VALUE),
    clear(r"^snmp-server user \S+ \S+ \S+ (?:DES|des) ", _VALUE),
    clear(r"^snmp-server host \S+ version \S+ (?:name )?", _VALUE),
    clear(r"^\s*mpsk-local-passphrase \S+ ", _VALUE),
    clear(r"(?:^|[\s-])(?:key|passphrase|password|passwd|psk|secret|shared-secret) ", _VALUE, "$"),
)
# Lines of which a new one takes the place of the old one.
_REPLACES = (
    (r"^(name|virtual-controller-country|ntp-server|syslog-server|syslocation) ",),
    (r"^(?:hash-)?mgmt-user (\S+) ",),
    (r"^snmp-server user (\S+) ",),
    (
        r"^wlan ssid-profile ",
        r"^(type|essid|opmode|wpa-passphrase|mpsk-local|vlan|rf-band|captive-portal) ",
    ),
    (r"^wlan ssid-profile ", r"^(?:enable|disable)$"),
    (r"^wlan ssid-profile ", r"^time-range (\S+) "),
    (r"^wlan auth-server ", r"^(ip|port|acctport|key) "),
    (r"^wlan access-rule ", r"^vlan "),
    (r"^wlan mpsk-local ", r"^mpsk-local-passphrase (\S+) "),
    (r"^arm$", r"^(wide-bands|a-channels|g-channels|min-tx-power|max-tx-power) "),
    (r"^rf dot11", r"^(min-tx-power|max-tx-power) "),
    (rf"^{AP_ENV}$", r"^(hostname|[ag]-channel) "),
)
# What the `no` form of a line wants: often nothing after the keyword.
_NEGATIONS = (
    (r"^(\s*)no ([ag]-channel) .*", r"\1\2 0 0"),
    (r"^(\s*no (?:wpa-passphrase|mpsk-local|vlan|rf-band|key|port)) .*", r"\1"),
    (r"^(\s*no (?:time-range|mpsk-local-passphrase) \S+) .*", r"\1"),
    (r"^(\s*no (?:wide-bands|a-channels|g-channels|min-tx-power|max-tx-power)) .*", r"\1"),
    (r"^(no (?:virtual-controller-country|ntp-server|syslog-server|syslocation)) .*", r"\1"),
    (r"^(no (?:hash-mgmt-user|mgmt-user|snmp-server user) \S+) .*", r"\1"),
)
_OPENS = re.compile(r"(?:wlan|rf) |arm$|uplink$|ids$|airgroup|wired-port-profile ")
_COMMIT = "commit apply no-save"
_MOST_OCTETS = 3_000  # 4 kB may wait; the rest is for what the access point counts otherwise
_REFERRED_TO = ("wlan access-rule", "wlan auth-server", "wlan mpsk-local", "time-range")
# What stands in the way of what: essid and opmode before what depends on them.
_FIRST = ("enable", "type ", "essid ", "opmode ", "wpa-passphrase ", "mpsk-local ")


def arrange(lines: Sequence[str]) -> list[str]:
    """Return remediation lines so that all that a line refers to is there when it is typed."""
    blocks = sorted(blocks_of(lines), key=lambda block: (_phase(block), _kind(block)))
    return [line for header, *below in blocks for line in (header, *sorted(below, key=_place))]


def _phase(block: Sequence[str]) -> int:
    header = block[0]
    if header == AP_ENV:
        return 0
    if "wlan ssid-profile " in header:
        return 2
    if not (header.startswith("no ") and header[3:].startswith(_REFERRED_TO)):
        return 1
    return 4 if header.startswith("no wlan access-rule") else 3  # the last: keys refer to roles


def _kind(block: Sequence[str]) -> int:
    kinds = (i for i, start in enumerate(_REFERRED_TO) if block[0].startswith(start))
    return next(kinds, len(_REFERRED_TO))


def _place(line: str) -> int:
    word = line.strip()
    return next((i for i, start in enumerate(_FIRST) if word.startswith(start)), len(_FIRST))


def commands(lines: Sequence[str]) -> list[str]:
    """Return what is typed for remediation lines, up to the last part, which `apply` commits."""
    blocks = blocks_of(lines)
    own = [line.strip() for header, *below in blocks if header == AP_ENV for line in below]
    typed = [*own, "configure terminal"]
    octets, phase = 0, None
    for block in blocks:
        if block[0] == AP_ENV:
            continue
        said = [line.strip() for line in block]
        if len(block) > 1 or _OPENS.match(block[0]):
            said.append("exit")
        needed = sum(len(line.encode()) + 1 for line in said)
        if octets and (_phase(block) != phase or octets + needed > _MOST_OCTETS):
            typed += ["end", _COMMIT, "configure terminal"]
            octets = 0
        typed += said
        octets, phase = octets + needed, _phase(block)
    return typed


def _apply(lines: Sequence[str]) -> tuple[Exchange, ...]:
    if all(block[0] == AP_ENV for block in blocks_of(lines)):
        return ()
    return (Exchange(_COMMIT, timeout_s=60.0),)


GRAMMAR = IndentedGrammar(
    platform="GENERIC",
    secrets=_SECRETS,
    replaces=_REPLACES,
    negations=_NEGATIONS,
    arrange=arrange,
)

_SAVE = Exchange("write memory", timeout_s=60.0)

GUARD = Guard(
    kind="unsaved_until_confirmed",
    arm=lambda _seconds: (_SAVE,),  # a restart must end with what runs now
    confirm=(),
    restore=(),
    waits_s=lambda _seconds: 0,
    settle_s=300,
    by_power=True,
)

CONFIGURATION = Configuration(
    device_type="aruba_os",
    dialect=Dialect.CLI,
    prompt=r"[\r\n][\w:.-]+(?: \([^()\r\n]*\) ?)?# ?$",
    grammar=GRAMMAR,
    read=("show running-config no-encrypt", "show ap-env"),
    unfinished=None,
    normalise=normalise,
    render=render,
    risk=risk,
    enter=(),
    commands=commands,
    leave=("end",),
    apply=_apply,
    discard=(),  # what waits is of its session alone, and ends with it
    save=(_SAVE,),
    errors=(
        r"(?i)^\s*% ?(?:parse|invalid|incomplete|ambiguous|unknown|error)",
        r"(?i)^\s*(?:error|parse error|invalid input|failed|can't)\b",
        r"(?i)\b(?:not allowed|not supported|is in use|does not exist|out of range)\b",
    ),
    guard=GUARD,
    effect=EFFECT,
    adopt=adopt,
    secret_form=SECRET_FORM,
)
