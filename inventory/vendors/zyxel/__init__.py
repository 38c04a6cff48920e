"""Zyxel access points (NWA, WAC, WAX, WBE) and wireless controllers (NXC)."""

from inventory.vendors.family import Family
from inventory.vendors.zyxel.reading import CONTROLLER_READING, NWA_READING

FAMILIES = (
    Family(id="zyxelnwa", vendor="Zyxel", role="access_point", reading=NWA_READING),
    Family(id="zyxelwlc", vendor="Zyxel", role="controller", reading=CONTROLLER_READING),
)
