"""Extreme Networks switches with EXOS (Switch Engine)."""

from inventory.vendors.family import Family
from inventory.vendors.xos.reading import READING

FAMILY = Family(id="xos", vendor="Extreme Networks", role="switch", reading=READING)
