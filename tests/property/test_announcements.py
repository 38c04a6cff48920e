"""Frames come from strangers: no octets end the listener, or reach a terminal as commands."""

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from collectors.announcements import Announcement, announcement, speaker
from tests.unit.test_announcements import cdp, lldp, tlv

VALUES = st.binary(max_size=60)
LLDP = st.lists(st.tuples(st.integers(0, 127), VALUES), max_size=8).map(
    lambda tlvs: lldp(*(tlv(kind, value) for kind, value in tlvs))
)
CDP = st.lists(st.tuples(st.integers(0, 40), VALUES), max_size=8).map(lambda tlvs: cdp(*tlvs))
ARP = st.binary(max_size=40).map(lambda rest: bytes(12) + b"\x08\x06" + rest)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a frame with octets changed, cut out or put in."""
    frame = bytearray(draw(LLDP | CDP | ARP))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(frame) - 1)))
        frame[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(frame[: draw(st.integers(0, len(frame)))]) if draw(st.booleans()) else bytes(frame)


def _fits(said: Announcement | None) -> bool:
    if said is None:
        return True
    told = asdict(said) | {"capabilities": sorted(said.capabilities)}
    texts = [each for each in told.values() if isinstance(each, str)]
    return bool(json.dumps(told)) and all(
        text.isprintable() and 0 < len(text) <= 255 for text in texts
    )


@given(st.binary(max_size=1600) | LLDP | CDP | ARP | mutated())
def test_no_frame_ends_the_listener(frame: bytes) -> None:
    assert _fits(announcement(frame))
    speaker(frame)


@given(LLDP, st.integers(0, 200))
def test_a_frame_cut_anywhere_says_nothing_or_less(frame: bytes, cut: int) -> None:
    whole, less = announcement(frame), announcement(frame[:cut])
    assert less is None or (whole is not None and less.chassis_id == whole.chassis_id)
