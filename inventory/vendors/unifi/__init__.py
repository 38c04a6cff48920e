"""Ubiquiti UniFi access points."""

from inventory.vendors.family import Family
from inventory.vendors.unifi.reading import READING

FAMILY = Family(id="unifi", vendor="Ubiquiti", role="access_point", reading=READING)
