"""Dell PowerConnect and Dell Networking N switches."""

from inventory.vendors.family import Family
from inventory.vendors.powerconnect.reading import READING

FAMILY = Family(id="powerconnect", vendor="Dell", role="switch", reading=READING)
