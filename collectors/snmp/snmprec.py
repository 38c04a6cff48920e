"""The `.snmprec` form of a recording: a line is `OID|type|value`.

The type is the ASN.1 tag's number, with a suffix `x` for a value in hex or `e` for one with
backslash escapes. A recording may have hundreds of thousands of lines of which a reading wants a
few thousand: every line is checked, by one regular expression, and only those that are wanted are
decoded.
"""

import ipaddress
import re
from binascii import unhexlify
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from collectors.snmp import ber, snmpwalk
from inventory.vendors.mib import Oid, Value, dotted, oid

_TYPE = re.compile(rb"(\d+)([xe]?)")
_NUMBERS = {ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64}
_TEXTS = {ber.OCTET_STRING, ber.OPAQUE}
_NOTHING = {ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_MIB_VIEW}
# A line that is surely right, as OID and `type|value`; any other line is the last group. Numbers
# are shorter than the bounds that the other lines are held to: they need no second look. Nothing
# is tried twice: a recording has up to hundreds of thousands of lines.
_OID = rb"\d{1,9}+(?:\.\d{1,9}+)*+"
_LINE = re.compile(
    rb"^\.?(?!0\d)(%s)\|((?:2\|-?\d{1,9}+|(?:65|66|67|70)\|\d{1,9}+|4\|.*+"
    rb"|4x\|(?:[0-9A-Fa-f]{2})*+|6\|\.?+%s))$|^(.*)$" % (_OID, _OID),
    re.MULTILINE,
)
_LEADING_ZERO = re.compile(rb"\.0\d")
_AFTER_ALL = b"~"  # behind every digit
_BEGINS = re.compile(rb"\s*\.?\d+(?:\.\d+)*\|")


# (OID, type|value, ""), or (OID, "", place in `_read`) for what was decoded already.
_Row: TypeAlias = tuple[bytes, bytes, bytes]
# What follows the root of the line's table, and the line.
_Placed: TypeAlias = tuple[bytes, _Row]


def begins_line(line: bytes) -> bool:
    """Tell whether a line begins with an OID and a bar."""
    return _BEGINS.match(line) is not None


class Snmprec:
    """The lines of one `.snmprec`, checked and not yet decoded.

    `unreadable` has the number of each line that cannot be read, and why; `readable` counts the
    others.
    """

    def __init__(self, raw: bytes) -> None:
        self._rows: list[_Row] = []
        self._read: list[Value] = []
        self.unreadable: list[tuple[int, str]] = []
        self.readable = 0
        for number, row in enumerate(_LINE.findall(raw), 1):
            name, _, other = row
            if name and not (b".0" in name and _LEADING_ZERO.search(name)):
                self._rows.append(row)
            elif name:
                self._look_again(number, name + b"|" + row[1])
            elif other.strip() and not other.lstrip().startswith(b"#"):
                self._look_again(number, other)
        self.readable += len(self._rows)

    def _look_again(self, number: int, line: bytes) -> None:
        """Read a line that the expression is not sure of."""
        read = _read(line)
        if isinstance(read, str):
            self.unreadable.append((number, read))
        elif read[1] is None:
            self.readable += 1
        else:
            name, place = dotted(read[0]).encode(), str(len(self._read)).encode()
            self._rows.append((name, b"", place))
            self._read.append(read[1])

    def tables(self, roots: Iterable[Oid] | None) -> "Tables":
        """Return the objects at or below each of `roots`, all where it is None.

        They stand by their root, of which none is below another, and by what follows it.
        """
        if roots is None:
            return Tables({(): [(row[0], row) for row in self._rows]}, self._read)
        # With a dot at its end, a root is the beginning of what is below it and of nothing else.
        outermost = [(dotted(root).encode() + b".", root) for root in _outermost(roots)]
        outermost.sort()
        beginnings = [beginning for beginning, _ in outermost]
        found: dict[Oid, list[_Placed]] = {root: [] for _, root in outermost}
        # A line is mostly of the same column as the one before it, or of the same unwanted part.
        here, next_one = b"", b""
        rows: list[_Placed] = []
        for row in self._rows:
            name = row[0] + b"."
            if not here <= name < next_one:
                place = bisect_right(beginnings, name)
                here, root = outermost[place - 1] if place else (b"", ())
                rows = found.get(root, [])
                next_one = beginnings[place] if place < len(beginnings) else _AFTER_ALL
            if here and name.startswith(here):
                rows.append((row[0][len(here) :], row))
        return Tables(found, self._read)


class Tables(Mapping[Oid, Mapping[Oid, Value]]):
    """The wanted lines of a recording by their root, each table decoded when it is asked for."""

    def __init__(self, rows: Mapping[Oid, list[_Placed]], read: Sequence[Value]) -> None:
        self._rows = rows
        self._read = read
        self._decoded: dict[Oid, dict[Oid, Value]] = {}

    def __getitem__(self, root: Oid) -> dict[Oid, Value]:
        if root not in self._decoded:
            # Of several lines for one object the last wins.
            self._decoded[root] = {
                _parts(rest) if rest else (): self._value(row) for rest, row in self._rows[root]
            }
        return self._decoded[root]

    def __contains__(self, root: object) -> bool:
        return root in self._rows

    def __iter__(self) -> Iterator[Oid]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _value(self, row: _Row) -> Value:
        if not row[1]:
            return self._read[int(row[2])]
        kind, _, written = row[1].partition(b"|")
        if kind == b"4":
            return written
        if kind == b"4x":
            return unhexlify(written)
        return _parts(written.lstrip(b".")) if kind == b"6" else int(written)


def _parts(name: bytes) -> Oid:
    return tuple(map(int, name.split(b".")))


def _outermost(roots: Iterable[Oid]) -> list[Oid]:
    """Return the roots that are below no other: then one comparison tells."""
    kept: list[Oid] = []
    for root in sorted(set(roots)):
        if not kept or root[: len(kept[-1])] != kept[-1]:
            kept.append(root)
    return kept


def _read(line: bytes) -> tuple[Oid, Value | None] | str:
    """Return the object of a line, with None where it says that there is none, or why not."""
    parts = line.split(b"|", 2)
    if len(parts) != 3:
        return "it is not OID|type|value"
    try:
        return oid(parts[0].strip().decode("ascii")), _value(parts[1], parts[2])
    except ValueError as error:
        return f"its value does not fit its type ({_short(error)})"


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
