"""Cisco IOS-XE switches, routers and controllers: read as IOS is, told by its own words."""

from inventory.vendors.family import Family
from inventory.vendors.ios.reading import IOSXE_READING

FAMILY = Family(id="iosxe", vendor="Cisco", role="switch", reading=IOSXE_READING)
