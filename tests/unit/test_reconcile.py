from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from api.usecases.readings import record_observation
from inventory.database import Database
from inventory.models import Device, DeviceRole, Health, Interface, Link, RadioRow
from inventory.observation import (
    Identity,
    Metric,
    Neighbour,
    Observation,
    Problem,
    Radio,
)
from inventory.observation import Interface as Port
from inventory.reconcile import (
    chassis_mac,
    device_changes,
    health_of,
    interfaces_told,
    links_told,
    marks,
    remote_resolver,
    same_device,
    serial_told,
    was_rebooted,
)
from tests.network import add_device, add_school, seen

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def _ports(*macs: str | None, kind: int = 6) -> tuple[Port, ...]:
    return tuple(
        Port(index=place, name=f"eth{place}", type=kind, mac=mac)
        for place, mac in enumerate(macs, 1)
    )


@pytest.mark.parametrize(
    ("macs", "base"),
    [
        (("0050c2000002", "0050c2000001"), "0050c2000001"),
        (("0250c2000001", "0050c2000009"), "0050c2000009"),  # the first is locally administered
        (("0250c2000001",), "0250c2000001"),
        (("000000000000", "ffffffffffff", "00005e000101", None), None),
    ],
)
def test_the_base_address_is_the_lowest_that_is_the_device_s_own(
    macs: tuple[str | None, ...], base: str | None
) -> None:
    assert marks(seen(interfaces=_ports(*macs))).base_mac == base


@pytest.mark.parametrize("serial", [None, "", "  ", "0", "0000000", "Default string", "N/A"])
def test_a_maker_s_filler_is_no_serial(serial: str | None) -> None:
    assert serial_told(serial) is None


@pytest.mark.parametrize(
    ("serial", "base_mac", "same"),
    [
        ("SN1", None, True),
        ("SN2", None, False),
        ("SN2", "0050c2000001", True),  # the serial changed, the soldered address did not
        ("SN1", "0050c2999999", True),  # a board was replaced
        (None, "0050c2000001", True),
        (None, "0050c2999999", False),
        (None, None, None),
    ],
)
def test_the_same_device_is_known_by_address_or_serial(
    serial: str | None, base_mac: str | None, same: bool | None
) -> None:
    observed = marks(seen(serial="SN1", interfaces=_ports("0050c2000001")))
    assert same_device(observed, serial, base_mac) is same


def test_what_is_not_told_erases_nothing() -> None:
    device = Device(
        name="ap1", family="openwrt", serial="SN1", model="M", firmware="1", base_mac="0050c2000001"
    )
    silent = Observation(identity=Identity(family="generic"))
    assert device_changes(device, silent, None) == ({}, [])


def test_a_first_firmware_is_no_change_to_tell() -> None:
    device = Device(name="ap1", role=DeviceRole.OTHER)
    observation = Observation(identity=Identity(family="openwrt", firmware="23.05", serial="SN1"))
    changes, told = device_changes(device, observation, "access_point")
    assert changes == {
        "serial": "SN1",
        "firmware": "23.05",
        "family": "openwrt",
        "role": DeviceRole.ACCESS_POINT,
    }
    assert told == []


def test_a_person_s_words_are_not_touched() -> None:
    device = Device(name="Borne du préau", role=DeviceRole.ROUTER, site_id=3)
    changes, _ = device_changes(device, seen(sysname="OpenWrt"), "access_point")
    assert not {"name", "role", "site_id", "lifecycle"} & set(changes)


def test_two_ports_of_one_name_are_two() -> None:
    ports = (Port(index=1, name="Port"), Port(index=2, name="Port"), Port(index=3))
    told = interfaces_told(Observation(Identity("generic"), interfaces=ports))
    assert list(told) == ["Port", "Port (ifIndex 2)", "ifIndex 3"]


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("00:50:C2:00:00:01", "0050c2000001"),
        ("0050.c200.0001", "0050c2000001"),
        ("sw1.tilleuls", None),
        (None, None),
    ],
)
def test_a_chassis_id_that_is_an_address_is_one_however_it_is_written(
    text: str | None, mac: str | None
) -> None:
    assert chassis_mac(text) == mac


def test_a_neighbour_is_found_by_address_first_and_by_a_name_of_one_device_only() -> None:
    find = remote_resolver({"0050c2000001": 1}, {"sw2": 2, "sw": None})
    assert find(Neighbour("1", "lldp", "sw2", "p", "00:50:c2:00:00:01")) == 1
    assert find(Neighbour("1", "lldp", "SW2", "p", "00:50:c2:99:99:99")) == 2
    assert find(Neighbour("1", "lldp", "sw", "p", None)) is None


def test_a_neighbour_without_a_name_or_id_is_no_link() -> None:
    observation = seen(neighbours=(Neighbour("1", "lldp"), Neighbour("2", "lldp", "sw", "1/1/24")))
    told = links_told(observation, lambda _: None)
    assert list(told) == [("2", "lldp", "sw 1/1/24")]


@pytest.mark.parametrize(
    ("before_s", "now_s", "rebooted"),
    [
        (1000.0, 1900.0, False),
        (1000.0, 5.0, True),
        (1000.0, 1005.0, True),  # restarted a quarter of an hour ago, and up a little longer
        (None, 5.0, None),
        (1000.0, None, None),
        (2**32 / 100 - 60, 840.0, None),  # the counter may have wrapped
    ],
)
def test_a_restart_is_told_only_where_it_can_be(
    before_s: float | None, now_s: float | None, rebooted: bool | None
) -> None:
    assert was_rebooted(before_s, NOW, now_s, NOW + timedelta(seconds=900)) is rebooted


@pytest.mark.parametrize(
    ("more", "health"),
    [
        ({}, Health.OK),
        ({"problems": (Problem("walk", "it stopped"),)}, Health.DEGRADED),
        ({"metrics": (Metric("cpu_percent", None, 99.0, "%", "1.3"),)}, Health.DEGRADED),
        ({"metrics": (Metric("temperature_celsius", None, 99.0, "C", "1.3"),)}, Health.OK),
    ],
)
def test_health_is_what_the_device_said(more: dict[str, Any], health: Health) -> None:
    assert health_of(seen(**more)) is health


def _record(database: Database, observation: Observation, *, minutes: int = 0) -> None:
    with database.write("test") as session:
        device = session.exec(select(Device).where(Device.name == "ap1")).first()
        if device is None:
            site_id = add_school(session).site_id
            device = session.get_one(Device, add_device(session, site_id=site_id))
        at = NOW + timedelta(minutes=minutes)
        record_observation(session, device, observation, at=at, duration_s=0.1)


def test_a_complete_reading_removes_what_is_gone_and_a_partial_one_only_its_figures(
    database: Database,
) -> None:
    ports = (Port(index=1, name="eth0", oper="up", alias="uplink"), Port(index=2, name="wlan0"))
    radio = Radio(index=1, name="radio0", band="5", channel=36, clients=4)
    _record(database, seen(interfaces=ports, radios=(radio,)))
    _record(database, seen(interfaces=(), problems=(Problem("ifTable", "timeout"),)), minutes=1)
    with database.read() as session:
        kept = session.exec(select(Interface).order_by(Interface.name)).all()
        assert [(row.name, row.oper, row.alias) for row in kept] == [
            ("eth0", None, "uplink"),
            ("wlan0", None, None),
        ]
        (kept_radio,) = session.exec(select(RadioRow)).all()
        assert (kept_radio.band, kept_radio.channel, kept_radio.clients) == ("5", None, None)
    _record(database, seen(interfaces=ports[:1], radios=(radio,)), minutes=2)
    with database.read() as session:
        assert [row.name for row in session.exec(select(Interface)).all()] == ["eth0"]


def test_a_port_is_kept_by_its_name_when_its_number_changes(database: Database) -> None:
    _record(database, seen(interfaces=(Port(index=1, name="eth0"), Port(index=2, name="eth1"))))
    with database.read() as session:
        before = {row.name: row.id for row in session.exec(select(Interface)).all()}
    _record(
        database,
        seen(interfaces=(Port(index=8, name="eth0"), Port(index=1, name="eth1"))),
        minutes=1,
    )
    with database.read() as session:
        rows = session.exec(select(Interface)).all()
    assert {row.name: row.id for row in rows} == before
    assert {row.name: row.if_index for row in rows} == {"eth0": 8, "eth1": 1}


def test_a_link_is_resolved_within_the_site_only_and_stays_resolved(database: Database) -> None:
    heard = Neighbour("eth0", "lldp", "sw1", "1/1/1", None)
    _record(database, seen(neighbours=(heard,)))
    with database.write("test") as session:
        site_id = session.exec(select(Device.site_id)).one()
        other_site = add_school(session, fase=95002, name="Saint-Roch").site_id
        here = add_device(session, name="sw1", role=DeviceRole.SWITCH, site_id=site_id)
        add_device(session, name="sw1", role=DeviceRole.SWITCH, site_id=other_site)
    _record(database, seen(neighbours=(heard,)), minutes=1)
    with database.read() as session:
        link = session.exec(select(Link)).one()
        assert link.remote_device_id == here
        assert (link.first_seen_at, link.last_seen_at) == (NOW, NOW + timedelta(minutes=1))
    with database.write("test") as session:
        session.get_one(Device, here).name = "renamed"
    _record(database, seen(neighbours=(heard,)), minutes=2)
    with database.read() as session:
        assert session.exec(select(Link)).one().remote_device_id == here
