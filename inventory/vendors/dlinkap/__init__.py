"""D-Link access points (DAP, DWL)."""

from inventory.vendors.dlinkap.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="dlinkap", vendor="D-Link", role="access_point", reading=READING)
