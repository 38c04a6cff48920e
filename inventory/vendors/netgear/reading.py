"""Reads Netgear switches: FASTPATH's MIBs under Netgear's number, else ENTITY-MIB."""

from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.mib import MibView
from inventory.vendors.standard.fastpath import FastPath
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, chassis, described, recogniser

_NETGEAR = "1.3.6.1.4.1.4526"
# NETGEAR-REF-MIB: the managed switches (ng7000managedswitch), and the smart ones.
_MANAGED, _SMART = FastPath(f"{_NETGEAR}.10"), FastPath(f"{_NETGEAR}.11")
# The first smart switches answer an OID of Radlan's with Netgear's inside.
_RADLAN_INSIDE = "1.3.6.1.4.1.89.1.1.1.3.6.1.4.1.4526.100.4"

# Access points, storage and firewalls answer below Netgear's number too.
_NO_SWITCH = (
    r"(?i)^(?:netgear )?(?:WN\w+|WAC|WAX|WBE|WG|WC|ReadyNAS|UTM|FV[SX]|SRX)\d|ReadyNAS|Firewall"
)


def _refine(view: MibView, read: Observation) -> Observation:
    whole = _SMART.refine(view, _MANAGED.refine(view, read))
    members = whole.identity.members or _SMART.units.members(view)
    return replace(whole, identity=replace(whole.identity, members=members))


PROFILE = Profile(
    family="netgear",
    vendor="Netgear",
    recognise=recogniser(
        Sign(roots=(_NETGEAR, _RADLAN_INSIDE), without=_NO_SWITCH),
        Sign(words=r"(?i)prosafe|^netgear ", without=_NO_SWITCH),
    ),
    # "GSM7328S - 24 GE, 4 TENGIG, 6.2.0.14, VxWorks 6.6"
    model=(
        described(r"^(?:(?i:netgear) )?(?:AV Line )?([A-Z]+\d[^\s,]*)"),
        _MANAGED.model,
        _SMART.model,
        chassis("model", "description"),
    ),
    serial=(chassis("serial"), _MANAGED.serial, _SMART.serial),
    firmware=(
        chassis("software"),
        _MANAGED.firmware,
        _SMART.firmware,
        described(r", (\d+(?:\.\d+)+)"),
    ),
    figures=(_MANAGED.memory, _SMART.memory),
    units=_MANAGED.units,
    port_power=_MANAGED.port_power,
    columns=(*_MANAGED.columns, *_SMART.columns, *_SMART.units.columns),
    refine=_refine,
)
READING = reading(PROFILE)
