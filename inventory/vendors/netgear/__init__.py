"""Netgear ProSAFE and smart switches."""

from inventory.vendors.family import Family
from inventory.vendors.netgear.reading import READING

FAMILY = Family(id="netgear", vendor="Netgear", role="switch", reading=READING)
