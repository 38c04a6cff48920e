"""VLANs of RC-VLAN-MIB, which the switches descended from Rapid City serve: BOSS and VOSS.

Each port lists its VLANs, two octets each, and tells in which of them it tags.
"""

from collections import defaultdict

from inventory.observation import Vlan
from inventory.vendors.mib import MibView, Oid, oid

# rcVlanTable, index VLAN: rcVlanName.
_NAME = oid("1.3.6.1.4.1.2272.1.3.2.1.2")
# rcVlanPortTable, index ifIndex: VlanIds, Type, DefaultVlanId, PerformTagging, UntagDefaultVlan.
_IDS, _TYPE, _DEFAULT, _TAGGING, _BARE_DEFAULT = (
    oid(f"1.3.6.1.4.1.2272.1.3.3.1.{column}") for column in (3, 4, 7, 8, 13)
)
COLUMNS = (_NAME, _IDS, _TYPE, _DEFAULT, _TAGGING, _BARE_DEFAULT)

_TRUNK = 2
_ALL, _NONE, _DEFAULT_ONLY, _ALL_BUT_DEFAULT = range(1, 5)
_TRUE = 1
_VLAN_MAX = 4094


def vlans(view: MibView) -> tuple[Vlan, ...]:
    """Return the VLANs with their ports; none where the device does not tell this way."""
    names = {index[0]: name for index, name in view.texts(_NAME).items() if len(index) == 1}
    tagged: dict[int, list[int]] = defaultdict(list)
    untagged: dict[int, list[int]] = defaultdict(list)
    for index, value in view.column(_IDS).items():
        if len(index) != 1 or not isinstance(value, bytes):
            continue
        default = view.integer((*_DEFAULT, *index))
        for vlan in {int.from_bytes(value[at : at + 2]) for at in range(0, len(value) - 1, 2)}:
            side = tagged if _tags(view, index, is_default=vlan == default) else untagged
            side[vlan].append(index[0])
    return tuple(
        Vlan(vlan, names.get(vlan), tuple(sorted(tagged[vlan])), tuple(sorted(untagged[vlan])))
        for vlan in sorted({*names, *tagged, *untagged})
        if 1 <= vlan <= _VLAN_MAX
    )


def _tags(view: MibView, port: Oid, *, is_default: bool) -> bool:
    """Tell whether the port tags what it sends in its default VLAN, or in another one."""
    tagging = view.integer((*_TAGGING, *port))
    if tagging is None:
        tagging = _ALL if view.integer((*_TYPE, *port)) == _TRUNK else _NONE
    if tagging == _ALL and view.integer((*_BARE_DEFAULT, *port)) == _TRUE:
        tagging = _ALL_BUT_DEFAULT
    wanted = (_ALL, _DEFAULT_ONLY) if is_default else (_ALL, _ALL_BUT_DEFAULT)
    return tagging in wanted
