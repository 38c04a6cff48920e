"""Our BER codec against pysnmp's as the oracle, and against bytes that mean nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder
from pysnmp.proto import api

from collectors.snmp import ber, message
from collectors.snmp.ber import Malformed
from inventory.vendors.mib import Oid
from tests.snmp_agent import Request, decode_request, response

SUBIDENTIFIERS = st.integers(0, 2**32 - 1)
OIDS = st.tuples(
    st.tuples(st.integers(0, 1), st.integers(0, 39)) | st.tuples(st.just(2), st.integers(0, 999)),
    st.lists(SUBIDENTIFIERS, max_size=20),
).map(lambda parts: (*parts[0], *parts[1]))
IDS = st.integers(0, 2**31 - 1)
V2C = api.PROTOCOL_MODULES[1]


def request_for(names: list[Oid], request_id: int) -> Request:
    return Request(1, b"public", 5, request_id, tuple(names), 10, ("127.0.0.1", 0))


@given(
    names=st.lists(OIDS, min_size=1, max_size=10),
    request_id=IDS,
    repetitions=st.integers(0, 2**31 - 1),
    community=st.binary(max_size=200),
)
def test_a_getbulk_of_ours_is_read_by_pysnmp_as_it_was_meant(
    names: list[Oid], request_id: int, repetitions: int, community: bytes
) -> None:
    data = message.encode_request(
        message.V2C,
        community,
        message.GET_BULK,
        request_id,
        names,
        max_repetitions=repetitions,
    )
    read = decode_request(data, ("127.0.0.1", 0))
    assert read == Request(1, community, 5, request_id, tuple(names), repetitions, ("127.0.0.1", 0))


@pytest.mark.parametrize("version", [message.V1, message.V2C])
@pytest.mark.parametrize("kind", [message.GET, message.GET_NEXT])
@given(names=st.lists(OIDS, min_size=1, max_size=10), request_id=IDS)
def test_a_get_of_ours_is_read_by_pysnmp_as_it_was_meant(
    version: int, kind: int, names: list[Oid], request_id: int
) -> None:
    data = message.encode_request(version, b"public", kind, request_id, names)
    read = decode_request(data, ("127.0.0.1", 0))
    assert (read.version, read.kind, read.request_id) == (version, kind & 0x1F, request_id)
    assert read.names == tuple(names)


VALUES = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: (V2C.Integer32(n), n)),
    st.binary(max_size=400).map(lambda octets: (V2C.OctetString(octets), octets)),
    OIDS.map(lambda name: (V2C.ObjectIdentifier(name), name)),
    st.binary(min_size=4, max_size=4).map(lambda octets: (V2C.IpAddress(octets), octets)),
    st.integers(0, 2**32 - 1).map(lambda n: (V2C.Counter32(n), n)),
    st.integers(0, 2**32 - 1).map(lambda n: (V2C.Gauge32(n), n)),
    st.integers(0, 2**32 - 1).map(lambda n: (V2C.TimeTicks(n), n)),
    st.integers(0, 2**64 - 1).map(lambda n: (V2C.Counter64(n), n)),
    st.binary(max_size=20).map(lambda octets: (V2C.Opaque(octets), octets)),
    st.sampled_from(["NoSuchObject", "NoSuchInstance", "EndOfMibView"]).map(
        lambda name: (getattr(V2C, name)(), None)
    ),
)


@given(
    rows=st.lists(st.tuples(OIDS, VALUES), max_size=12),
    request_id=IDS,
    error=st.tuples(st.integers(0, 18), st.integers(0, 2**31 - 1)),
)
def test_a_response_of_pysnmp_is_read_as_it_was_meant(
    rows: list[tuple[Oid, tuple[Any, object]]], request_id: int, error: tuple[int, int]
) -> None:
    data = response(
        request_for([], request_id), [(name, value) for name, (value, _) in rows], error=error
    )
    read = message.decode_response(data)
    assert (read.request_id, read.error_status, read.error_index) == (request_id, *error)
    assert [(name, value) for name, _, value in read.varbinds] == [
        (name, meant) for name, (_, meant) in rows
    ]


@given(number=st.integers(-(2**63), 2**63 - 1))
def test_an_integer_of_ours_is_read_by_pyasn1_and_by_us(number: int) -> None:
    data = ber.encode_integer(number)
    assert int(decoder.decode(data)[0]) == number
    assert ber.read_integer(data, 0, len(data)) == (number, len(data))


@given(name=OIDS)
def test_an_oid_of_ours_is_read_by_pyasn1_and_by_us(name: Oid) -> None:
    data = ber.encode_oid(name)
    assert tuple(decoder.decode(data)[0]) == name
    assert ber.decode_oid(data[2:]) == name


@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_response_or_malformed(data: bytes) -> None:
    _decode(data)


TRUE_RESPONSE = response(
    request_for([], 4711),
    [((1, 3, 6, 1, 2, 1, 1, 1, 0), b"x" * 40), ((1, 3, 6, 1, 2, 1, 1, 3, 0), V2C.TimeTicks(99))],
)


@settings(max_examples=500)
@given(place=st.integers(0, len(TRUE_RESPONSE) - 1), octet=st.integers(0, 255))
def test_a_response_with_one_octet_changed_is_read_or_malformed(place: int, octet: int) -> None:
    _decode(TRUE_RESPONSE[:place] + bytes((octet,)) + TRUE_RESPONSE[place + 1 :])


@given(end=st.integers(0, len(TRUE_RESPONSE) - 1))
def test_a_cut_response_is_malformed(end: int) -> None:
    with pytest.raises(Malformed):
        message.decode_response(TRUE_RESPONSE[:end])


@given(more=st.binary(min_size=1, max_size=20))
def test_what_follows_a_response_makes_it_malformed(more: bytes) -> None:
    with pytest.raises(Malformed):
        message.decode_response(TRUE_RESPONSE + more)


def _decode(data: bytes) -> None:
    try:
        read = message.decode_response(data)
    except Malformed:
        return
    assert len(read.varbinds) <= len(data)


@pytest.mark.parametrize(
    "data",
    [
        bytes.fromhex("3080"),  # indefinite length
        bytes.fromhex("3085ffffffffff"),  # a length of five octets
        bytes.fromhex("30847fffffff"),  # a length beyond the datagram
        bytes.fromhex("3000"),
    ],
)
def test_lengths_that_lie_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        message.decode_response(data)


def test_an_oid_with_a_sub_identifier_of_more_than_32_bits_is_malformed() -> None:
    with pytest.raises(Malformed):
        ber.decode_oid(bytes.fromhex("2b9fffffff7f"))


def test_a_counter_without_its_leading_zero_octet_is_not_negative() -> None:
    assert ber.decode_unsigned(b"\xff\xff\xff\xff") == 2**32 - 1


def test_the_cache_of_names_does_not_grow_without_bound() -> None:
    for number in range(1000):
        ber.decode_oid(bytes((0x2B, 6, 1)) + ber.encode_oid((1, 3, number))[2:])
    assert len(ber._oid_cache) <= ber._CACHED_OIDS


def _bindings(data: bytes) -> bytes:
    """Return the content of the variable bindings of a response."""
    at, end = ber.read_header(data, 0, len(data))[1:]
    for _ in range(2):  # version, community
        at = ber.read_header(data, at, end)[2]
    at = ber.read_header(data, at, end)[1]
    for _ in range(3):  # request id, error status and index
        at = ber.read_header(data, at, end)[2]
    return data[ber.read_header(data, at, end)[1] :]


def _without_memory(content: bytes) -> list[ber.VarBind] | None:
    ber._head_cache.clear()
    ber._oid_cache.clear()
    try:
        return ber.read_varbinds(content, 0, len(content))
    except Malformed:
        return None


def _with_memory(true: bytes, content: bytes) -> tuple[list[ber.VarBind] | None, Any]:
    for _ in range(3):  # seen, remembered, used
        known = ber.read_varbinds(true, 0, len(true))
    values = ber.read_values(
        content, 0, len(content), [(name, ber.head_octets(name)) for name, _, _ in known]
    )
    try:
        return ber.read_varbinds(content, 0, len(content)), values
    except Malformed:
        return None, values


ROWS_OF_PYSNMP = st.lists(st.tuples(OIDS, VALUES), min_size=1, max_size=8).map(
    lambda rows: _bindings(response(request_for([], 1), [(name, v) for name, (v, _) in rows]))
)


@given(true=ROWS_OF_PYSNMP)
def test_bindings_seen_before_are_read_as_if_they_were_new(true: bytes) -> None:
    new = _without_memory(true)
    again, values = _with_memory(true, true)
    assert new is not None
    assert again == new
    assert values is None or values == [value for _, _, value in new]


@settings(max_examples=250)
@given(true=ROWS_OF_PYSNMP, data=st.data())
def test_what_is_remembered_never_makes_spoilt_bindings_good(
    true: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(true) - 1))
    octets = data.draw(st.binary(max_size=3))
    spoilt = true[:place] + octets + true[place + data.draw(st.integers(0, 3)) :]
    new = _without_memory(spoilt)
    again, values = _with_memory(true, spoilt)
    assert again == new
    assert values is None or (new is not None and values == [value for _, _, value in new])


def test_values_of_known_names_are_read_without_judging_them_again() -> None:
    true = _bindings(TRUE_RESPONSE)
    known, values = _with_memory(true, true)
    assert known is not None
    assert values == [b"x" * 40, 99]


COLUMNS = ((1, 3, 6, 1, 2, 1, 2, 2, 1, 10), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6))
ROOTS = tuple(map(ber.encoded_root, COLUMNS))
TABLES = st.lists(
    st.tuples(st.lists(st.integers(0, 2**32 - 1), max_size=4).map(tuple), VALUES, VALUES),
    min_size=20,
    max_size=30,
).map(
    lambda rows: _bindings(
        response(
            request_for([], 1),
            [
                ((*column, *index), value)
                for index, (one, _), (two, _) in rows
                for column, value in zip(COLUMNS, (one, two), strict=True)
            ],
        )
    )
)


@settings(max_examples=60)
@given(true=TABLES, data=st.data())
def test_rows_of_columns_that_were_asked_are_read_as_any_bindings(
    true: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(true) - 1))
    octets = data.draw(st.binary(max_size=3))
    spoilt = true[:place] + octets + true[place + data.draw(st.integers(0, 3)) :]
    for content in (true, spoilt):
        plain = _without_memory(content)
        ber._head_cache.clear()
        try:
            rows = ber.read_varbinds(content, 0, len(content), ROOTS)
        except Malformed:
            rows = None
        assert rows == plain
