"""The Basic Encoding Rules of ASN.1, as far as SNMP uses them (RFC 3417 clause 8, X.690).

Decoding is total: any bytes give a value or `Malformed`, nothing else, and never more work than the
bytes are long. Lengths are definite and must fit their parent exactly.

`read_varbinds` and `read_values` are the hot loops of polling; compiled functions of the same
signatures can take their place.
"""

from collections.abc import Sequence

from inventory.vendors.mib import Oid, Value

INTEGER, OCTET_STRING, NULL, OBJECT_ID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82

# A column's name, and its encoding without tag and length.
Root = tuple[Oid, bytes]
# A GETBULK's varbinds: the name, the value's tag, the value (None where the tag has none).
VarBind = tuple[Oid, int, Value | None]

_SUBIDENTIFIER_MAX = 0xFFFFFFFF
_OID_MAX = 128  # RFC 2578 clause 3.5: at most 128 sub-identifiers
_CACHED_OIDS = 50_000
_CACHED_HEADS = 50_000
_TABLE_OCTETS = 9  # of 1.3.6.1.2.1.2.2.1.10 in ifTable
_UNSIGNED = frozenset((COUNTER32, GAUGE32, TIME_TICKS, COUNTER64))
_ALL_UNKNOWN = 16  # bindings
_LEADING_ZERO = 9  # octets of a 64-bit number with a zero before it, which is judged
_number = int.from_bytes
_VALUELESS = (NULL, NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW)

# Fleets answer the same names over and over: decoding one is a look-up. Emptied when full.
_oid_cache: dict[bytes, Oid] = {}


# A binding's octets before its value tell its name, where the value begins and the next binding
# (from the head's first octet), and how the value is read. Only heads that were found in a
# well-formed binding are kept: the lengths in them agree.
_Head = tuple[Oid, int, int, int]
_UNSIGNED_MANY, _SIGNED_ONE, _OCTETS, _UNSIGNED_ONE, _SIGNED_MANY = range(5)
_head_cache: dict[bytes, _Head] = {}


class Malformed(ValueError):
    """The bytes are not what BER or RFC 3416 allows."""


def encode_length(length: int) -> bytes:
    """Return the definite form of a length, the short one where it fits."""
    if length < 0x80:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def encode(tag: int, content: bytes) -> bytes:
    """Return one type-length-value."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    return bytes((tag,)) + encode_length(length) + content


def encode_integer(value: int, tag: int = INTEGER) -> bytes:
    """Return an INTEGER or one of SMIv2's unsigned types, in the fewest octets."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return encode(tag, value.to_bytes(size, "big", signed=True))


def encode_oid(name: Oid) -> bytes:
    """Return an OBJECT IDENTIFIER; raises ValueError for one that has no encoding."""
    if len(name) < 2 or name[0] > 2 or (name[0] < 2 and name[1] > 39):
        raise ValueError(f"{name} is not an object identifier")
    content = bytearray()
    for part in (name[0] * 40 + name[1], *name[2:]):
        if part < 0x80:
            content.append(part)
            continue
        octets = [part & 0x7F]
        while part := part >> 7:
            octets.append(part & 0x7F | 0x80)
        content += bytes(reversed(octets))
    return encode(OBJECT_ID, bytes(content))


def read_header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return (tag, where the content begins, where it ends); raises Malformed past `end`."""
    if at + 2 > end:
        raise Malformed("the message ends inside a type and length")
    tag, length = data[at], data[at + 1]
    at += 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or at + octets > end:
            raise Malformed("a length is indefinite, too long or cut")
        length = int.from_bytes(data[at : at + octets], "big")
        at += octets
    if at + length > end:
        raise Malformed("a value is longer than what holds it")
    return tag, at, at + length


def read_expected(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the value at `at` begins and ends; its tag must be `tag`."""
    if at + 2 <= end and data[at] == tag and data[at + 1] < 0x80:
        stop = at + 2 + data[at + 1]
        if stop <= end:
            return at + 2, stop
    found, begin, stop = read_header(data, at, end)
    if found != tag:
        raise Malformed(f"tag {found:#x} stands where {tag:#x} must")
    return begin, stop


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return (INTEGER, where the next value begins)."""
    begin, stop = read_expected(data, at, end, INTEGER)
    if stop == begin + 1:
        octet = data[begin]
        return (octet if octet < 0x80 else octet - 0x100), stop
    return decode_integer(data[begin:stop]), stop


def decode_integer(content: bytes) -> int:
    """Return a signed INTEGER; one of more than 8 octets is malformed here."""
    if not 1 <= len(content) <= 8:
        raise Malformed("an INTEGER has no octets or more than 8")
    return int.from_bytes(content, "big", signed=True)


def decode_unsigned(content: bytes) -> int:
    """Return a Counter, Gauge or TimeTicks.

    Agents that forget the leading zero octet send what looks negative: the type has no sign, so
    the octets are read without one.
    """
    if not 1 <= len(content) <= 9 or (len(content) == 9 and content[0]):
        raise Malformed("an unsigned number has no octets or more than 64 bits")
    return int.from_bytes(content, "big")


def decode_oid(content: bytes) -> Oid:
    """Return an OBJECT IDENTIFIER (X.690 clause 8.19); an empty one is 0.0, as old agents send."""
    known = _oid_cache.get(content)
    if known is not None:
        return known
    if len(_oid_cache) >= _CACHED_OIDS:
        _oid_cache.clear()
    _oid_cache[content] = name = _decode_oid(content)
    return name


def _decode_oid(content: bytes) -> Oid:
    if not content:
        return (0, 0)
    if content[-1] & 0x80:
        raise Malformed("an OBJECT IDENTIFIER ends inside a sub-identifier")
    if content.isascii():  # each octet is a sub-identifier
        parts: Sequence[int] = content
    elif len(content) > _TABLE_OCTETS and not content[_TABLE_OCTETS - 1] & 0x80:
        # Many names begin with the octets of the same table.
        table = _oid_cache.get(content[:_TABLE_OCTETS]) or decode_oid(content[:_TABLE_OCTETS])
        name = table + tuple(_sub_identifiers(content[_TABLE_OCTETS:]))
        if len(name) > _OID_MAX:
            raise Malformed("an OBJECT IDENTIFIER has more than 128 sub-identifiers")
        return name
    else:
        parts = _sub_identifiers(content)
    if len(parts) >= _OID_MAX:
        raise Malformed("an OBJECT IDENTIFIER has more than 128 sub-identifiers")
    first = min(parts[0] // 40, 2)
    return (first, parts[0] - 40 * first, *parts[1:])


def _sub_identifiers(content: bytes) -> Sequence[int]:
    """Return the sub-identifiers that fill `content`, which ends with one."""
    if content.isascii():
        return content
    parts: list[int] = []
    part = 0
    for octet in content:
        part = part << 7 | octet & 0x7F
        if part > _SUBIDENTIFIER_MAX:
            raise Malformed("a sub-identifier has more than 32 bits")
        if octet < 0x80:
            parts.append(part)
            part = 0
    return parts


def encoded_root(root: Oid) -> Root:
    """Return a column as `read_varbinds` takes it."""
    return root, encode_oid(root)[2:]


def read_varbinds(
    data: bytes, at: int, end: int, roots: Sequence[Root] | None = None
) -> list[VarBind]:
    """Return the variable bindings that fill `data[at:end]` (RFC 3416 VarBindList's content).

    Raises Malformed. A binding whose head was seen before is read here without a call, any other
    by `_read_varbind`, which checks every length against its parent. With the columns that were
    asked, `roots`, what is like nothing that was seen is read by `_read_rows`.
    """
    found: list[VarBind] = []
    append, heads = found.append, _head_cache.get
    unknown = 0
    while at < end:
        # The head of a binding with short lengths: 30 LL 06 NN name tag length.
        head = heads(data[at : at + data[at + 3] + 6]) if at + 3 < end else None
        if head is None or at + head[2] > end:
            unknown += 1
            if roots and unknown == _ALL_UNKNOWN > len(found):
                return _read_rows(data, at, end, roots, found)
            bind, at = _read_varbind(data, at, end)
            append(bind)
            continue
        name, value_at, next_at, kind = head
        tag, content = data[at + value_at - 2], data[at + value_at : at + next_at]
        if kind == _OCTETS:
            append((name, tag, content))
        else:
            append((name, tag, _number(content, "big", signed=tag == INTEGER)))
        at += next_at
    return found


def _read_rows(
    data: bytes, at: int, end: int, roots: Sequence[Root], found: list[VarBind]
) -> list[VarBind]:
    """Return `found` and the bindings that follow it, row by row of some columns.

    What stands behind the columns' names is the same in each of them, and is decoded once. As in
    `_read_varbind` every length is checked; what is not as expected is read by it.
    """
    width, append, number = len(roots), found.append, _number
    indexes: dict[bytes, Oid] = {}
    place = len(found)
    while at < end:
        column, prefix = roots[place % width]
        place += 1
        name_at = at + 4
        if at + 6 <= end and (stop := at + 2 + data[at + 1]) <= end and data[at + 1] < 0x80:
            value_at = name_at + data[at + 3] + 2
            if (
                value_at <= stop
                and data[value_at - 1] == stop - value_at
                and data[at] == SEQUENCE
                and data[at + 2] == OBJECT_ID
                and data.startswith(prefix, name_at)
            ):
                rest = data[name_at + len(prefix) : value_at - 2]
                index = indexes.get(rest)
                if (
                    index is None
                    and rest
                    and rest[-1] < 0x80
                    and len(rest) + len(column) < _OID_MAX
                ):
                    index = indexes[rest] = tuple(_sub_identifiers(rest))
                tag = data[value_at - 2]
                if index is not None:
                    if tag in _UNSIGNED and 0 < stop - value_at < _LEADING_ZERO:
                        append((column + index, tag, number(data[value_at:stop], "big")))
                    elif tag == OCTET_STRING:
                        append((column + index, tag, data[value_at:stop]))
                    else:
                        append((column + index, tag, _decode_value(tag, data[value_at:stop])))
                    at = stop
                    continue
        bind, at = _read_varbind(data, at, end)
        append(bind)
    return found


def head_octets(name: Oid) -> int:
    """Return how long the head of a binding of this name is, with short lengths."""
    return len(encode_oid(name)) + 4


def read_values(
    data: bytes, at: int, end: int, heads: Sequence[tuple[Oid, int]]
) -> list[Value] | None:
    """Return the values of the bindings that fill `data[at:end]` if they have just these names.

    None when they do not, or when anything about them is new or not well-formed: they are then to
    be read by `read_varbinds`. `heads` are names that it returned before, with their `head_octets`.
    """
    values: list[Value] = []
    append, known, number = values.append, _head_cache, _number
    try:
        for expected, octets in heads:
            name, value_at, next_at, kind = known[data[at : at + octets]]
            if name is not expected:
                return None
            if kind == _UNSIGNED_MANY:
                append(number(data[at + value_at : at + next_at], "big"))
            elif kind == _SIGNED_ONE:
                octet = data[at + value_at]
                append(octet if octet < 0x80 else octet - 0x100)
            elif kind == _OCTETS:
                append(data[at + value_at : at + next_at])
            elif kind == _UNSIGNED_ONE:
                append(data[at + value_at])
            else:
                append(number(data[at + value_at : at + next_at], "big", signed=True))
            at += next_at
    except (KeyError, IndexError):
        return None
    return values if at == end else None


def _read_varbind(data: bytes, at: int, end: int) -> tuple[VarBind, int]:
    # Nearly all have short lengths, one octet each: 30 LL 06 NN name tag VV value.
    if at + 6 <= end:
        octets, name_octets = data[at + 1], data[at + 3]
        value_at, stop = at + 6 + name_octets, at + 2 + octets
        if (
            octets < 0x80
            and data[at] == SEQUENCE
            and data[at + 2] == OBJECT_ID
            and value_at <= stop <= end
            and data[value_at - 1] == stop - value_at
        ):
            wire, tag = data[at + 4 : value_at - 2], data[value_at - 2]
            seen_before = (
                wire in _oid_cache
            )  # by itself, a name may be one that no other device has
            name, value = decode_oid(wire), _decode_value(tag, data[value_at:stop])
            if seen_before:
                _remember_head(data[at:value_at], name, tag, stop - at)
            return (name, tag, value), stop
    begin, stop = read_expected(data, at, end, SEQUENCE)
    name_at, name_end = read_expected(data, begin, stop, OBJECT_ID)
    tag, value_at, value_end = read_header(data, name_end, stop)
    if value_end != stop:
        raise Malformed("something follows a variable binding's value")
    value = _decode_value(tag, data[value_at:value_end])
    return (decode_oid(data[name_at:name_end]), tag, value), stop


def _remember_head(head: bytes, name: Oid, tag: int, next_at: int) -> None:
    octets = next_at - len(head)
    if tag in (OCTET_STRING, OPAQUE, IP_ADDRESS):
        kind = _OCTETS
    elif tag == INTEGER:
        kind = _SIGNED_ONE if octets == 1 else _SIGNED_MANY
    elif tag in _UNSIGNED and octets < _LEADING_ZERO:
        kind = _UNSIGNED_ONE if octets == 1 else _UNSIGNED_MANY
    else:
        return
    if len(_head_cache) >= _CACHED_HEADS:
        _head_cache.clear()
    _head_cache[head] = (name, len(head), next_at, kind)


def _decode_value(tag: int, content: bytes) -> Value | None:
    if tag in (OCTET_STRING, OPAQUE):
        return content
    if tag == INTEGER:
        return decode_integer(content)
    if tag in _UNSIGNED:
        return decode_unsigned(content)
    if tag == OBJECT_ID:
        return decode_oid(content)
    if tag == IP_ADDRESS:
        if len(content) != 4:
            raise Malformed("an IpAddress does not have 4 octets")
        return content
    if tag in _VALUELESS:
        if content:
            raise Malformed("a value that holds nothing has content")
        return None
    raise Malformed(f"a value has the unknown tag {tag:#x}")
