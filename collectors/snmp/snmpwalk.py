"""The text that net-snmp's `snmpwalk -On` prints, one object after the other.

The forms are those of net-snmp 5.9 (man snmpcmd, options -O): `OID = TYPE: value`, where a quoted
string may run over lines and a Hex-STRING goes on over lines.
"""

import ipaddress
import re
import struct
from collections.abc import Callable, Iterator

from inventory.vendors.mib import Oid, Value, oid

_ENTRY = re.compile(rb"\s*(\.?\d+(?:\.\d+)+|iso(?:\.\d+)+) = ?(.*)", re.DOTALL)
_TYPED = re.compile(
    rb"(?:Wrong Type \(should be [^)]*\): )?([A-Za-z][A-Za-z0-9 -]*): ?(.*)", re.DOTALL
)
_NOTHING = (
    b"No Such Object", b"No Such Instance", b"No more variables left", b"NULL",
)  # fmt: skip
# A line that is surely a number, and that nothing goes on with.
_PLAIN = re.compile(
    rb"\.?(\d{1,9}+(?:\.\d{1,9}+)++) = (?:INTEGER|Gauge32|Counter32|Counter64): (-?\d{1,9})\s*"
)
_NUMBER = re.compile(rb"-?\d+")
_ENUM = re.compile(rb"[A-Za-z][\w-]*\((-?\d+)\)")
_TICKS = re.compile(rb"\((\d+)\)")
_HEX = re.compile(rb"[0-9A-Fa-f]{2}(?:[\s:]+[0-9A-Fa-f]{2}\b(?!\())*")


def begins_entry(line: bytes) -> bool:
    """Tell whether a line begins an object."""
    return _ENTRY.match(line) is not None


def entries(lines: list[bytes]) -> Iterator[tuple[int, tuple[Oid, Value | None] | str]]:
    """Yield (line number, object) for each object, or (line number, why it cannot be read)."""
    place = 0
    while place < len(lines):
        number, plain = place + 1, _PLAIN.fullmatch(lines[place])
        if plain:
            place += 1
            yield number, (tuple(map(int, plain[1].split(b"."))), int(plain[2]))
            continue
        begins = _ENTRY.match(lines[place])
        if not begins:
            if lines[place].strip():
                yield number, "it is not OID = TYPE: value"
            place += 1
            continue
        written, place = _whole_value(lines, place, begins[2])
        try:
            name = oid(begins[1].decode().replace("iso", "1", 1))
            yield number, (name, _value(written))
        except ValueError as error:
            yield number, str(error)[:120]


def _whole_value(lines: list[bytes], place: int, written: bytes) -> tuple[bytes, int]:
    """Return a value with the lines that it goes on over, and the next object's place."""
    place += 1
    parts = [written]
    while place < len(lines) and _goes_on(parts, lines[place]) and not begins_entry(lines[place]):
        parts.append(lines[place])
        place += 1
    return b"\n".join(parts).rstrip(b"\n"), place


def _goes_on(parts: list[bytes], line: bytes) -> bool:
    if b"STRING: " not in parts[0] and not parts[0].startswith((b'"', b"BITS: ", b"OPAQUE: ")):
        return False
    if parts[0].startswith((b"Hex-STRING:", b"BITS:")):
        return _HEX.match(line.strip()) is not None
    # A quoted string that was opened and not closed, or an unquoted one of several lines.
    return not (parts[0].startswith((b'STRING: "', b'"')) and _closed(parts))


def _closed(parts: list[bytes]) -> bool:
    """Tell whether the last of a quoted string's lines ends it; those before it did not."""
    last = parts[-1] if len(parts) > 1 else parts[0][parts[0].index(b'"') + 1 :]
    last = last.rstrip()
    return last.endswith(b'"') and not last.endswith(b'\\"')


def _value(written: bytes) -> Value | None:
    written = written.strip()
    if written.startswith(_NOTHING) or not written:
        return None
    if written.startswith(b'"'):
        return _string(written)
    typed = _TYPED.fullmatch(written)
    if not typed:
        raise ValueError("it has no type that is known")
    kind, body = typed[1].decode().strip(), typed[2].strip()
    read = _READERS.get(kind)
    if read is None:
        raise ValueError(f"the type {kind} is not known")
    return read(body)


def _string(body: bytes) -> bytes:
    if len(body) >= 2 and body.startswith(b'"') and body.endswith(b'"'):
        return re.sub(rb'\\(["\\])', rb"\1", body[1:-1])
    return body


def _hex(body: bytes) -> bytes:
    found = _HEX.match(body)
    return bytes.fromhex(re.sub(rb"[^0-9A-Fa-f]", b"", found[0]).decode()) if found else b""


def _number(body: bytes) -> int:
    """Return `1`, `up(1)`, `1500 octets` or `(12345) 0:02:03.45` as a number."""
    found = _ENUM.match(body) or _TICKS.match(body)
    if found:
        return whole(found[1])
    plain = _NUMBER.match(body)
    if not plain:
        raise ValueError("its value is no number")
    return whole(plain[0])


def whole(written: str | bytes) -> int:
    """Return a number that some type of SNMP can hold; raises ValueError for any other."""
    number = int(written)
    if not -(2**31) <= number < 2**64:  # Integer32 to Counter64 (RFC 2578, 7.1.1 and 7.1.10)
        raise ValueError("the number is too large for any type")
    return number


def _object_id(body: bytes) -> Oid:
    words = body.decode("ascii", "replace")
    for root, arc in (("iso", "1"), ("ccitt", "0"), ("joint-iso-ccitt", "2")):
        if words == root or words.startswith(root + "."):
            words = words.replace(root, arc, 1)
    return oid(words)


def _ip_address(body: bytes) -> bytes:
    return ipaddress.IPv4Address(body.decode("ascii", "replace")).packed


def _opaque(body: bytes) -> bytes:
    """Return an Opaque; net-snmp prints the floats inside by their value."""
    kind, colon, number = body.partition(b":")
    if colon and kind.strip() in (b"Float", b"Double"):
        return b"\x9f\x78\x04" + struct.pack(">f", float(number))
    return _hex(body)


_READERS: dict[str, Callable[[bytes], Value]] = {
    "STRING": _string,
    "Hex-STRING": _hex,
    "BITS": _hex,
    "INTEGER": _number,
    "Integer32": _number,
    "Unsigned32": _number,
    "UInteger32": _number,
    "Gauge32": _number,
    "Counter32": _number,
    "Counter64": _number,
    "Timeticks": _number,
    "OID": _object_id,
    "IpAddress": _ip_address,
    "Network Address": _hex,
    "Opaque": _opaque,
    "OPAQUE": _opaque,
}
