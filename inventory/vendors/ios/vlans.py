"""VLANs as IOS tells them: CISCO-VTP-MIB and CISCO-VLAN-MEMBERSHIP-MIB."""

from collections import defaultdict

from inventory.observation import Vlan
from inventory.vendors.mib import MibView, bits, oid

# CISCO-VTP-MIB vtpVlanTable, index (managementDomainIndex, vtpVlanIndex).
_VLAN_TYPE = oid("1.3.6.1.4.1.9.9.46.1.3.1.1.3")
_VLAN_NAME = oid("1.3.6.1.4.1.9.9.46.1.3.1.1.4")
# vlanTrunkPortTable, index ifIndex: 1,024 VLANs a bitmap, its first bit VLAN 0.
_TRUNK_VLANS = {
    0: oid("1.3.6.1.4.1.9.9.46.1.6.1.1.4"),
    1024: oid("1.3.6.1.4.1.9.9.46.1.6.1.1.17"),
    2048: oid("1.3.6.1.4.1.9.9.46.1.6.1.1.18"),
    3072: oid("1.3.6.1.4.1.9.9.46.1.6.1.1.19"),
}
_NATIVE_VLAN = oid("1.3.6.1.4.1.9.9.46.1.6.1.1.5")
_DYNAMIC_STATUS = oid("1.3.6.1.4.1.9.9.46.1.6.1.1.14")
# CISCO-VLAN-MEMBERSHIP-MIB vmVlan, index ifIndex.
_ACCESS_VLAN = oid("1.3.6.1.4.1.9.9.68.1.2.2.1.2")
COLUMNS = (
    _VLAN_TYPE, _VLAN_NAME, *_TRUNK_VLANS.values(), _NATIVE_VLAN, _DYNAMIC_STATUS, _ACCESS_VLAN,
)  # fmt: skip

_ETHERNET = 1  # VlanType; the others are FDDI and Token Ring relics, 1002 to 1005
_TRUNKING = 1


def vlans(view: MibView) -> tuple[Vlan, ...]:
    """Return the Ethernet VLANs with their ports; none where the device has no VTP tables."""
    kinds = {index[-1]: kind for index, kind in view.integers(_VLAN_TYPE).items() if index}
    names = {index[-1]: name for index, name in view.texts(_VLAN_NAME).items() if index}
    listed = [vlan for vlan in sorted({*kinds, *names}) if kinds.get(vlan, _ETHERNET) == _ETHERNET]
    tagged, untagged = _members(view)
    return tuple(
        Vlan(
            id=vlan,
            name=names.get(vlan),
            tagged=tuple(sorted(tagged[vlan])),
            untagged=tuple(sorted(untagged[vlan])),
        )
        for vlan in listed
    )


def _members(view: MibView) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    tagged: dict[int, set[int]] = defaultdict(set)
    untagged: dict[int, set[int]] = defaultdict(set)
    trunks = {
        index[0]
        for index, status in view.integers(_DYNAMIC_STATUS).items()
        if len(index) == 1 and status == _TRUNKING
    }
    native = {index[0]: vlan for index, vlan in view.integers(_NATIVE_VLAN).items() if index}
    for first, column in _TRUNK_VLANS.items():
        for index, value in view.column(column).items():
            if index and index[0] in trunks:
                for place in bits(value):
                    tagged[first + place - 1].add(index[0])
    for port in trunks & native.keys():
        tagged[native[port]].discard(port)
        untagged[native[port]].add(port)
    for index, vlan in view.integers(_ACCESS_VLAN).items():
        if index and index[0] not in trunks:
            untagged[vlan].add(index[0])
    return tagged, untagged
