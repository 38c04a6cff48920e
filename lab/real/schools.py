"""Schools that use the same addresses, and how the product still speaks to each.

As root each school is a network of its own behind a carrier that tells them apart by port, as a
school's box that forwards ports does; without root they share this machine's loopback, by port too.
Why by port: docs/decisions/0004.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from lab.real.namespaces import Namespace, cable, namespace, reachable
from lab.real.places import Place, loopback, run

_FIRST_PORT, _PORT_STEP = 10161, 10000  # as the lab's district numbers its zones
_FIRST_TABLE = 101  # of routes; the carrier's namespace has no others


@dataclass(frozen=True)
class SchoolNetwork:
    """One school's network. Its device is to answer at `place.address`, on `port` alone."""

    name: str
    place: Place
    port: int

    @property
    def network(self) -> str:
        """The range to discover, the same for every school."""
        return f"{self.place.address}/32"


@contextmanager
def schools_behind_a_carrier(names: Sequence[str]) -> Iterator[list[SchoolNetwork]]:
    """Make a network for each school, all with the same addresses, and a carrier before them.

    Raises RealPartFailed where network namespaces cannot be made.
    """
    with ExitStack() as made:
        carrier = made.enter_context(namespace())
        whole = made.enter_context(reachable(carrier))
        # The upper half of the network is in every school, behind the carrier.
        _, inside = whole.subnets()
        gateway, device = inside[1], inside[2]
        run("ip", "route", "add", f"{device}/32", "via", carrier.address)
        for knob in ("ip_forward=1", "conf.all.rp_filter=0", "conf.default.rp_filter=0"):
            carrier.run("sysctl", "-q", "-w", f"net.ipv4.{knob}")
        schools = []
        for number, name in enumerate(names):
            school = made.enter_context(namespace())
            port = _FIRST_PORT + number * _PORT_STEP
            cable(carrier, f"school{number}", school, "wan")
            school.address = str(device)
            school.ip("address", "add", f"{device}/{inside.prefixlen}", "dev", "wan")
            school.ip("route", "add", "default", "via", str(gateway))
            _lead(carrier, number, port=port, gateway=str(gateway), device=str(device))
            schools.append(SchoolNetwork(name, school, port))
        yield schools


def _lead(carrier: Namespace, number: int, *, port: int, gateway: str, device: str) -> None:
    """Make the carrier send what goes to `device` on `port` to school `number`."""
    cable_end, table = f"school{number}", str(_FIRST_TABLE + number)
    carrier.ip("address", "add", f"{gateway}/32", "dev", cable_end)
    carrier.ip("route", "add", f"{device}/32", "dev", cable_end, "src", gateway, "table", table)
    carrier.ip("rule", "add", "to", f"{device}/32", "dport", str(port), "lookup", table)


@contextmanager
def schools_on_loopback(names: Sequence[str]) -> Iterator[list[SchoolNetwork]]:
    """Give each school a port of one and the same loopback address: what runs without root."""
    address = f"127.{200 + secrets.randbelow(50)}.{secrets.randbelow(256)}.1"
    with ExitStack() as made:
        schools: list[SchoolNetwork] = []
        for name in names:
            place = made.enter_context(loopback(address))
            schools.append(SchoolNetwork(name, place, place.port(0)))
        yield schools
