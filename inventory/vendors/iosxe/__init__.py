"""Cisco IOS-XE switches, routers and Catalyst 9800 controllers: read as IOS is, told by its words.

A Catalyst 9800 tells its access points in the MIB modules of AireOS.
"""

from dataclasses import replace

from inventory.vendors.cisco_wlc import airespace
from inventory.vendors.family import Family
from inventory.vendors.ios.reading import IOSXE_READING

READING = replace(
    IOSXE_READING,
    columns=(*IOSXE_READING.columns, *airespace.COLUMNS),
    observe=lambda view: airespace.refine(view, IOSXE_READING.observe(view)),
)
FAMILY = Family(id="iosxe", vendor="Cisco", role="switch", reading=READING)
