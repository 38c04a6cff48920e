"""Extreme Networks switches with VOSS (Fabric Engine)."""

from inventory.vendors.family import Family
from inventory.vendors.voss.reading import READING

FAMILY = Family(id="voss", vendor="Extreme Networks", role="switch", reading=READING)
