"""Linux machines that serve WiFi with hostapd, configured over SSH.

Their SNMP agent is net-snmp on any Linux, which says nothing of WiFi: by SNMP they stay generic, a
person or a register says what they are.
"""

from inventory.observation import Observation
from inventory.vendors.family import Family, Later
from inventory.vendors.generic import identify
from inventory.vendors.mib import MibView
from inventory.vendors.reading import NOT_OURS, Reading
from inventory.vendors.standard import observation


def _observe(view: MibView) -> Observation:
    return observation.observe(view, identify(view, "hostapd_linux"))


FAMILY = Family(
    id="hostapd_linux",
    vendor="Linux",
    role="access_point",
    reading=Reading(recognise=lambda _: NOT_OURS, columns=observation.COLUMNS, observe=_observe),
    configuration=Later("inventory.vendors.hostapd_linux.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.hostapd_linux.support", "SUPPORT"),
)
