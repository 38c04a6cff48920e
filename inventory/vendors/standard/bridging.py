"""VLANs, their ports, learnt addresses: BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363).

Newer agents (AOS-CX) answer IEEE8021-Q-BRIDGE-MIB (IEEE 802.1Q) beside or in place of Q-BRIDGE-MIB:
the same tables with a component id before the VLAN's.
"""

from collections.abc import Collection

from inventory.observation import ForwardingEntry, Vlan
from inventory.vendors.mib import MibView, Oid, bits, integer, oid

BASE_PORT_IF_INDEX = oid("1.3.6.1.2.1.17.1.4.1.2")
_FDB_PORT = oid("1.3.6.1.2.1.17.4.3.1.2")
_Q_FDB_PORT = oid("1.3.6.1.2.1.17.7.1.2.2.1.2")
_VLAN_FDB_ID = oid("1.3.6.1.2.1.17.7.1.4.2.1.3")
_CURRENT_EGRESS = oid("1.3.6.1.2.1.17.7.1.4.2.1.4")
_CURRENT_UNTAGGED = oid("1.3.6.1.2.1.17.7.1.4.2.1.5")
_STATIC_NAME = oid("1.3.6.1.2.1.17.7.1.4.3.1.1")
_STATIC_EGRESS = oid("1.3.6.1.2.1.17.7.1.4.3.1.2")
_STATIC_UNTAGGED = oid("1.3.6.1.2.1.17.7.1.4.3.1.4")
_IEEE_CURRENT_EGRESS = oid("1.3.111.2.802.1.1.4.1.4.2.1.5")
_IEEE_CURRENT_UNTAGGED = oid("1.3.111.2.802.1.1.4.1.4.2.1.6")
_IEEE_STATIC_NAME = oid("1.3.111.2.802.1.1.4.1.4.3.1.3")
_IEEE_STATIC_EGRESS = oid("1.3.111.2.802.1.1.4.1.4.3.1.4")
_IEEE_STATIC_UNTAGGED = oid("1.3.111.2.802.1.1.4.1.4.3.1.6")
# What tells a VLAN's name, member ports and untagged ports, the surest last.
_NAMES = (_IEEE_STATIC_NAME, _STATIC_NAME)
_EGRESS = (_IEEE_STATIC_EGRESS, _STATIC_EGRESS, _IEEE_CURRENT_EGRESS, _CURRENT_EGRESS)
_UNTAGGED = (_IEEE_STATIC_UNTAGGED, _STATIC_UNTAGGED, _IEEE_CURRENT_UNTAGGED, _CURRENT_UNTAGGED)
COLUMNS = (BASE_PORT_IF_INDEX, _FDB_PORT, _Q_FDB_PORT, _VLAN_FDB_ID, *_NAMES, *_EGRESS, *_UNTAGGED)

_VLAN_MAX = 4094


def bridge_ports(view: MibView) -> dict[int, int]:
    """Return ifIndex by bridge port (dot1dBasePortIfIndex)."""
    return {index[0]: port for index, port in view.integers(BASE_PORT_IF_INDEX).items()}


def vlans(view: MibView) -> tuple[Vlan, ...]:
    """Return the VLANs with their ports: as they are now, else as they are configured.

    dot1qVlanCurrentTable tells what the bridge does; agents without it have dot1qVlanStaticTable.
    """
    # Whatever stands before it (dot1qVlanTimeMark, a component id), the VLAN's id is last.
    names = {
        index[-1]: name for column in _NAMES for index, name in view.texts(column).items() if index
    }
    egress, untagged = _port_lists(view, _EGRESS), _port_lists(view, _UNTAGGED)
    members = _Members(bridge_ports(view))
    listed = sorted({*names, *egress})
    return tuple(
        Vlan(
            id=vlan,
            name=names.get(vlan),
            tagged=members.of(_without(egress.get(vlan, b""), untagged.get(vlan, b""))),
            untagged=members.of(_both(egress.get(vlan, b""), untagged.get(vlan, b""))),
        )
        for vlan in listed
        if 1 <= vlan <= _VLAN_MAX
    )


def _port_lists(view: MibView, columns: tuple[Oid, ...]) -> dict[int, bytes]:
    """Return the PortList of each VLAN; later columns win."""
    return {
        index[-1]: value if isinstance(value, bytes) else b""
        for column in columns
        for index, value in view.column(column).items()
    }


def _without(ports: bytes, others: bytes) -> bytes:
    """Return the PortList of the ports that are not among others."""
    return (
        bytes(port & ~other for port, other in zip(ports, others, strict=False))
        + ports[len(others) :]
    )


def _both(ports: bytes, others: bytes) -> bytes:
    """Return the PortList of the ports that are in both."""
    return bytes(port & other for port, other in zip(ports, others, strict=False))


class _Members:
    """The ifIndexes that PortLists stand for; many VLANs have the same ports.

    Agents set bits of ports that do not exist: where the bridge ports are known, only those count.
    """

    def __init__(self, ports: dict[int, int]) -> None:
        self._ports = ports
        self._known: dict[bytes, tuple[int, ...]] = {}

    def of(self, port_list: bytes) -> tuple[int, ...]:
        """Return the members in the order of their ifIndexes."""
        known = self._known.get(port_list)
        if known is None:
            ports, places = self._ports, bits(port_list)
            if ports:
                places = sorted([ports[place] for place in places if place in ports])
            self._known[port_list] = known = tuple(places)
        return known


def forwarding(view: MibView, infrastructure: Collection[str]) -> tuple[ForwardingEntry, ...]:
    """Return where the addresses in `infrastructure` (12 hex digits) were learnt.

    The addresses of people's devices are personal data: they are never taken over.
    """
    ports = bridge_ports(view)
    # Tables of tens of thousands of addresses are compared as the agents number them.
    wanted = {tuple(bytes.fromhex(address)): address for address in infrastructure}
    if not wanted:
        return ()
    found: dict[tuple[int | None, str], int | None] = {}
    for index, value in sorted(view.among(_FDB_PORT, wanted.keys()).items()):
        if port := integer(value):
            found[None, wanted[index]] = ports.get(port, port)
    # A filtering database may serve several VLANs; where each has its own, its id leads to it.
    vlan_of = {fdb: index[-1] for index, fdb in view.integers(_VLAN_FDB_ID).items()}
    for index, value in sorted(view.among(_Q_FDB_PORT, wanted.keys(), lead=1).items()):
        address = wanted[index[1:]]
        if port := integer(value):
            found.pop((None, address), None)
            found[vlan_of.get(index[0], index[0]), address] = ports.get(port, port)
    return tuple(
        ForwardingEntry(vlan, address, interface) for (vlan, address), interface in found.items()
    )
