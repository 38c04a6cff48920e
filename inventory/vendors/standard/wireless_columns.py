"""Columns of vendors' MIBs as data: where a figure stands, and how its value is read."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from inventory.observation import Metric
from inventory.vendors.mib import MibView, Oid, Value, decimal, dotted, text

Reader = Callable[[Value], float | None]
_MAC_PARTS = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds a figure; `read` gives it in the metric's unit, None for "not told".

    `otherwise` is the column that tells it where this one does not, as in an older release.
    """

    root: Oid
    read: Reader = decimal
    otherwise: "Column | None" = None

    @property
    def roots(self) -> tuple[Oid, ...]:
        """Return the columns to fetch."""
        return (self.root, *(self.otherwise.roots if self.otherwise else ()))

    def at(self, view: MibView, index: Oid) -> float | None:
        """Return the figure of one row, None where it is not told."""
        value = view.get((*self.root, *index))
        number = None if value is None else self.read(value)
        return self.otherwise.at(view, index) if number is None and self.otherwise else number

    def source(self, view: MibView, index: Oid) -> Oid:
        """Return the object that `at` reads."""
        if self.otherwise:
            value = view.get((*self.root, *index))
            if value is None or self.read(value) is None:
                return self.otherwise.source(view, index)
        return (*self.root, *index)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A scalar or a column that is a health figure by itself; `label` tells what it is of."""

    name: str
    label: str | None
    unit: str
    root: Oid
    read: Reader = decimal

    def metrics(self, view: MibView) -> list[Metric]:
        """Return the figure, or one for each row with the row's index in the label."""
        found = []
        rows = view.column(self.root)
        for index, value in rows.items():
            number = self.read(value)
            if number is not None:
                words = (self.label, dotted(index) if len(rows) > 1 else None)
                label = " ".join(word for word in words if word) or None
                source = dotted((*self.root, *index))
                found.append(Metric(self.name, label, number, self.unit, source))
        return found


def leading_number(value: Value) -> float | None:
    """Return the number that a text begins with: 18.0 for `18 dBm`, 36.0 for `36 (auto)`."""
    words = (text(value) or "").split()
    return decimal(words[0].encode()) if words else None


def told(read: Reader = decimal, *silent: float) -> Reader:
    """Return a reader that takes the values `silent` for "not told"; 0 where none is named."""
    not_told = silent or (0.0,)

    def reader(value: Value) -> float | None:
        number = read(value)
        return None if number in not_told else number

    return reader


def scaled(factor: float, read: Reader = decimal) -> Reader:
    """Return a reader of figures that the MIB gives in another unit."""

    def reader(value: Value) -> float | None:
        number = read(value)
        return None if number is None else number * factor

    return reader


def mac_in_index(index: Oid) -> str | None:
    """Return the MacAddress that an index begins with (RFC 2578, 7.7: six sub-identifiers)."""
    octets = index[:_MAC_PARTS]
    if len(octets) < _MAC_PARTS or max(octets) > 0xFF:
        return None
    return bytes(octets).hex()


def mac_of_index(index: Oid) -> str | None:
    """Return the MacAddress that an index is; some agents write its length before it."""
    prefixed = len(index) == _MAC_PARTS + 1 and index[0] == _MAC_PARTS
    return mac_in_index(index[1:] if prefixed else index)


def text_in_index(index: Oid) -> str | None:
    """Return the string that an index begins with: its length, then its octets."""
    octets = index[1 : 1 + index[0]] if index else ()
    if not octets or len(octets) != index[0] or max(octets) > 0xFF:
        return None
    return text(bytes(octets))


def ip_address(value: Value | None) -> str | None:
    """Return an IpAddress, or one that is written as text; None for 0.0.0.0 and for any other."""
    if not isinstance(value, bytes):
        return None
    try:
        address = ipaddress.ip_address(value if len(value) in (4, 16) else (text(value) or ""))
    except ValueError:
        return None
    return None if address.is_unspecified else str(address)
