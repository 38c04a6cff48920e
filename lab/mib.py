"""SNMP values as plain data; the agent alone encodes them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

Oid = tuple[int, ...]
Tree = dict[Oid, "Value"]


class Kind(StrEnum):
    """The SMIv2 types that our devices use (RFC 2578, section 7.1)."""

    INTEGER = "integer"
    OCTETS = "octets"
    OID = "oid"
    ADDRESS = "address"
    COUNTER32 = "counter32"
    GAUGE32 = "gauge32"
    TICKS = "ticks"
    COUNTER64 = "counter64"


@dataclass(frozen=True, slots=True)
class Value:
    """One value; a callable content is asked at every request, as counters and clocks move."""

    kind: Kind
    content: int | bytes | str | Oid | Callable[[], int]


def integer(number: int) -> Value:
    """Return an INTEGER."""
    return Value(Kind.INTEGER, number)


def octets(text: str | bytes) -> Value:
    """Return an OCTET STRING; text is encoded as UTF-8."""
    return Value(Kind.OCTETS, text.encode() if isinstance(text, str) else text)


def mac(text: str) -> Value:
    """Return the six octets of a MAC address written with colons."""
    return octets(mac_octets(text))


def mac_octets(text: str) -> bytes:
    """Return the six octets of a MAC address written with colons."""
    return bytes.fromhex(text.replace(":", ""))


def oid(number: Oid) -> Value:
    """Return an OBJECT IDENTIFIER."""
    return Value(Kind.OID, number)


def address(dotted: str) -> Value:
    """Return an IpAddress."""
    return Value(Kind.ADDRESS, dotted)


def gauge(number: int | Callable[[], int]) -> Value:
    """Return a Gauge32."""
    return Value(Kind.GAUGE32, number)


def ticks(number: int | Callable[[], int]) -> Value:
    """Return TimeTicks, in hundredths of a second."""
    return Value(Kind.TICKS, number)


def counter32(number: int | Callable[[], int]) -> Value:
    """Return a Counter32; what a callable gives wraps at 2^32."""
    return Value(Kind.COUNTER32, number)


def counter64(number: int | Callable[[], int]) -> Value:
    """Return a Counter64."""
    return Value(Kind.COUNTER64, number)


def parse_oid(dotted: str) -> Oid:
    """Return the OID written as `1.3.6.1`."""
    return tuple(int(part) for part in dotted.split("."))


def dotted_index(dotted: str) -> Oid:
    """Return an IPv4 address as four sub-identifiers."""
    return parse_oid(dotted)


def string_index(text: str) -> Oid:
    """Return a variable-length string index: its length, then its octets (RFC 2578, 7.7)."""
    raw = text.encode()
    return (len(raw), *raw)


def add_row(tree: Tree, entry: Oid, index: Oid, cells: Iterable[tuple[int, Value]]) -> None:
    """Add one row of a table: `entry` is the OID of its entry object, a cell names its column."""
    for column, value in cells:
        tree[(*entry, column, *index)] = value


def bits(numbers: Iterable[int], octet_count: int) -> bytes:
    """Return a PortList or BITS value: number 1 is the highest bit of the first octet."""
    field = bytearray(octet_count)
    for number in numbers:
        field[(number - 1) // 8] |= 0x80 >> ((number - 1) % 8)
    return bytes(field)
