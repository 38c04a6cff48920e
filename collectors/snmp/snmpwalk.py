"""The text that net-snmp's `snmpwalk` prints, one object after the other.

The forms are those of net-snmp 5.9 (man snmpcmd, options -O): `OID = TYPE: value`, where a quoted
string may run over lines and a Hex-STRING goes on over lines. With -OQ no type is written, and with
-Oq no equals sign either: what is no number and no OID is then read as text.
"""

import ipaddress
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from collectors.snmp import object_names
from collectors.snmp.lines import OCTETS_OF_IP, OID, Entry, Form, numbers_behind, run_of
from inventory.vendors.mib import Oid, Value, oid

_ENTRY = re.compile(rb"\s*(\.?\d+(?:\.\d+)+) = ?(.*)", re.DOTALL)
_BEGINS = re.compile(rb"\s*(?:(?:\.?\d+|iso)(?:\.\d+)+|%s[^\n=]*) =" % object_names.BEGINS)
_TYPED = re.compile(
    rb"(?:Wrong Type \(should be [^)]*\): )?([A-Za-z][A-Za-z0-9 -]*): ?(.*)", re.DOTALL
)
_NOTHING = (
    b"No Such Object", b"No Such Instance", b"No more variables left", b"NULL",
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+")
_ENUM = re.compile(rb"[A-Za-z][\w-]*\((-?\d+)\)")
_TICKS = re.compile(rb"\((\d+)\)")
_HEX = re.compile(rb"[0-9A-Fa-f]{2}(?:[\s:]+[0-9A-Fa-f]{2}\b(?!\())*")
# What net-snmp prints without any MIB module for a name's first part.
_ISO = re.compile(rb"^[ \t]*iso(?=\.\d[\d.]* = )", re.MULTILINE)
# An entry of -Oqn, whose OID has a dot first.
_QUICK = re.compile(rb"^\.\d+(?:\.\d+)+ ", re.MULTILINE)
_LOOKED_AT = 65_536  # octets that tell how a text was printed
_SOME_TYPE = re.compile(
    rb" = (?:INTEGER|STRING|Hex-STRING|OID|Timeticks|Counter32|Counter64|Gauge32|IpAddress): "
)

# What is surely right behind an OID. A value of several lines is surely whole where the next line
# begins an entry, and none of its own lines begins like one.
_NOT_BEGUN = rb"(?!\.?\d+\.\d|%s)" % object_names.BEGINS
_WHOLE = rb"(?=\n(?:\Z|\.?%s = ))" % OID
_QUOTED = rb'"[^"\\\n]*+(?:(?:\\.|\n%s)[^"\\\n]*+)*+" *+' % _NOT_BEGUN
_PAIRS = rb"[0-9A-Fa-f]{2}(?:[ :][0-9A-Fa-f]{2})*+ *+"
_DIGITS = rb"(?:-?\d{1,9}+(?!\d)|\d{10,19}+(?!\d))"
_SURE = (
    rb" = (?:(?:INTEGER|Gauge32|Counter32|Counter64|Unsigned32): "
    rb"(?:%(digits)s|[A-Za-z][\w-]*+\(%(digits)s\)).*+"
    rb"|Timeticks: \(\d{1,19}+\).*+"
    rb"|(?:STRING: )?%(quoted)s"
    rb"|Hex-STRING: %(pairs)s(?:\n%(pairs)s)*+%(whole)s"
    rb'|STRING: (?!").*+%(whole)s'
    rb"|OID: \.?%(oid)s *+"
    rb"|IpAddress: %(ip)s *+)\n"
) % {
    b"digits": _DIGITS,
    b"quoted": _QUOTED,
    b"pairs": _PAIRS,
    b"whole": _WHOLE,
    b"oid": OID,
    b"ip": OCTETS_OF_IP,
}
_SURE_UNTYPED = rb" = (?:%s|%s|.*+%s)\n" % (_DIGITS, _QUOTED, _WHOLE)
_GOES_ON = rb"(?:%s[^\n]*+\n)*+" % _NOT_BEGUN


def form_of(raw: bytes) -> tuple[bytes, Form]:
    """Return the text with its OIDs in figures, and how its values are written."""
    text = _ISO.sub(b".1", raw) if b"iso." in raw else raw
    return text, FORM if _SOME_TYPE.search(text) else UNTYPED


def with_equals_signs(raw: bytes) -> bytes:
    """Return a text that `snmpwalk -Oqn` printed as -OQn prints it; any other as it is."""
    begins = raw[:_LOOKED_AT]
    if b" = " in begins or b"|" in begins or not _QUICK.search(begins):
        return raw
    return _QUICK.sub(rb"\g<0>= ", raw)


def begins_entry(line: bytes) -> bool:
    """Tell whether a line begins an object."""
    return _BEGINS.match(line) is not None


def _read_next(
    raw: bytes, at: int, value: Callable[[bytes], Value | None]
) -> tuple[Entry | str | None, int]:
    end = raw.index(b"\n", at) + 1
    line = raw[at : end - 1]
    begins = _ENTRY.match(line)
    if not begins:
        return ("it is not OID = TYPE: value" if line.strip() else None), end
    written, end = _whole_value(raw, end, begins[2])
    try:
        return Entry(oid(begins[1].decode()), value(written)), end
    except ValueError as error:
        return str(error)[:120], end


def _whole_value(raw: bytes, at: int, written: bytes) -> tuple[bytes, int]:
    """Return a value with the lines from `at` that it goes on over, and the next line's place."""
    parts = [written]
    while at < len(raw):
        end = raw.index(b"\n", at) + 1
        line = raw[at : end - 1]
        if not _goes_on(parts, line) or begins_entry(line):
            break
        parts.append(line)
        at = end
    return b"\n".join(parts).rstrip(b"\n"), at


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
    inside = _unquoted(body)
    return inside if inside is body else re.sub(rb'\\(["\\])', rb"\1", inside)


def _unquoted(body: bytes) -> bytes:
    return body[1:-1] if len(body) >= 2 and body[:1] == body[-1:] == b'"' else body


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


def _sure_value(written: bytes) -> Value:
    """Return the value of an entry that is surely right; the plain ones are most of a recording."""
    kind, _, body = written.partition(b": ")
    try:
        if kind in _PLAIN_NUMBERS:
            return int(body)
        if kind == b"STRING" and b"\\" not in body:
            return _unquoted(body.strip())
        if kind == b"Hex-STRING":
            return bytes.fromhex(body.decode())
    except ValueError:  # a unit or a word stands beside it
        pass
    value = _value(written)
    return b"" if value is None else value


_PLAIN_NUMBERS = {b"INTEGER", b"Gauge32", b"Counter32", b"Counter64", b"Unsigned32"}
_TOO_LONG = 20  # digits of a number that no type holds; such a thing is a text
_TICKS_IN_WORDS = re.compile(rb"(\d+):(\d+):(\d+):(\d+)\.(\d\d)")
_QUOTED_HEX = re.compile(rb'"((?:[0-9A-F]{2} \n?)+)"')


def _untyped(written: bytes) -> Value:
    """Return a value without its type (-OQ): a number, an OID with its first dot, octets, text."""
    written = written.strip()
    if _NUMBER.fullmatch(written) and len(written) < _TOO_LONG:
        return int(written)
    if hexadecimal := _QUOTED_HEX.fullmatch(written):
        return bytes.fromhex(hexadecimal[1].decode())
    if ticks := _TICKS_IN_WORDS.fullmatch(written):
        days, hours, minutes, seconds, hundredths = map(int, ticks.groups())
        return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 100 + hundredths
    if written.startswith(b".") and re.fullmatch(rb"\.%s" % OID, written):
        return oid(written.decode())
    return _string(written)


def _untyped_numbers(written: list[bytes]) -> list[int] | None:
    if not all(map(bytes.isdigit, written)) or max(map(len, written), default=0) >= _TOO_LONG:
        return None
    return list(map(int, written))


FORM = Form(
    run=run_of(_SURE),
    row=re.compile(rb"\.?([\d.]++) = (.*+(?:\n(?!\Z)%s.*+)*+)\n" % _NOT_BEGUN),
    value=_sure_value,
    numbers=partial(numbers_behind, tuple(kind + b": " for kind in _PLAIN_NUMBERS)),
    read_next=partial(_read_next, value=_value),
    goes_on=_GOES_ON,
)
UNTYPED = replace(
    FORM,
    run=run_of(_SURE_UNTYPED),
    value=_untyped,
    numbers=_untyped_numbers,
    read_next=partial(_read_next, value=_untyped),
)
