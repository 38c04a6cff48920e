"""UCI as text: what `uci export` writes, and the commands that change it.

Source: OpenWrt 23.05, user guide "The UCI system" (file syntax, command line utility, quoting;
openwrt.org/docs/guide-user/base-system/uci). `@kind[n]` counts every section of a kind, named or
not, so the address of an unnamed section holds only while no section before it comes or goes.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from inventory.errors import Garbled
from inventory.vendors.records import (
    AddRecord,
    DeleteOption,
    DeleteRecord,
    Operation,
    Record,
    RecordGrammar,
    SetOption,
    Value,
)

PACKAGES = ("system", "network", "wireless")
OPTIONAL_PACKAGES = ("snmpd", "uhttpd")  # read, pushed and guarded where they are installed
CRONTAB = "/etc/crontabs/root"
# Our lines of the crontab are read as one more package, so that they are compared as the rest is.
CRONTAB_PACKAGE = "crontab"
READ = (
    *(f"uci export {package}" for package in PACKAGES),
    *(f"[ ! -e /etc/config/{name} ] || uci export {name}" for name in OPTIONAL_PACKAGES),
    f"grep -s ' # preau_' {CRONTAB} || true",
)

# Options whose value opens something: wireless keys, RADIUS secrets, dial-up and mesh passwords,
# SNMP's.
_SECRET_OPTION = re.compile(
    r"^(key[1-4]?|(auth|acct|dae)_secret|r0kh|r1kh|wps_pin|sae_password|priv_key\d?_pwd|password"
    r"|identity_pwd|mesh_key|private_key|preshared_key|pincode|.*_secret|.*passw(or)?d|.*_pass"
    r"|community)$"
)
_MARKED = re.compile(r"^(.+) # (preau_\w+)$")
_HEADER = re.compile(r"^\s*(package|config)\s+([A-Za-z0-9_-]+)(?:\s+'([^']*)')?\s*$")
_PLAIN = re.compile(r"^\s*(option|list)\s+([A-Za-z0-9_]+)\s+'([^']*)'\s*$")


def quote(value: str) -> str:
    """Return `value` as one word of UCI's files and of the shell."""
    return "'" + value.replace("'", "'\\''") + "'"


def section_name(*parts: str) -> str:
    """Return a section's name made of these parts.

    It takes letters, digits and underscores only ("The UCI system", file syntax).
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", "_".join(parts))


# A change asks for the same few texts ten times, and many devices are changed at once.
@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Record, ...]:
    """Return the records of an export; raises Garbled, with the line, for what is none."""
    package = ""
    records: list[Record] = []
    counts: dict[tuple[str, str], int] = {}
    unnamed: dict[tuple[str, str], int] = {}
    options: dict[str, Value] = {}
    for number, words in _statements(text):
        match words:
            case ["package", package]:
                pass
            case ["config", kind, *name] if len(name) < 2 and package:
                options = {}
                place = (package, kind)
                counts[place] = counts.get(place, 0) + 1
                if name and name[0]:
                    key = address = name[0]
                else:
                    unnamed[place] = unnamed.get(place, 0) + 1
                    key = f"@{kind}#{unnamed[place] - 1}"
                    address = f"@{kind}[{counts[place] - 1}]"
                records.append(Record(package, kind, key, f"{package}.{address}", options))
            case ["option", name, value] if records:
                options[name] = value
            case ["list", name, value] if records:
                before = options.get(name, ())
                options[name] = (*before, value) if isinstance(before, tuple) else (before, value)
            case _:
                raise Garbled(f"line {number} of the UCI export is no UCI: {words[0]} …")
    return tuple(records)


@lru_cache(maxsize=256)
def told(text: str) -> tuple[Record, ...]:
    """Return the records of an export without the options that are there and say nothing.

    `uci set` with an empty value takes the option away (libuci, `uci_set`), and `add_list` takes
    none: what a file says so cannot be put back, and means what its absence means.
    """
    return tuple(_without_empty(record) for record in parse(text))


def _without_empty(record: Record) -> Record:
    if all(value if isinstance(value, str) else all(value) for value in record.options.values()):
        return record
    said = (
        (option, value if isinstance(value, str) else tuple(filter(None, value)))
        for option, value in record.options.items()
    )
    return replace(record, options={option: value for option, value in said if value})


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    pending = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not pending:
            plain = _PLAIN.match(line) or _HEADER.match(line)
            if plain:  # nearly every line; shlex is fifty times slower
                yield number, [word for word in plain.groups() if word is not None]
                continue
            if not line.strip() or line.lstrip().startswith("#"):
                continue
        pending = f"{pending}\n{line}" if pending else line
        try:
            words = shlex.split(pending)
        except ValueError:
            continue  # a value that goes on over the line's end
        pending = ""
        yield number, words
    if pending:
        raise Garbled("the UCI export ends inside a quoted value")


def write(records: Sequence[Record]) -> str:
    """Return the records as an export, packages in their first order."""
    lines = []
    package = None
    order = {record.package: place for place, record in reversed(list(enumerate(records)))}
    for record in sorted(records, key=lambda each: order[each.package]):
        if record.package != package:
            package = record.package
            lines += [f"package {package}", ""]
        lines += [_header(record), *(f"\t{line}" for line in option_lines(record)), ""]
    return "\n".join(lines) + "\n" if lines else ""


def _header(record: Record) -> str:
    return f"config {record.kind}" + ("" if record.unnamed else f" {quote(record.key)}")


def option_lines(record: Record) -> list[str]:
    """Return the option and list lines of a record."""
    lines = []
    for option, value in record.options.items():
        if isinstance(value, tuple):
            lines += [f"list {option} {quote(each)}" for each in value]
        else:
            lines.append(f"option {option} {quote(value)}")
    return lines


def commands(operation: Operation) -> list[str]:
    """Return the `uci` commands that do one operation."""
    if operation.record.package == CRONTAB_PACKAGE:
        return _crontab_commands(operation)
    address = operation.record.address
    match operation:
        case AddRecord(record, place):
            # netifd numbers the interfaces of a radio, and their BSSIDs, in the order of the file.
            moved = [] if place is None else [f"uci reorder {address}={place}"]
            return [f"uci set {address}={quote(record.kind)}", *moved]
        case DeleteRecord():
            return [f"uci delete {address}"]
        case DeleteOption(_, option):
            return [f"uci delete {address}.{option}"]
        case SetOption(_, option, str() as value, _):
            return [f"uci set {address}.{option}={quote(value)}"]
        case SetOption(_, option, values, _):
            # One line that says the whole list, so that it may be sent again.
            added = " && ".join(f"uci add_list {address}.{option}={quote(v)}" for v in values)
            return [f"uci -q delete {address}.{option}; {added}"]


def _crontab_commands(operation: Operation) -> list[str]:
    key = operation.record.key
    cleared = f"[ ! -e {CRONTAB} ] || sed -i '/ # {key}$/d' {CRONTAB}"
    match operation:
        case SetOption(_, _, str() as line, _):
            return [f"{cleared}; echo {quote(f'{line} # {key}')} >> {CRONTAB}"]
        case DeleteRecord():
            return [cleared]
        case _:
            return []  # a line is all that an entry is


def is_secret(_record: Record, option: str) -> bool:
    """Return whether the option's value must not be shown."""
    return _SECRET_OPTION.match(option) is not None


def normalise(answers: Sequence[str]) -> str:
    """Return what the commands of READ answered as one text in our own form."""
    crontab = ""
    if len(answers) == len(READ):
        *answers, crontab = answers
    marked = (_MARKED.match(line) for line in crontab.splitlines())
    entries = [_entry(match[2], match[1]) for match in marked if match]
    return write([*told("\n".join(answers)), *entries])


def _entry(key: str, line: str) -> Record:
    address = f"{CRONTAB_PACKAGE}.{key}"
    return Record(CRONTAB_PACKAGE, "entry", key, address, {"run": line})


GRAMMAR = RecordGrammar(
    parse=told,
    write=write,
    header=lambda record: f"{record.address} ({record.kind})",
    lines=option_lines,
    commands=commands,
    is_secret=is_secret,
)
