"""Fortinet access points (FortiAP)."""

from inventory.vendors.family import Family
from inventory.vendors.fortiap.reading import READING

FAMILY = Family(id="fortiap", vendor="Fortinet", role="access_point", reading=READING)
