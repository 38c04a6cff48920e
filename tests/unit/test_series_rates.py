"""Counters become rates, or nothing: never a spike, never a negative, never a guess."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.series.rates import Counters, rates

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BEFORE = Counters(
    at=AT,
    uptime_s=10_000,
    speed_bps=10**9,
    octet_bits=64,
    in_octets=1_000_000,
    out_octets=2_000_000,
    in_errors=7,
    out_errors=0,
)  # fmt: skip
WRAP_S = 2**32 / 100


def later(seconds: float = 900, **values: object) -> Counters:
    told = {"at": AT + timedelta(seconds=seconds), "uptime_s": 10_000 + seconds, **values}
    return replace(BEFORE, **told)  # type: ignore[arg-type]


def told(before: Counters, after: Counters) -> dict[str, float]:
    return rates(before, after, max_interval_s=2250)


def test_octets_become_bits_a_second_and_errors_errors_an_hour() -> None:
    after = later(in_octets=1_000_000 + 112_500, out_octets=2_000_000, in_errors=9)
    assert told(BEFORE, after) == {
        "in_bps": 1000,
        "out_bps": 0,
        "in_errors_per_h": 8,
        "out_errors_per_h": 0,
    }


def test_the_interval_is_the_devices_own_whenever_we_wrote_it_down() -> None:
    after = later(930, uptime_s=10_900, in_octets=1_000_000 + 112_500)
    assert told(BEFORE, after)["in_bps"] == 1000


@pytest.mark.parametrize("uptime_s", [5, 899, 9_999])
def test_a_restart_is_a_gap_though_the_counters_may_look_well(uptime_s: float) -> None:
    assert told(BEFORE, later(uptime_s=uptime_s, in_octets=2_000_000)) == {}


def test_an_uptime_that_wraps_is_no_restart() -> None:
    before = replace(BEFORE, uptime_s=WRAP_S - 100)
    assert told(before, later(uptime_s=800, in_octets=1_112_500))["in_bps"] == 1000
    # A restart at the very moment shows another uptime than the one that is due.
    assert told(before, later(uptime_s=300, in_octets=1_112_500)) == {}


def test_a_counter_of_64_bits_may_wrap() -> None:
    before = replace(BEFORE, in_octets=2**64 - 12_500)
    assert told(before, later(in_octets=100_000))["in_bps"] == 1000


def test_a_counter_that_was_cleared_is_a_gap_for_itself_alone() -> None:
    found = told(BEFORE, later(in_octets=0, in_errors=0, out_octets=2_112_500))
    assert found == {"out_bps": 1000, "out_errors_per_h": 0}


def test_32_bits_are_believed_only_where_they_cannot_have_wrapped_unseen() -> None:
    slow = {"octet_bits": 32, "speed_bps": 10**7}
    before = replace(BEFORE, **slow)  # type: ignore[arg-type]
    assert told(before, later(in_octets=1_112_500, **slow))["in_bps"] == 1000
    at_the_end = replace(before, in_octets=2**32 - 12_500)
    assert told(at_the_end, later(in_octets=100_000, **slow))["in_bps"] == 1000
    fast = {"octet_bits": 32, "speed_bps": 10**8}
    assert "in_bps" not in told(replace(BEFORE, **fast), later(in_octets=1_112_500, **fast))  # type: ignore[arg-type]
    unknown = {"octet_bits": 32, "speed_bps": 0}
    assert "in_bps" not in told(
        replace(BEFORE, **unknown),  # type: ignore[arg-type]
        later(in_octets=1_112_500, **unknown),
    )


def test_more_than_the_wire_carries_is_not_told() -> None:
    assert "in_bps" not in told(BEFORE, later(in_octets=1_000_000 + 200 * 10**9))


def test_error_counters_wrap_only_from_their_upper_half() -> None:
    before = replace(BEFORE, in_errors=2**32 - 1)
    assert told(before, later(in_errors=1))["in_errors_per_h"] == 8
    assert "in_errors_per_h" not in told(replace(BEFORE, in_errors=2**31 - 1), later(in_errors=1))


def test_readings_out_of_order_too_far_apart_or_without_uptime_tell_nothing() -> None:
    assert told(BEFORE, BEFORE) == {}
    assert told(later(), BEFORE) == {}
    assert told(BEFORE, later(3600, in_octets=2_000_000)) == {}
    assert told(BEFORE, later(uptime_s=None)) == {}
    assert told(replace(BEFORE, uptime_s=None), later()) == {}
    # Its clock stands still: a cached answer, or an agent that tells no time.
    assert told(BEFORE, later(uptime_s=10_000)) == {}


counter = st.one_of(st.none(), st.integers(0, 2**64 - 1))
readings = st.builds(
    Counters,
    at=st.integers(-(10**8), 10**8).map(lambda seconds: AT + timedelta(seconds=seconds)),
    uptime_s=st.one_of(st.none(), st.floats(0, WRAP_S)),
    speed_bps=st.one_of(st.none(), st.sampled_from([0, 10**7, 10**8, 10**9, 10**11])),
    octet_bits=st.sampled_from([None, 32, 64]),
    in_octets=counter,
    out_octets=counter,
    in_errors=st.one_of(st.none(), st.integers(0, 2**32 - 1)),
    out_errors=st.one_of(st.none(), st.integers(0, 2**32 - 1)),
)


@given(before=readings, after=readings)
def test_no_rate_is_negative_or_more_than_the_wire_carries(
    before: Counters, after: Counters
) -> None:
    found = rates(before, after, max_interval_s=10**9)
    assert all(value >= 0 for value in found.values())
    speed_bps = max(before.speed_bps or 0, after.speed_bps or 0)
    if speed_bps:
        assert all(found.get(name, 0) <= 1.11 * speed_bps for name in ("in_bps", "out_bps"))
