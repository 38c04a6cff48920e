"""What of a reading is kept as figures: the worst CPU, watched ports, and nothing made up."""

from datetime import UTC, datetime

from collectors.series import Sample, SubjectKind
from collectors.series.sampling import samples_of, watched_ports
from inventory.models import DeviceRole
from inventory.observation import (
    Identity,
    Interface,
    Metric,
    Neighbour,
    Observation,
    Poe,
    PoePort,
    Radio,
    Wlan,
)

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def percent(name: str, label: str, value: float) -> Metric:
    return Metric(name, label, value, "%", "1.3.6.1.2.1.25.3.3.1.2.1")


AP = Observation(
    identity=Identity(family="openwrt", uptime_s=500.0),
    interfaces=(
        Interface(1, name="lo", type=24, oper="up", speed_bps=10_000_000),
        Interface(
            2, name="eth0", type=6, oper="up", speed_bps=10**9, octet_bits=64,
            counters={"in_octets": 5, "out_octets": 6, "in_errors": 0},
        ),
        Interface(3, name="br-lan", type=6, oper="up", speed_bps=10**9),
        Interface(4, name="phy0-ap0", type=6, oper="up", speed_bps=10**9),
        Interface(5, name="eth1", type=6, oper="down", speed_bps=10**9),
    ),
    radios=(
        Radio(0, name="radio0", band="2.4", clients=3, noise_floor_dbm=-91.0),
        Radio(1, name="radio1", band="5", clients=4, utilisation_percent=12.5, tx_power_dbm=20.0),
        Radio(2, name="radio2", band="6"),
    ),
    wlans=(
        Wlan("ELEVES", clients=3, radio="radio0"),
        Wlan("ELEVES", clients=2, radio="radio1"),
        Wlan("ADMIN", clients=None),
    ),
    metrics=(
        percent("cpu_percent", "CPU 1", 3),
        percent("cpu_percent", "CPU 2", 88),
        percent("memory_percent", "Physical memory", 41),
    ),
)  # fmt: skip
SWITCH = Observation(
    identity=Identity(family="aruba_cx", uptime_s=500.0),
    interfaces=tuple(
        Interface(number, name=f"1/1/{number}", type=6, oper="up", speed_bps=10**9)
        for number in range(1, 5)
    ),
    neighbours=(Neighbour("1/1/4", "lldp", system_name="sw2"),),
    poe=Poe(
        budget_w=370,
        used_w=12.5,
        ports=(
            PoePort(1, delivering=True, power_w=6.5),
            PoePort(2, delivering=False, power_w=0.0),
            PoePort(None, delivering=True),
        ),
    ),
    metrics=(percent("poe_w", "PSE 1", 12.5),),
)


def told(observation: Observation, role: DeviceRole) -> dict[tuple[str, str], Sample]:
    samples = samples_of(observation, 7, role, AT, rtt_s=0.00234)
    assert {(sample.subject.owner_id, sample.at) for sample in samples} == {(7, AT)}
    return {(sample.subject.kind.value, sample.subject.key): sample for sample in samples}


def test_a_device_is_as_busy_as_its_busiest_part() -> None:
    device = told(AP, DeviceRole.ACCESS_POINT)["device", ""]
    assert device.values == {
        "reachable": 1,
        "cpu_percent": 88,
        "memory_percent": 41,
        "clients": 7,
        "rtt_ms": 2.34,
    }


def test_each_radio_and_each_ssid_has_its_own_and_what_was_not_told_is_left_out() -> None:
    found = told(AP, DeviceRole.ACCESS_POINT)
    assert found["radio", "radio0"].values == {"clients": 3, "noise_floor_dbm": -91}
    assert found["radio", "radio1"].values == {
        "clients": 4,
        "utilisation_percent": 12.5,
        "tx_power_dbm": 20,
    }
    assert ("radio", "radio2") not in found
    assert found["wlan", "ELEVES"].values == {"clients": 5}
    assert ("wlan", "ADMIN") not in found


def test_the_socket_of_an_access_point_is_watched_and_no_bridge_or_radio_of_it() -> None:
    assert watched_ports(AP, DeviceRole.ACCESS_POINT) == {2}
    counters = told(AP, DeviceRole.ACCESS_POINT)["interface", "eth0"].counters
    assert counters is not None
    assert (counters.in_octets, counters.out_errors, counters.uptime_s) == (5, None, 500)


def test_of_a_switch_the_ports_are_watched_that_hear_or_feed_something() -> None:
    found = told(SWITCH, DeviceRole.SWITCH)
    starting = {key for (kind, key), s in found.items() if kind == "interface" and s.start}
    assert starting == {"1/1/1", "1/1/4"}
    assert found["interface", "1/1/1"].values == {"poe_w": 6.5}
    assert found["device", ""].values["poe_w"] == 12.5
    assert "clients" not in found["device", ""].values
    assert not {kind for kind, _ in found} & {SubjectKind.RADIO, SubjectKind.WLAN}
