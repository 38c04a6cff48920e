"""Who answers in an address range: the addresses to ask, and the asking."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence

from collectors.outcome import Outcome
from collectors.snmp.client import get_many
from collectors.target import SnmpTarget
from inventory.errors import InvalidInput, Unreachable
from inventory.vendors.mib import MibView

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LARGEST_RANGE = 2**16
"""The most addresses of one range: an IPv4 /16. No school has more; a larger one is a slip."""

# An address that answers nothing costs a timer, not a device's work: many may wait at once.
_SILENT_IN_FLIGHT = 1000
# SNMPv2-MIB sysDescr, sysObjectID, sysUpTime, sysName: what every agent has (RFC 3418, section 2).
SYSTEM_GROUP = tuple((1, 3, 6, 1, 2, 1, 1, column, 0) for column in (1, 2, 3, 5))


def addresses(networks: Iterable[Network]) -> Iterator[str]:
    """Yield every host address of `networks` once, in order.

    The network and broadcast addresses of IPv4 ranges shorter than /31 are left out. Raises
    InvalidInput for a range of more than `LARGEST_RANGE` addresses.
    """
    done: set[str] = set()
    for network in networks:
        if network.num_addresses > LARGEST_RANGE:
            limit = "/16" if network.version == 4 else "/112"
            raise InvalidInput(
                f"{network} is larger than {limit}",
                todo=f"give ranges of {LARGEST_RANGE} addresses at most, those the devices are in",
            )
        for host in network.hosts():
            text = str(host)
            if text not in done:
                done.add(text)
                yield text


def who_answers(
    targets: Sequence[SnmpTarget], *, on_done: Callable[[object], None] | None = None
) -> list[SnmpTarget]:
    """Return those of `targets` whose agent answered a GET of its system group, in their order.

    An answer that is garbled is an answer: the address is a device's. `on_done` is called as each
    target is settled.
    """
    outcomes = get_many(targets, SYSTEM_GROUP, max_in_flight=_SILENT_IN_FLIGHT, on_done=on_done)
    return [outcome.key for outcome in outcomes if _answered(outcome)]


def _answered(outcome: Outcome[SnmpTarget, MibView]) -> bool:
    return outcome.error is None or not isinstance(outcome.error, Unreachable)
