"""A crawl of any school ends, asks no address twice, and finds what cables lead to."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from collectors.sightings import Bounds, Sightings, Unread
from inventory.observation import Neighbour
from inventory.reconcile import Marks
from inventory.vendors.standard.heard import Heard

BOUNDS = Bounds((ipaddress.ip_network("192.0.2.0/24"),))


@dataclass(frozen=True)
class Network:
    """Devices by number: who hears whom, who answers, and who says where it is managed."""

    cables: frozenset[tuple[int, int]]
    silent: frozenset[int]
    mute: frozenset[int]
    outside: frozenset[int]

    def host(self, number: int) -> str:
        return f"{'198.51.100' if number in self.outside else '192.0.2'}.{number + 1}"

    def hears(self, number: int) -> list[Heard]:
        others = {b for a, b in self.cables if a == number} | {
            a for a, b in self.cables if b == number
        }
        return [
            Heard(
                Neighbour(f"p{other}", "lldp", chassis_id=mac(other)),
                () if other in self.mute else (self.host(other),),
            )
            for other in sorted(others - {number})
        ]

    def reachable(self) -> set[int]:
        """Return who can be read from 0: over those that answer, tell an address, and are here."""
        found, edge = {0}, [0]
        while edge:
            for each in self.hears(edge.pop()):
                number = int(str(each.neighbour.chassis_id)[-4:], 16)
                closed = self.silent | self.mute | self.outside
                if number not in found and number not in closed:
                    found.add(number)
                    edge.append(number)
        return found


def mac(number: int) -> str:
    return f"00005e00{number:04x}"


NUMBERS = st.integers(0, 12)
SOME = st.frozensets(st.integers(1, 12), max_size=5)
NETWORKS = st.builds(
    Network, st.frozensets(st.tuples(NUMBERS, NUMBERS), max_size=30), SOME, SOME, SOME
)


def crawl(network: Network) -> tuple[Sightings, list[str]]:
    """Crawl from device 0, as collectors.crawl does, and return the state and who was asked."""
    numbers = {network.host(number): number for number in range(13)}
    state, asked = Sightings(BOUNDS), [network.host(0)]
    wave: Mapping[str, object] = {network.host(0): None}
    depth = 0
    while wave:
        for host in wave:
            number = numbers[host]
            if number in network.silent:
                state.failed(host, Unread.SILENT, "no answer")
            else:
                own = Marks(None, mac(number), frozenset({mac(number)}))
                state.answered(host, own, min(depth, 10), network.hears(number), {})
        wave = state.next()
        asked += wave
        depth += 1
    return state, asked


@given(NETWORKS)
def test_a_crawl_ends_asks_nobody_twice_and_finds_what_can_be_found(network: Network) -> None:
    state, asked = crawl(network)
    assert len(asked) == len(set(asked)) == state.asked
    assert all(BOUNDS.hold(host) for host in asked)
    found = {int(host.rsplit(".", 1)[1]) - 1 for host in state.answers}
    if len(asked) < 9:  # else the depth of 10 cables may have ended it
        assert found == network.reachable()
    assert found <= network.reachable()


@given(NETWORKS)
def test_everybody_who_is_heard_is_read_or_said_why_not(network: Network) -> None:
    state, _ = crawl(network)
    told = {each.sighting.heard.neighbour.chassis_id for each in state.seen()}
    read = {int(host.rsplit(".", 1)[1]) - 1 for host in state.answers}
    heard = {str(each.neighbour.chassis_id) for number in read for each in network.hears(number)}
    assert told == heard - {mac(number) for number in read}
