"""D-Link DES, DGS and DXS switches."""

from inventory.vendors.dlink.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="dlink", vendor="D-Link", role="switch", reading=READING)
