"""Cisco IOS switches and routers."""

from inventory.vendors.family import Family
from inventory.vendors.ios.reading import READING

FAMILY = Family(id="ios", vendor="Cisco", role="switch", reading=READING)
