"""HPE MSM access points and controllers (before: Colubris, ProCurve MSM)."""

from inventory.vendors.family import Family
from inventory.vendors.hpmsm.reading import READING

FAMILY = Family(id="hpmsm", vendor="HPE", role="access_point", reading=READING)
