"""Fortinet FortiSwitch."""

from inventory.vendors.family import Family
from inventory.vendors.fortiswitch.reading import READING

FAMILY = Family(id="fortiswitch", vendor="Fortinet", role="switch", reading=READING)
