"""The `.snmprec` form of a recording: a line is `OID|type|value`.

The type is the ASN.1 tag's number, with a suffix `x` for a value in hex or `e` for one with
backslash escapes.
"""

import ipaddress
import re
from binascii import unhexlify
from functools import partial

from collectors.snmp import ber, snmpwalk
from collectors.snmp.lines import OCTETS_OF_IP, OID, Entry, Form, numbers_behind, run_of
from inventory.vendors.mib import Oid, Value, oid

_TYPE = re.compile(rb"(\d+)([xe]?)(?P<module>:\w+)?")
_BEGINS_WITH = re.compile(rb"(?:^|,)(?:(?P<hex>hexvalue)|value|initial)=(?P<value>[^,]*)")
_NUMBERS = {ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64}
_TEXTS = {ber.OCTET_STRING, ber.OPAQUE}
_NOTHING = {ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_MIB_VIEW}
_BEGINS = re.compile(rb"\s*\.?\d+(?:\.\d+)*\|")
# A backslash and what it escapes; `none`: no escape of Python's strings, or an octet above 255.
_ESCAPE = re.compile(rb"\\(?:(?P<none>[4-7][0-7]{2}|[^\n\\'\"abfnrtv0-7xuUN])|.)", re.DOTALL)
# What is surely right behind an OID. Numbers are shorter than the bounds that others are held to.
_SURE = (
    rb"\|(?:2\|(?:-?\d{1,9}+(?!\d)|\d{10,19}+)|(?:65|66|67|70)\|\d{1,19}+|4\|.*+"
    rb"|4x\|(?:[0-9A-Fa-f]{2})*+|6\|\.?+%s|64\|%s)\n" % (OID, OCTETS_OF_IP)
)


def begins_line(line: bytes) -> bool:
    """Tell whether a line begins with an OID and a bar."""
    return _BEGINS.match(line) is not None


def _read_next(raw: bytes, at: int) -> tuple[Entry | str | None, int]:
    end = raw.index(b"\n", at) + 1
    line = raw[at : end - 1]
    if not line.strip() or line.lstrip().startswith(b"#"):
        return None, end
    read = _read(line)
    if isinstance(read, str):
        return read, end
    name, value = read
    return Entry(name, value), end


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
    """Return Python's words for it, where they say more than the type of the line does."""
    words = str(error)
    if "fromhex" in words:
        return "not hexadecimal digits"
    return "not text" if isinstance(error, UnicodeError) else words[:80]


def _value(written_type: bytes, written: bytes) -> Value | None:
    """Return the value, None where it says that there is none; raises ValueError."""
    found = _TYPE.fullmatch(written_type.strip())
    if not found:
        raise ValueError(f"unknown type {written_type[:20]!r}")
    tag, suffix = int(found[1]), found[2]
    if tag in _NOTHING:
        return None
    if found["module"]:
        given = _BEGINS_WITH.search(written)
        if not given:
            raise ValueError(f"no value after {found['module'][:20]!r}")
        suffix, written = b"x" if given["hex"] else b"", given["value"]
    if suffix == b"x":
        return _from_octets(tag, bytes.fromhex(written.strip().decode("ascii")))
    if suffix == b"e":
        plain = _ESCAPE.sub(_kept_where_none, written)
        written = plain.decode("unicode_escape").encode("latin-1", "replace")
    return written if tag in _TEXTS else _from_text(tag, written.strip().decode("ascii"))


def _kept_where_none(found: re.Match[bytes]) -> bytes:
    """Return an escape as it is, with another backslash before what Python knows as none."""
    return b"\\" + found[0] if found["none"] else found[0]


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


def _sure_value(written: bytes) -> Value:
    """Return the value of `type|value` in a line that is surely right."""
    kind, _, body = written.partition(b"|")
    if kind == b"4":
        return body
    if kind == b"4x":
        return unhexlify(body)
    if kind == b"6":
        return oid(body.decode())
    return ipaddress.IPv4Address(body.decode()).packed if kind == b"64" else int(body)


FORM = Form(
    run=run_of(_SURE),
    row=re.compile(rb"\.?([\d.]++)\|(.*+)\n"),
    value=_sure_value,
    numbers=partial(numbers_behind, (b"2|", b"65|", b"66|", b"67|", b"70|")),
    read_next=_read_next,
)
