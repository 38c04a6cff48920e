"""Recordings of SNMP walks: `.snmprec` files, and the text that `snmpwalk -On` prints.

A line of `.snmprec` is `OID|type|value`: the type is the ASN.1 tag's number, with a suffix `x` for
a value in hex or `e` for one with backslash escapes. What cannot be read is counted, never fatal: a
recording is often all that is left of a device.
"""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

from collectors.snmp import ber, snmpwalk
from inventory.errors import InvalidInput
from inventory.observation import Problem
from inventory.vendors.mib import MibView, Oid, Value, oid

_MAX_BYTES = 256 * 1024 * 1024
_SNMPREC_LINE = re.compile(rb"\s*\.?\d+(?:\.\d+)*\|")
_TYPE = re.compile(rb"(\d+)([xe]?)")
_NUMBERS = {ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64}
_TEXTS = {ber.OCTET_STRING, ber.OPAQUE}
_NOTHING = {ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_MIB_VIEW}
_LOOKED_AT = 200  # lines that decide which of the two forms a file has

# What a reader yields for each entry: its line's number, and the object or why it has none.
# A None value is an entry that was read and says that there is nothing.
Entry = tuple[int, tuple[Oid, Value | None] | str]


def read_recording(path: Path) -> MibView:
    """Return what the recording holds; lines that cannot be read stand in the view's problems.

    An empty file is an empty view with a problem. Raises InvalidInput when the file cannot be
    opened, or is not empty and has no line that can be read.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidInput("the file is too large to be a recording", where=str(path))
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"the recording cannot be read: {error.strerror}", where=str(path)
        ) from error
    view = parse_recording(raw)
    if view is None:
        raise InvalidInput(
            "this is no recording: no line of it can be read",
            where=str(path),
            todo="give a .snmprec file or the output of snmpwalk -On",
        )
    return view


def parse_recording(raw: bytes) -> MibView | None:
    """Return what `raw` holds, None when it is not empty and no line of it can be read."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        return MibView({}, [Problem("recording", "the file is empty")])
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    entries = _snmprec(lines) if _is_snmprec(lines) else snmpwalk.entries(lines)
    values: dict[Oid, Value] = {}
    readable, unreadable, first = 0, 0, (0, "")
    for number, entry in entries:
        if isinstance(entry, str):
            first = first if unreadable else (number, entry)
            unreadable += 1
            continue
        readable += 1
        name, value = entry
        if value is not None:
            values[name] = value
    if not readable:
        return None
    problems = []
    if unreadable:
        what = f"{unreadable} line{'s' if unreadable > 1 else ''} of the recording"
        problems.append(Problem(what, f"not read; the first is line {first[0]}: {first[1]}"))
    return MibView(values, problems)


def _is_snmprec(lines: list[bytes]) -> bool:
    looked_at = lines[:_LOOKED_AT]
    return sum(bool(_SNMPREC_LINE.match(line)) for line in looked_at) >= sum(
        snmpwalk.begins_entry(line) for line in looked_at
    )


def _snmprec(lines: list[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        parts = line.split(b"|", 2)
        if len(parts) != 3:
            yield number, "it is not OID|type|value"
            continue
        try:
            yield number, (oid(parts[0].strip().decode("ascii")), _value(parts[1], parts[2]))
        except ValueError as error:
            yield number, f"its value does not fit its type ({_short(error)})"


def _short(error: ValueError) -> str:
    return type(error).__name__ if isinstance(error, UnicodeError) else str(error)[:80]


def _value(written_type: bytes, written: bytes) -> Value | None:
    """Return the value, None where it says that there is none; raises ValueError."""
    found = _TYPE.fullmatch(written_type.strip())
    if not found:
        raise ValueError(f"unknown type {written_type[:20]!r}")
    tag, suffix = int(found[1]), found[2]
    if tag in _NOTHING:
        return None
    if suffix == b"x":
        return _from_octets(tag, bytes.fromhex(written.strip().decode("ascii")))
    if suffix == b"e":
        written = written.decode("unicode_escape").encode("latin-1", "replace")
    return written if tag in _TEXTS else _from_text(tag, written.strip().decode("ascii"))


def _from_text(tag: int, written: str) -> Value:
    if tag == ber.IP_ADDRESS:
        return ipaddress.IPv4Address(written).packed
    if tag == ber.OBJECT_ID:
        return oid(written)
    number = snmpwalk.whole(written)
    if tag != ber.INTEGER and (tag not in _NUMBERS or number < 0):
        raise ValueError(f"{number} under type {tag}")
    return number


def _from_octets(tag: int, octets: bytes) -> Value:
    if tag in _TEXTS or (tag == ber.IP_ADDRESS and len(octets) == 4):
        return octets
    if tag == ber.INTEGER:
        return ber.decode_integer(octets)
    if tag in _NUMBERS:
        return ber.decode_unsigned(octets)
    if tag == ber.OBJECT_ID:
        return ber.decode_oid(octets)
    raise ValueError(f"type {tag} has no form in hex")
