"""Whom a crawl asks next, and what it says of those it could not read."""

import ipaddress

import pytest

from collectors.sightings import Bounds, Sightings, Unread
from inventory.observation import Neighbour
from inventory.reconcile import Marks
from inventory.vendors.standard.heard import Heard

CORE, SW2, AP = "00005e000a01", "00005e000a02", "00005e000a03"
NETWORK = Bounds((ipaddress.ip_network("192.0.2.0/28"), ipaddress.ip_network("2001:db8::/64")))


def _marks(mac: str, serial: str | None = None) -> Marks:
    return Marks(serial, mac, frozenset({mac}))


def _heard(
    chassis: str | None,
    *addresses: str,
    name: str | None = None,
    port: str = "1",
    protocol: str = "lldp",
    does: tuple[str, ...] = ("bridge",),
) -> Heard:
    neighbour = Neighbour(port, protocol, system_name=name, chassis_id=chassis)
    return Heard(neighbour, addresses, frozenset(does))


def _after(
    *heard: Heard, bounds: Bounds = NETWORK, book: dict[str, str] | None = None
) -> Sightings:
    """Return the state after the core switch, at .1, was read and told whom it hears."""
    state = Sightings(bounds)
    assert state.answered("192.0.2.1", _marks(CORE), 0, heard, book or {})
    return state


@pytest.mark.parametrize(
    "useless", ["0.0.0.0", "127.0.0.1", "169.254.3.3", "224.0.0.1", "fe80::1", "::", "::1", "no"]
)
def test_an_address_that_can_be_nobody_s_is_not_asked(useless: str) -> None:
    state = _after(_heard(SW2, useless))
    assert state.next() == {}
    (seen,) = state.seen()
    assert (seen.why, seen.hosts) == (Unread.NO_ADDRESS, ())


def test_the_first_address_in_bounds_is_asked_and_the_next_where_it_is_silent() -> None:
    state = _after(_heard(SW2, "10.9.9.9", "192.0.2.2", "2001:db8::2"))
    assert list(state.next()) == ["192.0.2.2"]
    state.failed("192.0.2.2", Unread.SILENT, "no answer")
    assert list(state.next()) == ["2001:db8::2"]
    assert state.answered("2001:db8::2", _marks(SW2), 1, (), {})
    assert (state.next(), state.seen()) == ({}, [])


def test_an_address_outside_is_told_and_never_asked() -> None:
    state = _after(_heard(SW2, "198.51.100.7", name="box"))
    assert state.next() == {}
    (seen,) = state.seen()
    assert seen.sentence() == "198.51.100.7 is outside the zone"


def test_what_tells_no_address_is_looked_up_among_those_that_others_talk_to() -> None:
    state = _after(_heard(SW2), _heard(AP, port="2"), book={SW2: "192.0.2.2", AP: "10.9.9.9"})
    assert list(state.next()) == ["192.0.2.2"]


def test_a_loop_of_cables_ends_with_who_was_read() -> None:
    state = _after(_heard(SW2, "192.0.2.2"))
    back = _heard(CORE, "192.0.2.14")  # the core again, by another of its addresses
    assert state.answered("192.0.2.2", _marks(SW2), 1, (back,), {})
    assert (state.next(), state.seen()) == ({}, [])


def test_the_same_device_at_another_of_its_addresses_is_no_new_one() -> None:
    state = _after(_heard("not-its-mac", "192.0.2.2"), _heard(None, "192.0.2.3", name="x"))
    assert state.answered("192.0.2.2", _marks(SW2, "S"), 1, (), {})
    assert not state.answered("192.0.2.3", _marks(AP, "S"), 1, (), {})
    assert state.seen() == []


def test_two_that_left_the_factory_with_one_address_are_not_taken_for_each_other() -> None:
    state = _after(_heard(SW2, "192.0.2.9", port="1"), _heard(AP, "192.0.2.9", port="2"))
    assert list(state.next()) == ["192.0.2.9"]
    assert state.answered("192.0.2.9", _marks(SW2), 1, (), {})
    (seen,) = state.seen()
    assert seen.sighting.heard.neighbour.chassis_id == AP
    assert seen.why is Unread.TAKEN


def test_a_chassis_id_that_is_no_port_s_address_still_is_who_answers_at_its_address() -> None:
    state = _after(_heard("00005e000aff", "192.0.2.2"))
    assert state.answered("192.0.2.2", _marks(SW2), 1, (), {})
    assert state.seen() == []


def test_lldp_and_cdp_of_one_cable_and_two_cables_of_one_device_are_one() -> None:
    state = _after(
        _heard(SW2, name="sw2", port="1"),
        _heard(None, name="sw2.school.example", port="1", protocol="cdp"),
        _heard(SW2, name="sw2", port="2"),
    )
    assert len(state.seen()) == 1


def test_telephones_and_pcs_are_asked_last_and_left_aside_when_they_do_not_answer() -> None:
    state = _after(
        _heard(SW2, "192.0.2.2", does=("bridge", "telephone")),
        _heard(AP, "192.0.2.3", port="2", does=("station",)),
        _heard(None, "192.0.2.4", port="3", does=()),
    )
    assert list(state.next()) == ["192.0.2.4", "192.0.2.2", "192.0.2.3"]
    # A small agent on Linux says "station" of an access point too.
    assert state.answered("192.0.2.3", _marks(AP), 1, (), {})
    state.failed("192.0.2.2", Unread.SILENT, "no answer")
    state.failed("192.0.2.4", Unread.SILENT, "no answer")
    assert state.stations == 1
    assert [seen.hosts for seen in state.seen()] == [("192.0.2.4",)]


def test_depth_counts_cables_from_the_seed_and_number_counts_addresses() -> None:
    near = _after(_heard(SW2, "192.0.2.2"), bounds=Bounds(NETWORK.networks, depth=1))
    assert list(near.next()) == ["192.0.2.2"]
    assert near.answered("192.0.2.2", _marks(SW2), 1, (_heard(AP, "192.0.2.3"),), {})
    assert near.next() == {}
    assert [seen.why for seen in near.seen()] == [Unread.NOT_ASKED]
    few = _after(_heard(SW2, "192.0.2.2"), bounds=Bounds(NETWORK.networks, addresses=1))
    assert few.next() == {}


def test_a_thousand_devices_that_hear_each_other_take_no_time() -> None:
    macs = [f"00005e{number:06x}" for number in range(1000)]
    ring = [(_heard(macs[n - 1]), _heard(macs[(n + 1) % 1000], port="2")) for n in range(1000)]
    state = Sightings(NETWORK)
    for number, heard in enumerate(ring[:990]):
        state.answered(f"2001:db8::{number:x}", _marks(macs[number]), number, heard, {})
    assert len(state.seen()) == 2
