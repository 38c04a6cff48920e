"""VLANs as Junos tells them: JUNIPER-VLAN-MIB, and JUNIPER-L2ALD-MIB on "enhanced" software.

Both have an index of their own in place of the VLAN's tag. On the latter the members stand in
Q-BRIDGE-MIB, as text.
"""

import re
from collections import defaultdict

from inventory.observation import Vlan
from inventory.vendors.mib import MibView, Value, bits, oid
from inventory.vendors.standard.bridging import bridge_ports

# JUNIPER-VLAN-MIB jnxExVlanTable: name, tag; index jnxExVlanID.
_EX_NAME, _EX_TAG = (oid(f"1.3.6.1.4.1.2636.3.40.1.5.1.5.1.{column}") for column in (2, 5))
# jnxExVlanPortGroupTable, index (jnxExVlanID, bridge port): jnxExVlanPortTagness tagged(1).
_EX_TAGNESS = oid("1.3.6.1.4.1.2636.3.40.1.5.1.7.1.4")
# JUNIPER-L2ALD-MIB jnxL2aldVlanTable: name, tag.
_L2_NAME, _L2_TAG = (oid(f"1.3.6.1.4.1.2636.3.48.1.3.1.1.{column}") for column in (2, 3))
# Q-BRIDGE-MIB dot1qVlanStaticEgressPorts, dot1qVlanStaticUntaggedPorts.
_EGRESS, _UNTAGGED = (oid(f"1.3.6.1.2.1.17.7.1.4.3.1.{column}") for column in (2, 4))
COLUMNS = (_EX_NAME, _EX_TAG, _EX_TAGNESS, _L2_NAME, _L2_TAG)

_TAGGED = 1
_WRITTEN_LIST = re.compile(rb"\d+(,\d+)*")
_VLAN_MAX = 4094


def vlans(view: MibView) -> tuple[Vlan, ...]:
    """Return the VLANs by their tag; none where the device has neither of Juniper's tables."""
    return _ex_vlans(view) or _l2ald_vlans(view)


def _ex_vlans(view: MibView) -> tuple[Vlan, ...]:
    names = view.texts(_EX_NAME)
    ports = bridge_ports(view)
    tagged: dict[int, set[int]] = defaultdict(set)
    untagged: dict[int, set[int]] = defaultdict(set)
    for index, tagness in view.integers(_EX_TAGNESS).items():
        if len(index) == 2:
            side = tagged if tagness == _TAGGED else untagged
            side[index[0]].add(ports.get(index[1], index[1]))
    return tuple(
        Vlan(
            id=tag,
            name=names.get(index),
            tagged=tuple(sorted(tagged[index[0]])),
            untagged=tuple(sorted(untagged[index[0]])),
        )
        for index, tag in sorted(view.integers(_EX_TAG).items(), key=lambda row: row[1])
        if 1 <= tag <= _VLAN_MAX
    )


def _l2ald_vlans(view: MibView) -> tuple[Vlan, ...]:
    names, ports = view.texts(_L2_NAME), bridge_ports(view)
    egress, untagged = view.column(_EGRESS), view.column(_UNTAGGED)
    found = []
    for index, tag in sorted(view.integers(_L2_TAG).items(), key=lambda row: row[1]):
        if not 1 <= tag <= _VLAN_MAX:
            continue
        members, bare = (
            {ports[port] for port in _port_list(column.get((tag,))) if port in ports}
            for column in (egress, untagged)
        )
        found.append(
            Vlan(
                id=tag,
                name=names.get(index),
                tagged=tuple(sorted(members - bare)),
                untagged=tuple(sorted(members & bare)),
            )
        )
    return tuple(found)


def _port_list(value: Value | None) -> list[int]:
    """Return the bridge ports of a PortList, which Junos also writes as text: `513,4097`."""
    if isinstance(value, bytes) and _WRITTEN_LIST.fullmatch(value):
        return [int(port) for port in value.split(b",")]
    return bits(value)
