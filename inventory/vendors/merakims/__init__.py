"""Cisco Meraki MS switches."""

from inventory.vendors.family import Family
from inventory.vendors.merakims.reading import READING

FAMILY = Family(id="merakims", vendor="Cisco Meraki", role="switch", reading=READING)
