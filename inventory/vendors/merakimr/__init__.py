"""Cisco Meraki access points (MR, and CW managed from the cloud)."""

from inventory.vendors.family import Family
from inventory.vendors.merakimr.reading import READING

FAMILY = Family(id="merakimr", vendor="Cisco Meraki", role="access_point", reading=READING)
