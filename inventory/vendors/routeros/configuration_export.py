r"""RouterOS's configuration as `/export terse` writes it.

Sources: MikroTik documentation, RouterOS 7, "Configuration Management" (export, import, terse,
show-sensitive), "Command Line Interface" (general commands: add, set, remove, unset, find) and
"Scripting" (constant escape sequences, line joining). In an export of the `wifi` menus an option
that shares its prefix with the one before is written without it: `channel.band=… .width=…`.

An item is known by its name, by a comment that begins with `preau`, or by what the menu itself
numbers it with (`default-name`, the name of a service). Any other item is none of ours: it is kept
in the text, and no command of ours ever names it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from inventory.errors import Garbled
from inventory.vendors.configuration import MASK, NAMED
from inventory.vendors.records import Record

OURS = "preau"
WIFI = "/interface wifi"
RADIO = "/interface wifi radio"  # what the hardware can do: read, never written
GUARD_NAME = "preau-guard"

_BARE = re.compile(r"[A-Za-z0-9_.:/,*-]+")
_ESCAPES = {
    "_": " ",
    **{sign: sign for sign in '"\\$?'},
    **dict(zip("nrtabfv", "\n\r\t\a\b\f\v", strict=True)),
}
_MASKED = re.compile(f"{re.escape(MASK)}|{NAMED.pattern}")
_SECRET = re.compile(
    r"(^|[.-])(passphrase|password|secret|private-key|preshared-key|pre-shared-key|auth-key)$"
    r"|^(key|static-key-\d|passwd)$"
)
# Menus whose items have no name, and the option that tells one from another.
_TOLD_BY = {"/system ntp client servers": "address", "/system logging": "action"}


def quote(value: str) -> str:
    r"""Return `value` as one word of a command line.

    Other signs than printable ASCII go as the hexadecimal codes of their octets (`\C3\A9`), which
    the console takes whatever the terminal; so does `?`, which asks RouterOS 6 for help. The masks
    of secrets stay readable.
    """
    if _BARE.fullmatch(value):
        return value
    if _MASKED.fullmatch(value):
        return f'"{value}"'
    return '"' + spoken(value) + '"'


def spoken(value: str) -> str:
    """Return how `value` stands between the quotes of a command line."""
    shown = []
    for octet in value.encode():
        sign = chr(octet)
        if sign in '"\\$':
            shown.append("\\" + sign)
        elif sign == "?" or not 32 <= octet <= 126:
            shown.append(f"\\{octet:02X}")
        else:
            shown.append(sign)
    return "".join(shown)


def parse(text: str) -> tuple[Record, ...]:
    """Return the records of an export; raises Garbled, with the line, for what is none."""
    records: list[Record] = []
    seen: dict[tuple[str, str], int] = {}
    path = ""
    for number, line in _joined(text):
        words = list(_words(line, number))
        if words[0].startswith("/"):
            length = next((n for n, w in enumerate(words) if w in {"add", "set"}), len(words))
            path, words = " ".join(words[:length]), words[length:]
        if not words:
            continue
        if not path or words[0] not in {"add", "set"}:
            raise Garbled(f"line {number} of the export is no add or set: {words[0]} …")
        record = _record(path, words[0], words[1:])
        place = seen[record.identity] = seen.get(record.identity, 0) + 1
        if place > 1:
            # Twice the same: neither can be named in a command.
            record = replace(record, key=f"{record.key}#{place}", address="")
        records.append(record)
    return tuple(records)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) without comments; a line that ends with a backslash goes on."""
    pending = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = pending + (line.lstrip() if pending else line.strip())
        if stripped.endswith("\\") and not stripped.endswith("\\\\"):
            pending = stripped[:-1]
            continue
        pending = ""
        if stripped and not stripped.startswith("#"):
            yield number, stripped
    if pending:
        raise Garbled("the export ends inside a line that goes on")


_WORD = re.compile(r'\[[^\]]*\]|[^\s="]+="(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"|[^\s"]+')


def _words(line: str, number: int) -> Iterator[str]:
    place = 0
    while place < len(line):
        if line[place].isspace():
            place += 1
            continue
        match = _WORD.match(line, place)
        if match is None:
            raise Garbled(f"line {number} of the export has a quote that does not end")
        yield match[0]
        place = match.end()


def _record(path: str, verb: str, words: Sequence[str]) -> Record:
    target = ""
    if verb == "set" and words and ("=" not in words[0] or words[0].startswith("[")):
        target, words = words[0], words[1:]
    options = dict(_options(words))
    kind = "item" if verb == "add" else "settings"
    if verb == "add":
        return _item(path, options)
    if target.startswith("["):
        told = target.strip("[] ").removeprefix("find").removeprefix(" where").strip()
        name, _, value = told.partition("=")
        address = f"[find where {name}={quote(_unquoted(value))}]"
        return Record(path, kind, f"{name}={_unquoted(value)}", address, options)
    return Record(path, kind, _unquoted(target), target, options)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    prefix = ""
    for word in words:
        option, equals, value = word.partition("=")
        if option.startswith("."):
            option = prefix + option
        elif "." in option:
            prefix = option.rpartition(".")[0]
        yield option, _unquoted(value) if equals else ""


def _item(path: str, options: Mapping[str, str]) -> Record:
    comment, name = options.get("comment", ""), options.get("name", "")
    told_by = _TOLD_BY.get(path)
    if name and not _is_community(path, options):
        key, address = name, f"[find where name={quote(name)}]"
    elif comment.startswith(OURS):
        key, address = comment, f"[find where comment={quote(comment)}]"
    elif told_by and told_by in options:
        key = options[told_by]
        address = f"[find where {told_by}={quote(key)}]"
    else:
        shown = (f"{o}={v}" for o, v in sorted(options.items()) if not _is_hidden(path, o, options))
        key, address = " ".join(shown), ""
    return Record(path, "item", key, address, dict(options))


def _unquoted(word: str) -> str:
    if not word.startswith('"'):
        return word
    octets = bytearray()
    signs = iter(word[1:-1])
    for sign in signs:
        if sign != "\\":
            octets += sign.encode()
            continue
        escaped = next(signs, "")
        if escaped in _ESCAPES:
            octets += _ESCAPES[escaped].encode()
        else:
            octets.append(int(escaped + next(signs, ""), 16))
    return octets.decode(errors="backslashreplace")


def _is_community(path: str, options: Mapping[str, str]) -> bool:
    """Return whether an item's name is a community of SNMPv1 or v2c, which is a password."""
    return path == "/snmp community" and options.get("security", "none") == "none"


def _is_hidden(path: str, option: str, options: Mapping[str, str]) -> bool:
    community = option == "name" and _is_community(path, options)
    return community or _SECRET.search(option) is not None


def write(records: Sequence[Record]) -> str:
    """Return the records as `/export terse` shows them, other signs than ASCII as they are."""
    return "".join(f"{_shown(record)}\n" for record in records)


def header(record: Record) -> str:
    """Return the line under which a reviewer sees a record."""
    return f"{record.package} {record.key}".rstrip()


def option_lines(record: Record) -> list[str]:
    """Return the options of a record, one a line, as a reviewer reads them."""
    return [f"{option}={_plain(str(value))}" for option, value in record.options.items()]


def _shown(record: Record) -> str:
    where = ["add"] if record.kind == "item" else ["set"]
    if record.kind != "item" and record.key:
        name, equals, value = record.key.partition("=")
        where.append(f"[ find {name}={_plain(value)} ]" if equals else record.key)
    return " ".join([record.package, *where, *option_lines(record)])


def _plain(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    signs = ("\\" + sign if sign in '"\\$' else sign for sign in value)
    return '"' + "".join(signs).replace("\n", "\\n").replace("\r", "\\r") + '"'


def is_secret(record: Record, option: str) -> bool:
    """Return whether the option's value must not be shown."""
    options = {name: str(value) for name, value in record.options.items()}
    return _is_hidden(record.package, option, options)
