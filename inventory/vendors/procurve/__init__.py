"""HPE ProCurve and ArubaOS-Switch."""

from inventory.vendors.family import Family
from inventory.vendors.procurve.reading import READING

FAMILY = Family(id="procurve", vendor="HPE", role="switch", reading=READING)
