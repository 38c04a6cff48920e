"""Linux machines that serve WiFi with hostapd, configured over SSH.

net-snmp on any Linux says nothing of WiFi. A machine that says that it is one of these does so by a
script under `extend`, named `hostapd` (the folder's README has the line for snmpd.conf); any other
stays generic.
"""

import re
from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.family import Family, Later
from inventory.vendors.generic import identify
from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import BY_ITS_OWN_WORD, NOT_OURS, Reading
from inventory.vendors.standard import observation

_FAMILY = "hostapd_linux"
# NET-SNMP-EXTEND-MIB nsExtendOutput1Line; the index is the token's length, then its octets.
_VERSION = oid("1.3.6.1.4.1.8072.1.3.2.3.1.1.7.104.111.115.116.97.112.100")
_WORDS = re.compile(r"hostapd v\S+")


def _recognise(view: MibView) -> int:
    return BY_ITS_OWN_WORD if _WORDS.match(view.text(_VERSION) or "") else NOT_OURS


def _observe(view: MibView) -> Observation:
    told = _WORDS.match(view.text(_VERSION) or "")
    identity = identify(view, _FAMILY)
    named = replace(identity, vendor="Linux", firmware=told[0] if told else identity.firmware)
    return observation.observe(view, named)


FAMILY = Family(
    id=_FAMILY,
    vendor="Linux",
    role="access_point",
    reading=Reading(
        recognise=_recognise,
        columns=(*observation.COLUMNS, _VERSION[:-8]),
        observe=_observe,
        probes=(_VERSION,),
    ),
    configuration=Later("inventory.vendors.hostapd_linux.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.hostapd_linux.support", "SUPPORT"),
)
