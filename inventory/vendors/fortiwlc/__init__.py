"""Fortinet wireless controllers (FortiWLC, before: Meru Networks)."""

from inventory.vendors.family import Family
from inventory.vendors.fortiwlc.reading import READING

FAMILY = Family(id="fortiwlc", vendor="Fortinet", role="controller", reading=READING)
