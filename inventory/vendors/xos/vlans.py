"""VLANs as EXOS tells them in EXTREME-VLAN-MIB: the ports of each slot, by the VLAN's ifIndex."""

from collections import defaultdict
from collections.abc import Collection

from inventory.observation import Vlan
from inventory.vendors.mib import MibView, Oid, bits, oid

_VLAN = "1.3.6.1.4.1.1916.1.2"
# extremeVlanIfTable, index the VLAN's ifIndex: extremeVlanIfDescr, extremeVlanIfVlanId.
_NAME, _TAG = (oid(f"{_VLAN}.1.2.1.{column}") for column in (2, 10))
# extremeVlanOpaqueTable, index (the VLAN's ifIndex, slot): tagged and untagged ports.
_TAGGED, _UNTAGGED = (oid(f"{_VLAN}.6.1.1.{column}") for column in (1, 2))
COLUMNS = (_NAME, _TAG, _TAGGED, _UNTAGGED)

_PORTS_OF_A_SLOT = 1000
_VLAN_MAX = 4094


def vlans(view: MibView, interfaces: Collection[int]) -> tuple[Vlan, ...]:
    """Return the VLANs by their tag; none where the device does not tell this way."""
    names = view.texts(_NAME)
    tagged, untagged = (_members(view, column, interfaces) for column in (_TAGGED, _UNTAGGED))
    return tuple(
        Vlan(
            id=tag,
            name=names.get(index),
            tagged=tuple(sorted(tagged[index])),
            untagged=tuple(sorted(untagged[index])),
        )
        for index, tag in sorted(view.integers(_TAG).items(), key=lambda row: row[1])
        if 1 <= tag <= _VLAN_MAX
    )


def _members(view: MibView, column: Oid, known: Collection[int]) -> dict[Oid, set[int]]:
    """Return the ports of each VLAN by ifIndex: 1000 to a slot, or the port's number alone."""
    found: dict[Oid, set[int]] = defaultdict(set)
    for index, value in view.column(column).items():
        if len(index) != 2:
            continue
        slot = index[1]
        for port in bits(value):
            numbers = (slot * _PORTS_OF_A_SLOT + port, port)
            place = next((number for number in numbers if number in known), None)
            if place is not None:
                found[index[:1]].add(place)
    return found
