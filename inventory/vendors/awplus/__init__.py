"""Allied Telesis switches with AlliedWare Plus."""

from inventory.vendors.awplus.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="awplus", vendor="Allied Telesis", role="switch", reading=READING)
