"""What an SNMP agent or a recording said, as values: an immutable, sorted view OID -> value.

A value is an `int` (INTEGER, Counter32/64, Gauge32, TimeTicks), `bytes` (OCTET STRING, IpAddress,
Opaque) or an `Oid` (OBJECT IDENTIFIER). The ASN.1 tag is not kept: the object's definition in its
MIB module tells what a column holds, and agents are not always right about their tags.
"""

import re
import struct
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from inventory.observation import Problem

Oid: TypeAlias = tuple[int, ...]
Value: TypeAlias = int | bytes | Oid

_MAC_BYTES = 6
_BARE_MAC = re.compile(rb"[0-9A-Fa-f]{12}")
# The places of the bits that are set in each octet, its highest bit being 1.
_SET = [tuple(place for place in range(1, 9) if octet & 0x100 >> place) for octet in range(256)]
_FEW = 200  # objects of a view of which all beginnings are worth knowing
_MAX_SUB_IDENTIFIER = 2**32 - 1  # RFC 2578, section 3.5


def oid(dotted: str) -> Oid:
    """Return the OID written with dots, with or without a leading one; raises ValueError."""
    parts = tuple(map(int, dotted.lstrip(".").split(".")))
    if min(parts) < 0 or max(parts) > _MAX_SUB_IDENTIFIER:
        raise ValueError(f"{dotted[:80]} has a sub-identifier outside 0..{_MAX_SUB_IDENTIFIER}")
    return parts


def dotted(name: Oid) -> str:
    """Return the OID with dots, without a leading one."""
    return ".".join(map(str, name))


class Rows(Mapping[Oid, Value]):
    """A table that is decoded when it is looked at, and may be sifted before."""

    @abstractmethod
    def decoded(self) -> dict[Oid, Value]:
        """Return all of it."""

    @abstractmethod
    def numbered(self) -> dict[int, Value]:
        """Return the rows whose index is one number, by that number."""

    @abstractmethod
    def among(self, keys: Collection[Oid], lead: int) -> dict[Oid, Value]:
        """Return the rows whose index is one of `keys` behind its first `lead` parts."""

    @abstractmethod
    def told(self, wanted: Callable[[Value], bool]) -> dict[Oid, Value]:
        """Return the rows whose value is wanted."""


class MibView:
    """All objects that were read, by OID; `problems` says what could not be read.

    In place of `values` they may stand in `tables`, each with what follows its root, where no root
    is below another: then only those that are asked for are looked at and put in order.
    """

    def __init__(
        self,
        values: Mapping[Oid, Value],
        problems: Iterable[Problem] = (),
        *,
        tables: Mapping[Oid, Mapping[Oid, Value]] | None = None,
    ) -> None:
        self._tables: Mapping[Oid, Mapping[Oid, Value]] = tables or {(): dict(values)}
        self._widths = sorted({len(root) for root in self._tables})
        self._ordered: dict[Oid, list[Oid]] = {}
        self._beginnings: set[Oid] | None = None
        self.problems = tuple(problems)

    def _names(self, root: Oid) -> list[Oid]:
        """Return what follows the root of a table, in order."""
        if root not in self._ordered:
            self._ordered[root] = sorted(_decoded(self._tables[root]))
        return self._ordered[root]

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def __iter__(self) -> Iterator[Oid]:
        for root in sorted(self._tables):
            yield from ((*root, *rest) for rest in self._names(root))

    def get(self, name: Oid) -> Value | None:
        """Return the value of one instance, None when it was not told."""
        for width in self._widths:
            if name[:width] in self._tables:
                return self._tables[name[:width]].get(name[width:])
        return None

    def column(self, root: Oid) -> dict[Oid, Value]:
        """Return the instances under `root` by their index, in the order of the index."""
        if self._has_nothing(root):
            return {}
        for width in self._widths:
            if root[:width] in self._tables:
                return self._part(root[:width], root[width:])
        return {
            (*table[len(root) :], *rest): self._tables[table][rest]
            for table in sorted(self._tables)
            if table[: len(root)] == root
            for rest in self._names(table)
        }

    def _has_nothing(self, root: Oid) -> bool:
        """Tell of a view of a few objects that none is under `root`, as of most columns asked."""
        whole = self._tables.get(())
        if whole is None or len(whole) > _FEW:
            return False
        if self._beginnings is None:
            self._beginnings = {name[:end] for name in whole for end in range(len(name))}
        return root not in self._beginnings

    def _part(self, table: Oid, root: Oid) -> dict[Oid, Value]:
        """Return what a table has under `root`, which follows the table's own root."""
        names, rows, width = self._names(table), _decoded(self._tables[table]), len(root)
        if not width:
            return {name: rows[name] for name in names if name}
        found: dict[Oid, Value] = {}
        for place in range(bisect_left(names, root), len(names)):
            name = names[place]
            if name[:width] != root:
                break
            if len(name) > width:
                found[name[width:]] = rows[name]
        return found

    def numbered(self, root: Oid) -> dict[int, Value]:
        """Return the instances under `root` whose index is one number, by it and in no order.

        As in IF-MIB; other instances are left out.
        """
        rows = self._tables.get(root)
        if isinstance(rows, Rows):
            return rows.numbered()
        return {index[0]: each for index, each in self.column(root).items() if len(index) == 1}

    def among(self, root: Oid, keys: Collection[Oid], *, lead: int = 0) -> dict[Oid, Value]:
        """Return the instances under `root` whose index is one of `keys` behind `lead` parts.

        In no order. For tables of a hundred thousand rows of which few are wanted.
        """
        rows = self._tables.get(root)
        if isinstance(rows, Rows):
            return rows.among(keys, lead)
        return {index: each for index, each in self.column(root).items() if index[lead:] in keys}

    def told(self, root: Oid, wanted: Callable[[Value], bool]) -> dict[Oid, Value]:
        """Return the instances under `root` whose value is `wanted`, in no order."""
        rows = self._tables.get(root)
        if isinstance(rows, Rows):
            return rows.told(wanted)
        return {index: each for index, each in self.column(root).items() if wanted(each)}

    def integers(self, root: Oid) -> dict[Oid, int]:
        """Return the column's values that are or spell a whole number."""
        found = {index: integer(value) for index, value in self.column(root).items()}
        return {index: value for index, value in found.items() if value is not None}

    def texts(self, root: Oid) -> dict[Oid, str]:
        """Return the column's values as text, leaving out those that are empty."""
        found = {index: text(value) for index, value in self.column(root).items()}
        return {index: value for index, value in found.items() if value is not None}

    def text(self, name: Oid) -> str | None:
        """Return one instance as text; None when it is empty or was not told."""
        return text(self.get(name))

    def integer(self, name: Oid) -> int | None:
        """Return one instance as a whole number; None when it is none or was not told."""
        return integer(self.get(name))


def _decoded(rows: Mapping[Oid, Value]) -> Mapping[Oid, Value]:
    # Asked for each column of each device: what is no dict is seldom.
    return rows.decoded() if type(rows) is not dict and isinstance(rows, Rows) else rows


def text(value: Value | None) -> str | None:
    """Return a DisplayString or SnmpAdminString: UTF-8, else ISO 8859-1; None when empty.

    Trailing NULs and blanks, which some agents pad with, are cut; an OID or a number is written.
    """
    if value is None:
        return None
    if isinstance(value, bytes):
        raw = value.split(b"\0", 1)[0] if value.rstrip(b"\0").isascii() else value.rstrip(b"\0")
        try:
            decoded = raw.decode("utf-8")
        except UnicodeDecodeError:
            decoded = raw.decode("latin-1")
        # A NUL inside is no letter, and PostgreSQL keeps none.
        return decoded.replace("\0", "").strip() or None
    return str(value) if isinstance(value, int) else dotted(value)


def integer(value: Value | None) -> int | None:
    """Return a number; scripts behind an agent often answer one as text. None when it is none."""
    if isinstance(value, int):
        return value
    number = decimal(value)
    return int(number) if number is not None and number.is_integer() else None


def decimal(value: Value | None) -> float | None:
    """Return a number with decimals from an INTEGER, a text or an Opaque float; None otherwise."""
    if isinstance(value, int):
        return float(value)
    if not isinstance(value, bytes):
        return None
    # NET-SNMP-TC's Float inside Opaque: the ASN.1 application tag 0x9f78, length 4, IEEE 754.
    if value[:3] == b"\x9f\x78\x04" and len(value) == 7:
        number = float(struct.unpack(">f", value[3:])[0])
    else:
        try:
            number = float(value)
        except ValueError:
            return None
    return number if abs(number) < float("inf") else None


def mac(value: Value | None) -> str | None:
    """Return a MacAddress as 12 lower-case hex digits; None for any other value.

    Agents and `snmpwalk` also write it as text: `0:1b:21:a:b:c`, `00-1B-21-0A-0B-0C`, and
    `001b210a0b0c` (Grandstream).
    """
    if not isinstance(value, bytes):
        return None
    if len(value) == _MAC_BYTES:
        return value.hex()
    parts = value.replace(b"-", b":").split(b":")
    if _BARE_MAC.fullmatch(value):
        return value.decode("ascii").lower()
    if len(parts) != _MAC_BYTES or any(not 1 <= len(part) <= 2 for part in parts):
        return None
    try:
        return bytes(int(part, 16) for part in parts).hex()
    except ValueError:
        return None


def bits(value: Value | None) -> list[int]:
    """Return the places of the set bits of a PortList or BITS, the first bit being 1."""
    if not isinstance(value, bytes):
        return []
    return [byte * 8 + bit for byte, octet in enumerate(value) if octet for bit in _SET[octet]]
