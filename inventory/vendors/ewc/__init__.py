"""Extreme (Enterasys, before: Siemens HiPath) wireless controllers."""

from inventory.vendors.ewc.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="ewc", vendor="Extreme Networks", role="controller", reading=READING)
