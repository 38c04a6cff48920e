"""No recording and no answer of a device, however broken, stops a reading."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.recognise import observe_view
from collectors.recorded import observe_recorded
from collectors.snmp.recording import parse_recording
from inventory.observation import from_json, to_json
from inventory.vendors.family import families
from inventory.vendors.mib import MibView, Oid, Value

COLUMNS = sorted({column for family in families().values() for column in family.reading.columns})
STANDARD = set(families()["generic"].reading.columns)
VALUES = st.one_of(
    st.integers(-(2**63), 2**64 - 1),
    st.binary(max_size=40),
    st.lists(st.integers(0, 2**32 - 1), max_size=12).map(tuple),
)
INDEXES = st.lists(st.integers(0, 300) | st.integers(0, 2**32 - 1), max_size=8).map(tuple)


def names(columns: Sequence[Oid]) -> st.SearchStrategy[Oid]:
    """Return instances of some columns."""
    return st.builds(lambda column, index: (*column, *index), st.sampled_from(columns), INDEXES)


NAMES = names(COLUMNS)


@pytest.mark.parametrize("family_id", sorted(families()))
# Each of many families takes its share of the profile's examples.
@settings(max_examples=max(3, settings().max_examples // 5))
@given(data=st.data())
def test_any_view_is_read_by_any_family(family_id: str, data: st.DataObject) -> None:
    reading = families()[family_id].reading
    # What every family reads is drawn seldom, what is the family's own often.
    own = [column for column in reading.columns if column not in STANDARD] or [*reading.columns]
    view = MibView(
        {
            **data.draw(st.dictionaries(NAMES, VALUES, max_size=10)),
            **data.draw(st.dictionaries(names(own), VALUES, max_size=20)),
        }
    )
    observation = reading.observe(view)
    assert from_json(to_json(observation)) == observation


@given(raw=st.binary(max_size=2000))
def test_any_bytes_are_a_recording_or_none(raw: bytes) -> None:
    recording = parse_recording(raw)
    if recording is not None:
        observe_recorded(recording)


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda name, kind, value: f"{'.'.join(map(str, name))}|{kind}|{value}",
            NAMES,
            st.sampled_from(["2", "4", "4x", "4e", "5", "6", "64", "65", "68x", "70", "99", ""]),
            st.text(max_size=20) | st.integers().map(str),
        ),
        st.builds(
            lambda name, kind, value: f".{'.'.join(map(str, name))} = {kind}: {value}",
            NAMES,
            st.sampled_from(["STRING", "Hex-STRING", "INTEGER", "OID", "Opaque", "IpAddress", "X"]),
            st.text(max_size=20) | st.integers().map(str),
        ),
        st.text(max_size=40),
    ),
    max_size=30,
)


@given(lines=LINES)
def test_any_lines_are_read_as_far_as_they_can_be(lines: list[str]) -> None:
    recording = parse_recording("\n".join(lines).encode())
    if recording is not None:
        observe_recorded(recording)


def test_two_hundred_broken_tables_are_read() -> None:
    dice = random.Random(20261122)
    for _ in range(200):
        observe_view(MibView(dict(_row(dice) for _ in range(50))))


def _row(dice: random.Random) -> tuple[Oid, Value]:
    name = (*dice.choice(COLUMNS), *(dice.randrange(300) for _ in range(dice.randrange(6))))
    values: list[Value] = [dice.randrange(2**64), dice.randbytes(dice.randrange(30)), name]
    return name, dice.choice(values)
