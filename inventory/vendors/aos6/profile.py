"""What AOS 6, 7 and 8 have in common: ALCATEL-IND1's MIBs, each generation below its own number."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from inventory.observation import Observation, Vlan
from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.standard.entity import ENT_PHYSICAL
from inventory.vendors.standard.health import Health, temperature
from inventory.vendors.standard.profile import Profile
from inventory.vendors.standard.vendor_discovery import NeighbourTable
from inventory.vendors.standard.words import chassis, described

# "Alcatel-Lucent OS6450-P48 6.6.4.176.R01 GA, …", "Alcatel-Lucent Enterprise OS6560-P24X4 8.6.…"
_MODEL = r"\b(OS\d\S*)"
_VERSION = r"\b(\d+\.\d+\.\S+)"
_UNTAGGED = 1  # vpaType cfgDefault; 2 is qTagged


def omniswitch(
    family: str,
    *,
    recognise: Callable[[MibView], int],
    root: str,
    figures: tuple[Health, ...] = (),
    temperature_column: int,
) -> Profile:
    """Return the profile of the OmniSwitch generation whose MIBs stand below `root`."""
    softent = f"{root}.1.2.1"
    # ALCATEL-IND1-VLAN-MGR-MIB vlanDescription; vpaType, index (VLAN, ifIndex).
    names, members = oid(f"{softent}.3.1.1.1.1.1.2"), oid(f"{softent}.3.1.1.2.1.1.3")
    # ALCATEL-IND1-INTERSWITCH-PROTOCOL-MIB aipAMAPportConnectionTable: aipAMAPRemMac, RemHostname,
    # LocalIfindex, RemDevModelName.
    amap = NeighbourTable(
        protocol="amap",
        device=oid(f"{softent}.9.1.1.2.6.1.2"),
        name=oid(f"{softent}.9.1.1.2.6.1.5"),
        local=oid(f"{softent}.9.1.1.2.6.1.6"),
        platform=oid(f"{softent}.9.1.1.2.6.1.12"),
    )
    return Profile(
        family=family,
        vendor="Alcatel-Lucent Enterprise",
        recognise=recognise,
        model=(described(_MODEL), chassis("model", "name")),
        firmware=(described(_VERSION), chassis("software")),
        figures=(
            *figures,
            # ALCATEL-IND1-CHASSIS-MIB chasChassisTable, index entPhysicalIndex: the board's.
            temperature(f"{root}.1.1.1.3.1.1.3.1.{temperature_column}", labels=(*ENT_PHYSICAL, 7)),
        ),
        # ALCATEL-IND1-INLINE-POWER-MIB alaPethPsePortPowerActual (mW).
        port_power=oid(f"{softent}.27.1.1.1.1.2"),
        columns=(names, members, *amap.columns),
        refine=partial(_refine, names, members, amap),
    )


def _refine(
    names: Oid, members: Oid, amap: NeighbourTable, view: MibView, read: Observation
) -> Observation:
    heard = (*read.neighbours, *amap.neighbours(view, read.interfaces))
    return _with_vlans(names, members, view, replace(read, neighbours=heard))


def _with_vlans(names: Oid, members: Oid, view: MibView, read: Observation) -> Observation:
    if read.vlans:
        return read
    kinds = view.integers(members)
    listed: dict[int, str | None] = dict.fromkeys(index[0] for index in kinds)
    listed.update((index[0], name) for index, name in view.texts(names).items())
    vlans = tuple(
        Vlan(
            id=vlan,
            name=name,
            tagged=_ports(kinds, vlan, untagged=False),
            untagged=_ports(kinds, vlan, untagged=True),
        )
        for vlan, name in sorted(listed.items())
        if 1 <= vlan <= 4094
    )
    return replace(read, vlans=vlans)


def _ports(kinds: dict[Oid, int], vlan: int, *, untagged: bool) -> tuple[int, ...]:
    return tuple(
        index[1]
        for index, kind in sorted(kinds.items())
        if len(index) == 2 and index[0] == vlan and (kind == _UNTAGGED) is untagged
    )
