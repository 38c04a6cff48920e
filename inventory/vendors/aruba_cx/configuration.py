"""How an AOS-CX switch is configured: its CLI over SSH.

Sources: HPE Aruba AOS-CX 10.13, "Fundamentals Guide" (contexts, checkpoint commands, write memory)
and "Layer 2 Bridging Guide" (VLAN commands: `vlan trunk allowed` adds to the list). `checkpoint
auto`: "Command-Line Interface Guide" 10.04 (5200-6699), checkpoint commands: 1 to 60 minutes; what
is not confirmed in time is put back from the temporary checkpoint; an unsaved running configuration
does not survive a reload, so a power cut ends with the old one too.

Of the switch we own its hostname, the name of the VLANs of the plan, and of each named port what
the intent says of it; everything else is left as it is.
"""

import math
import re
from collections.abc import Mapping, Sequence

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, Port
from inventory.vendors.configuration import (
    Configuration,
    Dialect,
    Exchange,
    Guard,
    Rendered,
    Risk,
)
from inventory.vendors.indented import IndentedGrammar, clear, hashed
from inventory.vendors.templates import render_template

_INDENT = "    "
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
# Lines of the display that change by themselves or are not configuration.
_NOISE = re.compile(r"^(!|Current configuration|Startup configuration|WARNING\b|\s*$)")
_PORT = re.compile(r"^interface \d+/\d+/\d+$")
_NOT_ACCESS = re.compile(r"^(vlan (access|trunk)|lag|routing|ip address|vrf attach)\b")
_LAG_MEMBER = re.compile(r"^\s+lag \d+$")
_OWNED = r"^(no )?(shutdown|vlan access|vlan trunk (native|allowed){more})\b"
_RANGE = re.compile(r"^(\d+)-(\d+)$")


def vlan_ids(listed: str) -> list[int]:
    """Return the VLANs of a list as the switch writes it (`1,10-12`); `all` is every VLAN."""
    if listed == "all":
        return list(range(1, 4095))
    found: list[int] = []
    for part in listed.split(","):
        span = _RANGE.match(part)
        found += range(int(span[1]), int(span[2]) + 1) if span else [int(part)]
    return found


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
    if not _PORT.match(header):
        return list(lines)
    kept: list[str] = []
    for line in lines:
        word = line.strip()
        if word in {"shutdown", "power-over-ethernet", "vlan trunk allowed all"}:
            continue
        if word.startswith("vlan trunk allowed "):
            listed = word.removeprefix("vlan trunk allowed ")
            kept += [f"{_INDENT}vlan trunk allowed {vlan}" for vlan in vlan_ids(listed)]
        else:
            kept.append(line)
    if not any(_NOT_ACCESS.match(line.strip()) for line in kept):
        kept.append(f"{_INDENT}vlan access 1")
    return kept


def _text(sections: Mapping[str, Sequence[str]]) -> str:
    return "".join(f"{line}\n" for head, below in sections.items() for line in (head, *below))


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return the whole configuration that the switch should show, from what it shows now.

    Raises InvalidInput for a port that the switch does not have, that is a member of a link
    aggregation, or that is routed.
    """
    sections = {head: list(below) for head, below in GRAMMAR.sections(running).items()}
    owned = GRAMMAR.sections(
        render_template(
            __file__,
            "switch.cx.j2",
            {"hostname": intent.hostname, "vlans": intent.vlans, "ports": intent.ports},
            carried=_carried,
        )
    )
    for port in intent.ports:
        _refuse_unfit(port, sections)
    ports = {f"interface {port.name}": port for port in intent.ports}
    merged: dict[str, list[str]] = {}
    for header, running_lines in sections.items():
        if header.startswith("hostname ") and intent.hostname:
            merged[f"hostname {intent.hostname}"] = []
        elif header in ports:
            merged[header] = _merged_port(ports[header], running_lines, owned[header])
        elif header in owned:
            merged[header] = _merged_vlan(running_lines, owned[header])
        else:
            merged[header] = running_lines
    for header, added in owned.items():
        merged.setdefault(header, list(added))
    return Rendered(_text(merged), _notes(intent, sections))


def _carried(port: Port) -> list[int]:
    # The native VLAN crosses a trunk only when the list allows it as well ("vlan trunk allowed").
    return sorted({port.native_vlan, *port.tagged_vlans})


def _merged_port(port: Port, running: Sequence[str], owned: Sequence[str]) -> list[str]:
    # What the intent does not tell of a port is the installer's and stays.
    more = "|description" if port.description else ""
    more += "|power-over-ethernet" if port.poe is not None else ""
    ours = re.compile(_OWNED.format(more=more))
    return [*owned, *(line for line in running if not ours.match(line.strip()))]


def _merged_vlan(running: Sequence[str], owned: Sequence[str]) -> list[str]:
    return [*owned, *(line for line in running if not line.strip().startswith("name "))]


def _refuse_unfit(port: Port, sections: Mapping[str, Sequence[str]]) -> None:
    lines = sections.get(f"interface {port.name}")
    if lines is None:
        raise InvalidInput(
            f"the switch has no port {port.name}", todo="name its ports as it does, as 1/1/4"
        )
    if any(_LAG_MEMBER.match(line) for line in lines):
        raise InvalidInput(f"the port {port.name} is a member of a link aggregation")
    if any(line.strip().startswith("ip address ") for line in lines):
        raise InvalidInput(f"the port {port.name} is routed")


def _notes(intent: DeviceIntent, sections: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    planned = {vlan.id for vlan in intent.vlans} | {1}
    extra = [
        head.removeprefix("vlan ")
        for head in sections
        if re.fullmatch(r"vlan \d+", head) and int(head.split()[1]) not in planned
    ]
    if not extra or not intent.vlans:
        return ()
    return (f"VLAN {', '.join(extra)} : absents du plan, laissés tels quels",)


def _risk(running: str, intended: str, management_vlan: int | None) -> Risk:
    """Any change of a port that carries the management VLAN may cut the path, ours or an AP's."""
    before, after = GRAMMAR.sections(running), GRAMMAR.sections(intended)
    managed = management_vlan or 1
    reasons = []
    for header in {**before, **after}:
        pair = before.get(header, ()), after.get(header, ())
        if set(pair[0]) == set(pair[1]):
            continue
        if _PORT.match(header) and any(_carries(lines, managed) for lines in pair):
            port = header.removeprefix("interface ")
            reasons.append(f"le port {port} porte le VLAN d’administration {managed}")
        elif header.startswith(("interface vlan", "interface mgmt", "ip route", "vrf")):
            reasons.append(f"« {header} » fait partie du chemin d’administration")
    return Risk(tuple(reasons))


def _carries(lines: Sequence[str], vlan: int) -> bool:
    words = {line.strip() for line in lines}
    trunk = any(word.startswith("vlan trunk ") for word in words)
    if trunk:
        listed = {word for word in words if word.startswith("vlan trunk allowed ")}
        return not listed or bool(listed & {"vlan trunk allowed all", f"vlan trunk allowed {vlan}"})
    access = next((word for word in words if word.startswith("vlan access ")), "vlan access 1")
    return access == f"vlan access {vlan}"


def arrange(lines: Sequence[str]) -> list[str]:
    """Return remediation lines in an order in which no port carries more than before or after.

    A trunk whose list is empty carries every VLAN: what is taken off its list goes after what is
    added. `no vlan access` is left out where the port becomes a trunk: that alone ends the access
    mode. A VLAN is deleted once no port names it.
    """
    blocks: list[list[str]] = []
    for line in lines:
        if line[:1] == " " and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    blocks.sort(key=lambda block: block[0].startswith("no vlan "))
    return [line for header, *below in blocks for line in (header, *_arranged(below))]


def _arranged(below: Sequence[str]) -> list[str]:
    # The `no` forms of these two take no value.
    below = [re.sub(r"^(\s*no (?:name|description)) .*", r"\1", line) for line in below]
    words = [line.strip() for line in below]
    if any(word.startswith("vlan trunk ") for word in words):
        below = [line for line in below if not line.strip().startswith("no vlan access ")]
    if not any(word.startswith("vlan trunk allowed ") for word in words):
        return list(below)
    return sorted(below, key=lambda line: line.strip().startswith("no vlan trunk allowed "))


def commands(lines: Sequence[str]) -> list[str]:
    """Return what is typed for remediation lines: each section is left before the next begins."""
    typed: list[str] = []
    inside = False
    for line in lines:
        if line[:1] != " ":
            if inside:
                typed.append("exit")
            inside = re.match(r"^(interface|vlan) ", line) is not None
        typed.append(line.strip())
    return [*typed, "exit"] if inside else typed


def _minutes(seconds: int) -> int:
    return min(60, max(1, math.ceil(seconds / 60)))


def _arm(seconds: int) -> tuple[Exchange, ...]:
    return (Exchange(f"checkpoint auto {_minutes(seconds)}", accept=r"(?i)expires in"),)


def _nothing(_lines: Sequence[str]) -> tuple[Exchange, ...]:
    return ()  # each line takes effect as it is typed


GRAMMAR = IndentedGrammar(platform="ARUBA_AOSCX", secrets=_SECRETS, arrange=arrange)

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
    risk=_risk,
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
)
