"""Ubiquiti EdgeSwitch and UniFi switches."""

from inventory.vendors.edgeswitch.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="edgeswitch", vendor="Ubiquiti", role="switch", reading=READING)
