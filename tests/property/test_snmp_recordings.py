"""Many lines at a time are read as one by one: whatever stands in a recording."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp import snmprec, snmpwalk
from collectors.snmp.lines import Form, Lines
from inventory.vendors.mib import Oid, Value

PARTS = st.sampled_from(["0", "1", "2", "31", "300", "4294967295", "4294967296", "01", "7"])
NAMES = st.builds(
    lambda dot, root, parts: dot + ".".join([root, *parts]),
    st.sampled_from(["", "."]),
    st.sampled_from(["1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.2.2", "1.3", "1.3.6.1.4.1.9.9.23.1.2.1"]),
    st.lists(PARTS, max_size=4),
)
NUMBERS = st.sampled_from(["7", "-5", "4294967296", "1" * 19, "1" * 20, "-99999999999", "0x1", ""])
TEXTS = st.text('a"\\ \n.13=:0F\t\xe9', max_size=12)
HEX = st.binary(max_size=20)
SNMPREC = st.builds(
    "|".join,
    st.tuples(
        NAMES,
        st.sampled_from(["2", "65", "70", "4", "4x", "4e", "6", "64", "64x", "5", "99"]),
        NUMBERS | TEXTS | HEX.map(bytes.hex) | NAMES | st.just("192.0.2.7"),
    ),
)
VALUES = st.one_of(
    st.builds(
        "{}: {}".format,
        st.sampled_from(["INTEGER", "Counter64", "Gauge32", "Timeticks", "OID", "IpAddress", "X"]),
        NUMBERS | NAMES | st.sampled_from(["up(1)", "(12) 0:00:00.12", "1500 octets", "192.0.2.7"]),
    ),
    TEXTS.map('STRING: "{}"'.format),
    TEXTS.map("STRING: {}".format),
    TEXTS.map('"{}"'.format),
    HEX.map(lambda octets: "Hex-STRING: " + octets.hex(" ").upper() + " "),
    HEX.map(lambda octets: "Hex-STRING: " + octets.hex(" ").replace(" ", "\n", 1)),
    st.sampled_from(["NULL", "BITS: 80 first(0)", "No Such Object available", '""']),
)
SNMPWALK = st.builds("{} = {}".format, NAMES, VALUES)
OTHER = st.sampled_from(["", "# a comment", "nonsense", " 1.3.6.1.2.1.2.2.1.7|2|1", "0B 0C", '"'])


def told(raw: bytes, form: Form) -> tuple[dict[Oid, Value], bool, int, object]:
    """Return all that is read of a recording."""
    lines = Lines(raw, form)
    values = dict(lines.tables(None)[()])
    return values, lines.readable, lines.unreadable, lines.first_unreadable


def one_by_one(form: Form) -> Form:
    return replace(form, run=re.compile(rb"(?!)"))


@given(lines=st.lists(SNMPREC | OTHER, max_size=12))
def test_a_snmprec_is_read_by_runs_as_line_by_line(lines: list[str]) -> None:
    raw = "\n".join(lines).encode()
    assert told(raw, snmprec.FORM) == told(raw, one_by_one(snmprec.FORM))


@given(lines=st.lists(SNMPWALK | OTHER, max_size=12))
def test_the_text_of_snmpwalk_is_read_by_runs_as_entry_by_entry(lines: list[str]) -> None:
    raw = "\n".join(lines).encode()
    assert told(raw, snmpwalk.FORM) == told(raw, one_by_one(snmpwalk.FORM))


@given(
    lines=st.lists(SNMPREC, max_size=12),
    roots=st.lists(st.lists(st.sampled_from([1, 2, 3, 6, 7, 31]), max_size=3), max_size=5),
)
def test_a_table_holds_what_is_below_its_root(lines: list[str], roots: list[list[int]]) -> None:
    read = Lines("\n".join(lines).encode(), snmprec.FORM)
    everything = read.tables(None)[()]
    wanted = [(1, 3, 6, 1, 2, 1, 2, 2, *root) for root in roots]
    found = {
        (*root, *rest): value
        for root, rows in read.tables(wanted).items()
        for rest, value in rows.items()
    }
    assert found == {
        name: value
        for name, value in everything.items()
        if any(name[: len(root)] == root for root in wanted)
    }
    for root, rows in read.tables(wanted).items():
        keys = [rest[1:] for rest in rows if rest[1:]]
        assert rows.among(keys, 1).keys() == {rest for rest in rows if rest[1:] in keys}
        untouched = read.tables([root])[root]
        assert untouched.among([(7,)], 1) == {k: v for k, v in rows.items() if k[1:] == (7,)}
        assert untouched.told(lambda value: value == 7) == {k: v for k, v in rows.items() if v == 7}


def test_of_several_lines_for_one_object_the_last_wins_however_it_is_asked_for() -> None:
    raw = b"1.3.1.7|2|7\n1.3.1.07|2|8\n"
    (table,) = Lines(raw, snmprec.FORM).tables([(1, 3)]).values()
    assert table.among([(7,)], 1) == {(1, 7): 8}
    assert table.told(lambda value: value == 7) == {}
    assert dict(table) == {(1, 7): 8}
