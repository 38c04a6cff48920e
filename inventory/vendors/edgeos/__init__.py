"""Ubiquiti EdgeRouter (EdgeOS)."""

from inventory.vendors.edgeos.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="edgeos", vendor="Ubiquiti", role="router", reading=READING)
