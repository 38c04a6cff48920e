"""Cisco IOS-XE switches, routers and Catalyst 9800 controllers: read as IOS is, told by its words.

A Catalyst 9800 tells its access points in the MIB modules of AireOS.
"""

from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.cisco_wlc import airespace
from inventory.vendors.family import Family, Later
from inventory.vendors.ios import wireless
from inventory.vendors.ios.reading import IOSXE_READING
from inventory.vendors.mib import MibView


def _observe(view: MibView) -> Observation:
    read = airespace.refine(view, IOSXE_READING.observe(view))
    return replace(read, metrics=(*read.metrics, *wireless.cellular(view)))


READING = replace(
    IOSXE_READING,
    columns=(*IOSXE_READING.columns, *airespace.COLUMNS, *wireless.CELLULAR_COLUMNS),
    observe=_observe,
)
FAMILY = Family(
    id="iosxe",
    vendor="Cisco",
    role="switch",
    reading=READING,
    configuration=Later("inventory.vendors.iosxe.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.iosxe.support", "SUPPORT"),
)
