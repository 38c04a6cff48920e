"""HPE and H3C Comware switches (A5500, 5130, 1950 …)."""

from inventory.vendors.comware.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="comware", vendor="HPE", role="switch", reading=READING)
