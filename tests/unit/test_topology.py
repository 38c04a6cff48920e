"""Cables from both ends, and the tree that they make."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.cabling import CableState, Hearing, Port, PortBook, cables
from inventory.topology import Place, site_tree

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SW1, SW2, AP1, AP2 = 1, 2, 11, 12


def heard(
    device: int, port: str, remote: int, remote_port: str | None, *, minutes_ago: int = 0
) -> Hearing:
    at = NOW - timedelta(minutes=minutes_ago)
    return Hearing(device, port, remote, remote_port, at, at)


def test_two_ends_that_agree_make_one_cable_with_both_ports() -> None:
    (cable,) = cables(
        [heard(AP1, "eth0", SW1, "1/1/3", minutes_ago=2), heard(SW1, "1/1/3", AP1, "ETH0 ")]
    )
    assert (cable.state, cable.a.port, cable.b.port) == (CableState.CONFIRMED, "1/1/3", "eth0")
    assert (cable.a.heard_at, cable.b.heard_at) == (NOW, NOW - timedelta(minutes=2))
    assert cable.last_seen_at == NOW


def test_a_port_told_by_its_address_is_the_port_of_that_address() -> None:
    # lldpd on OpenWrt gives the port's MAC address as port id; a bridge shares it.
    book = PortBook.of(
        [
            Port(AP1, "eth0", mac="02aa00000001"),
            Port(AP1, "br-lan", mac="02aa00000001"),
            Port(SW1, "1/1/1"),
        ]
    )
    both = [
        heard(AP1, "eth0", SW1, "1/1/1"),
        heard(SW1, "1/1/1", AP1, "02:AA:00:00:00:01"),
    ]
    (cable,) = cables(both, book)
    assert (cable.state, cable.end(AP1).port) == (CableState.CONFIRMED, "eth0")
    (one_sided,) = cables(both[1:], book)
    assert one_sided.end(AP1).port == "02:AA:00:00:00:01"  # which of the two is not told


def test_ends_that_contradict_each_other_are_shown_with_what_each_says() -> None:
    book = PortBook.of([Port(SW1, "1/1/3"), Port(SW1, "1/1/7")])
    (cable,) = cables([heard(AP1, "eth0", SW1, "1/1/7"), heard(SW1, "1/1/3", AP1, "eth0")], book)
    assert cable.state is CableState.DISPUTED
    assert (cable.end(SW1).port, cable.end(SW1).disputed_port) == ("1/1/3", "1/1/7")
    assert cable.end(AP1).disputed_port is None


def test_two_cables_between_two_switches_are_not_mixed_up() -> None:
    ways = [("1/1/23", "1/1/24"), ("1/1/24", "1/1/23")]
    found = cables(
        [heard(SW1, p, SW2, q) for p, q in ways] + [heard(SW2, q, SW1, p) for p, q in ways]
    )
    assert [(c.a.port, c.b.port, c.state) for c in found] == [
        (p, q, CableState.CONFIRMED) for p, q in ways
    ]


def test_hearings_that_agree_on_nothing_are_two_cables_each_seen_from_one_end() -> None:
    book = PortBook.of([Port(SW1, str(n)) for n in (1, 2)] + [Port(SW2, str(n)) for n in (5, 7)])
    found = cables([heard(SW1, "1", SW2, "5"), heard(SW2, "7", SW1, "2")], book)
    assert [(c.a.port, c.b.port, c.state) for c in found] == [
        ("1", "5", CableState.ONE_SIDED),
        ("2", "7", CableState.ONE_SIDED),
    ]


def test_what_cannot_be_told_is_joined_only_where_there_is_one_of_each() -> None:
    both = [heard(SW1, "1", SW2, None), heard(SW2, "7", SW1, "a name of nobody")]
    assert [cable.state for cable in cables(both)] == [CableState.CONFIRMED]
    more = cables([*both, heard(SW1, "2", SW2, None), heard(SW2, "8", SW1, None)])
    assert [cable.state for cable in more] == [CableState.ONE_SIDED] * 4


def test_a_silent_end_is_one_sided_and_the_other_protocol_adds_no_cable() -> None:
    (cable,) = cables([heard(SW1, "1/1/1", AP1, None), heard(SW1, "1/1/1", AP1, "eth0")])
    assert (cable.state, cable.end(AP1)) == (CableState.ONE_SIDED, cable.b)
    assert (cable.b.port, cable.b.heard_at) == ("eth0", None)


@pytest.mark.parametrize(("read_minutes_ago", "state"), [(70, "one_sided"), (5, "old")])
def test_a_cable_is_old_once_its_end_was_read_long_after_without_telling_of_it(
    read_minutes_ago: int, state: str
) -> None:
    # A device that is down tells nothing new: its cables do not age.
    read_at = {SW1: NOW - timedelta(minutes=read_minutes_ago)}
    (cable,) = cables([heard(SW1, "1/1/1", AP1, "eth0", minutes_ago=70)], read_at=read_at)
    assert cable.state == state


def test_a_device_that_moved_stands_where_it_is_heard_now() -> None:
    found = cables(
        [
            heard(SW1, "24", SW2, "24"),
            heard(SW2, "24", SW1, "24"),
            # Before: on the first switch. Its row stays, the port of the access point tells.
            heard(SW1, "3", AP1, "eth0", minutes_ago=15),
            heard(AP1, "eth0", SW1, "3", minutes_ago=15),
            heard(SW2, "5", AP1, "eth0"),
            heard(AP1, "eth0", SW2, "5"),
        ]
    )
    states = {(c.a.device_id, c.b.device_id): c.state.value for c in found}
    assert states == {(SW1, SW2): "confirmed", (SW1, AP1): "old", (SW2, AP1): "confirmed"}
    core = Place(SW1, "sw1", "switch", core=True)
    tree = site_tree([core, Place(SW2, "sw2", "switch"), _ap(AP1)], found)
    assert tree.parents == {SW2: SW1, AP1: SW2}


def _ap(device_id: int) -> Place:
    return Place(device_id, f"ap{device_id}", "access_point")


def _star(center: int, *ends: int) -> list[Hearing]:
    return [heard(center, f"p{end}", end, "eth0") for end in ends]


def test_the_root_is_named_by_a_person_else_found_by_role_cables_and_name() -> None:
    switches = [Place(SW2, "sw2", "switch"), Place(SW1, "sw10", "switch")]
    found = cables(_star(SW1, SW2, AP1, AP2))
    assert site_tree([*switches, _ap(AP1), _ap(AP2)], found).root == SW1  # more cables
    assert site_tree(switches, cables(_star(SW1, SW2))).root == SW2  # sw2 is before sw10
    router = Place(5, "box", "router")
    assert site_tree([*switches, router], cables(_star(SW1, SW2, 5))).root == 5
    assert site_tree([*switches, router], cables(_star(SW1, SW2))).root == SW2  # no cable to it
    named = [Place(AP1, "ap1", "access_point", core=True), *switches]
    assert site_tree(named, found).root == AP1
    assert site_tree([], []).root is None


def test_a_loop_makes_the_shortest_tree_and_leaves_a_cable_aside() -> None:
    found = cables([*_star(SW1, SW2, AP1), *_star(SW2, AP1)])
    tree = site_tree([Place(SW1, "sw1", "switch"), Place(SW2, "sw2", "switch"), _ap(AP1)], found)
    assert tree.parents == {SW2: SW1, AP1: SW1}
    assert len(found) - len(tree.cables) == 1


def test_what_no_cable_reaches_is_only_assumed_to_be_behind_the_root() -> None:
    places = [Place(SW1, "sw1", "switch"), Place(SW2, "sw2", "switch"), _ap(AP1), _ap(AP2)]
    tree = site_tree(places, cables([*_star(SW1, AP1)]))
    assert tree.parents == {AP1: SW1, SW2: SW1, AP2: SW1}
    assert set(tree.cables) == {AP1}


def test_an_old_cable_places_what_no_other_leads_to() -> None:
    read_at = {SW1: NOW + timedelta(days=1)}
    found = cables(_star(SW1, AP1), read_at=read_at)
    tree = site_tree([Place(SW1, "sw1", "switch"), _ap(AP1)], found)
    assert tree.cables[AP1].state is CableState.OLD
