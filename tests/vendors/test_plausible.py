"""A figure that no device can mean is left out and named, for every family; the others stay."""

import pytest

from collectors.snmp.recording import parse_recording
from inventory.observation import (
    Identity,
    Interface,
    Metric,
    Observation,
    Poe,
    PoePort,
    Problem,
    Radio,
    Vlan,
)
from inventory.vendors.plausible import plausible
from tests.vendors.recorded import observed

SOMEBODY = Identity("generic")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("clients", -1.0),
        ("clients", 2147483647.0),
        ("noise_floor_dbm", 95.0),
        ("noise_floor_dbm", -2147483648.0),
        ("tx_power_dbm", 4294967295.0),
        ("quality_percent", 4294967295.0),
        ("cpu_percent", 101.0),
        ("temperature_celsius", 5000.0),
        ("rate_bps", -1.0),
        ("channel", 0.0),
    ],
)
def test_a_metric_that_cannot_be_is_left_out_and_named(name: str, value: float) -> None:
    stays = Metric("uptime_s", None, 12.0, "s", "1.3.6.1.2.1.1.3.0")
    seen = plausible(Observation(SOMEBODY, metrics=(Metric(name, "x", value, "", "1.3"), stays)))
    assert seen.metrics == (stays,)
    assert [problem.what for problem in seen.problems] == [name]


def test_the_same_holds_for_radios_interfaces_and_power() -> None:
    seen = plausible(
        Observation(
            SOMEBODY,
            interfaces=(
                Interface(1, speed_bps=10**15, mtu=-1, counters={"in_octets": -5, "in_errors": 3}),
            ),
            radios=(Radio(0, name="radio0", channel=36, noise_floor_dbm=-(2.0**31), clients=2),),
            poe=Poe(budget_w=-1.0, used_w=3.5, ports=(PoePort(1, power_w=4294967295.0),)),
            problems=(Problem("the table", "it was cut off"),),
        )
    )
    assert seen.interfaces == (Interface(1, counters={"in_errors": 3}),)
    assert seen.radios == (Radio(0, name="radio0", channel=36, clients=2),)
    assert seen.poe == Poe(used_w=3.5, ports=(PoePort(1),))
    assert [problem.what for problem in seen.problems] == [
        "the table", "budget_w", "in_octets", "mtu", "noise_floor_dbm", "power_w", "speed_bps",
    ]  # fmt: skip


def test_a_number_that_no_vlan_has_is_left_out() -> None:
    vlans = tuple(Vlan(number) for number in (0, 1, 4094, 4095, 4096))
    seen = plausible(Observation(SOMEBODY, vlans=vlans))
    assert [vlan.id for vlan in seen.vlans] == [1, 4094, 4095]
    assert [problem.what for problem in seen.problems] == ["vlan id"]


def test_what_can_be_is_not_touched() -> None:
    seen = Observation(
        SOMEBODY,
        interfaces=(Interface(1, speed_bps=800_000_000_000, mtu=65536, counters={"x": 2**64 - 1}),),
        radios=(Radio(0, channel=233, frequency_mhz=7115, tx_power_dbm=0.0, clients=0),),
        metrics=(Metric("snr_db", None, -3.0, "dB", "1.3"), Metric("new", None, -9e9, "", "1.3")),
    )
    assert plausible(seen) is seen


def test_an_interface_that_tells_its_high_speed_in_bit_s_has_no_speed() -> None:
    seen = observed(
        ".1.3.6.1.2.1.2.2.1.2.1 = STRING: eth0\n.1.3.6.1.2.1.31.1.1.1.15.1 = Gauge32: 1000000000\n"
    )
    assert seen.interfaces[0].speed_bps is None
    assert [problem.what for problem in seen.problems] == ["speed_bps"]


@pytest.mark.parametrize(
    "line",
    [
        "1.3.6.1.2.1.2.2.1.4.1|2|99999999999999999999999",
        "1.3.6.1.2.1.2.2.1.4.1|2|-2147483649",
        "1.3.6.1.2.1.2.2.1.4.4294967296|2|1500",
        ".1.3.6.1.2.1.2.2.1.4.1 = INTEGER: 99999999999999999999999",
        ".1.3.6.1.2.1.2.2.1.4.1 = Counter64: 18446744073709551616",
    ],
)
def test_a_number_that_snmp_cannot_carry_is_an_unreadable_line(line: str) -> None:
    assert parse_recording(line.encode()) is None
