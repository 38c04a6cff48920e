"""How a RouterOS 7 device with the `wifi` package is configured: its console over SSH.

Sources: MikroTik documentation, RouterOS 7 (help.mikrotik.com/docs, space ROS, 2024-2025): "Command
Line Interface", "Configuration Management", "Scripting", "WiFi"; the other modules name theirs.
RouterOS keeps each line as it is typed: there is nothing to apply and nothing to save.

What is ours bears a name or a comment that begins with `preau`; of other items, and of settings, we
own the options that the intent names (docs/decisions/0020-ownership-of-configurations.md).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from inventory.intent import DeviceIntent
from inventory.vendors.configuration import (
    Configuration,
    Dialect,
    Effect,
    Exchange,
    Rendered,
    Risk,
    Settled,
)
from inventory.vendors.records import Record
from inventory.vendors.routeros.configuration_adoption import adopt
from inventory.vendors.routeros.configuration_commands import GRAMMAR, is_repeatable
from inventory.vendors.routeros.configuration_export import (
    GUARD_NAME,
    OURS,
    RADIO,
    WIFI,
    parse,
    quote,
    spoken,
    write,
)
from inventory.vendors.routeros.configuration_facts import facts_of
from inventory.vendors.routeros.configuration_guard import GUARD
from inventory.vendors.templates import render_template

# A device without the wifi package has no such menu, which the console tells before it runs a
# line; `:parse` makes that a failure of the line, which `on-error` takes.
_PRINT = ':do {{:local menu [:parse "{} print terse"]; $menu}} on-error={{}}'
_RADIOS, _INTERFACES = (_PRINT.format(menu) for menu in (RADIO, WIFI))
_READ = ("/export terse show-sensitive", _RADIOS)

# What stands in an answer and is none: the console paints a line anew behind its prompt, and the
# log speaks between an answer and the next prompt ("Log", action echo).
_NOISE = re.compile(
    r"^(\[[^\]\n]+@[^\]\n]+\] |\(\d+ messages not shown\)|([a-z0-9/-]+ )?\d\d:\d\d:\d\d echo: ).*$",
    re.MULTILINE,
)
_FLAGS = re.compile(r"^\s*\d+\s+(?P<flags>[A-Z ]*?)\s*(?=\S+=)")
_PATH = ("/interface bridge", "/interface vlan", "/ip address", "/ip route", "/interface ethernet")
_GUARDED = ("/system scheduler", "/system script")
# What an export leaves out because it is the default, of what we render ("RADIUS", "Log").
_DEFAULTS = {
    ("/radius", "authentication-port"): "1812",
    ("/system logging", "topics"): "info",
}
# Menus whose list is all of one thing: what the intent does not name of it goes.
_WHOLE = {"/system ntp client servers"}


def normalise(answers: Sequence[str]) -> str:
    """Return the export, and which bands each radio can do, as one text in our own form.

    Left out: the guard's own script and schedule, and `disabled=no` where it is the default; a
    radio that says nothing is disabled, and says so.
    """
    export, *printed = (_NOISE.sub("", answer) for answer in answers)
    records = [_canonical(record) for record in parse(export) if not _is_guard(record)]
    records = [record for record in records if record.options]
    return write([*records, *(radio for text in printed for radio in _radios(text))])


def _is_guard(record: Record) -> bool:
    return record.package in _GUARDED and record.key.startswith(GUARD_NAME)


def _canonical(record: Record) -> Record:
    options = dict(record.options)
    if record.package == WIFI:
        options.setdefault("disabled", "yes")
    elif not record.package.startswith(WIFI) and options.get("disabled") == "no":
        del options["disabled"]
    told = {o: v for o, v in options.items() if v != _DEFAULTS.get((record.package, o))}
    return replace(record, options=told)


def _radios(printed: str) -> list[Record]:
    found = []
    for line in printed.splitlines():
        name = re.search(r"\binterface=(\S+)", line)
        bands = re.search(r"\bbands=(\S+)", line)
        if name and bands:
            words = {word.partition("-")[0] for word in bands[1].split(",") if "ghz-" in word}
            options = {"bands": ",".join(sorted(words)), "interface": name[1]}
            found.append(Record(RADIO, "item", f"interface={name[1]}", "", options))
    return found


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return the whole export that the device should show, from what it shows now.

    Raises InvalidInput when the intent cannot be put on this device: no radio of any of a WLAN's
    bands, or a bridge or an uplink that cannot be told.
    """
    records = parse(running)
    facts = facts_of(intent, records)
    owned = parse(render_template(__file__, "router.rsc.j2", facts.values, q=_worded))
    silenced = facts.values["air"].silenced
    return Rendered(_merge(records, owned, silenced), facts.notes)


def _worded(value: object) -> str:
    return quote(str(value)) if str(value) else '""'


def _merge(running: Sequence[Record], owned: Sequence[Record], silenced: Sequence[str]) -> str:
    """Put our items and options into the running ones; drop our items no longer wanted."""
    wanted = {record.identity: record for record in owned}
    whole = {record.package for record in owned} & _WHOLE
    if any(r.package == "/system ntp client" and not r.options["enabled"] for r in owned):
        whole |= _WHOLE
    merged = []
    for record in running:
        ours = wanted.pop(record.identity, None)
        if _is_ours(record):
            if ours is not None:
                merged.append(_canonical(ours))
        elif ours is not None:
            options = {**record.options, **ours.options}
            kept = {name: v for name, v in options.items() if ours.options.get(name) != ""}
            merged.append(_canonical(replace(record, options=kept)))
        elif record.package == WIFI and record.key in silenced:
            merged.append(replace(record, options={**record.options, "disabled": "yes"}))
        elif record.package not in whole:
            merged.append(record)
    fresh = [_canonical(_without_empty(record)) for record in wanted.values()]
    return write([record for record in (*merged, *fresh) if record.options])


def _is_ours(record: Record) -> bool:
    told = (record.key, str(record.options.get("comment", "")))
    return record.kind == "item" and any(text.startswith(OURS) for text in told)


def _without_empty(record: Record) -> Record:
    options = {name: value for name, value in record.options.items() if value != ""}
    return replace(record, options=options)


def _risk(running: str, intended: str, _management_vlan: int | None) -> Risk:
    """Tell that a change of the bridge, of an address or of a port may cut the path."""
    before, after = (
        {record.identity: record.options for record in parse(text)} for text in (running, intended)
    )
    changed = {
        package
        for package, key in {**before, **after}
        if before.get((package, key)) != after.get((package, key))
    }
    return Risk(
        tuple(
            f"« {package} » fait partie du chemin d’administration"
            for package in sorted(changed)
            if package.startswith(_PATH)
        )
    )


def in_effect(answer: str, intended: str) -> Settled:
    """Judge `/interface wifi print terse`: our interfaces are neither disabled nor inactive.

    "WiFi", read-only properties: `inactive` is no for an access point that has selected a channel,
    which is when its configuration was applied; `running` waits for a client.
    """
    flags = {}
    for line in _NOISE.sub("", answer).splitlines():
        shown = _FLAGS.match(line)
        named = re.search(r"(?:^|\s)name=(\S+)", line)
        if shown and named:
            flags[named[1]] = shown["flags"]
    interfaces = [record for record in parse(intended) if record.package == WIFI]
    off = {_name(each) for each in interfaces if each.options.get("disabled") != "no"}
    for record in interfaces:
        name = _name(record)
        ours = str(record.options.get("configuration", "")).startswith(OURS)
        if not ours or {name, str(record.options.get("master-interface", name))} & off:
            continue
        if name not in flags:
            return Settled(False, f"{name} is not there")
        if "X" in flags[name] or "I" in flags[name]:
            return Settled(False, f"{name} is not on the air")
    return Settled(True)


def _name(interface: Record) -> str:
    return str(interface.options.get("name", interface.key.partition("=")[2]))


def _nothing(_lines: Sequence[str]) -> tuple[Exchange, ...]:
    return ()  # each line takes effect, and is kept, as it is typed


CONFIGURATION = Configuration(
    device_type="mikrotik_routeros",
    dialect=Dialect.CLI,
    prompt=r"(?:^|\n)\[[^\]\n]+@[^\]\n]+\] [^>\n]*> *$",
    grammar=GRAMMAR,
    read=_READ,
    unfinished=None,
    normalise=normalise,
    render=render,
    risk=_risk,
    enter=(),
    commands=tuple,
    leave=(),
    apply=_nothing,
    discard=(),
    save=(),
    errors=(
        r"^\s*(failure|error|warning: .* not|script error|action (failed|timed out)): ?",
        r"^\s*(syntax error|bad command name|bad parameter|expected |no such |invalid |ambiguous )",
        r"^\s*(missing value|value of \S+ |input does not match|not enough permissions)",
        r"^\s*(item|interface|.* with such name) .*(already|does not) ",
        r"\(line \d+ column \d+\)",
        r"^\s*not allowed by device-mode",
    ),
    guard=GUARD,
    spoken=spoken,
    effect=Effect(_INTERFACES, in_effect, timeout_s=120.0),
    adopt=adopt,
    repeatable=is_repeatable,
)
