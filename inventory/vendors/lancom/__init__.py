"""LANCOM: routers, access points and controllers (LCOS), and access points that run LCOS LX."""

from inventory.vendors.family import Family
from inventory.vendors.lancom.reading import LCOS_READING, LCOSLX_READING

FAMILIES = (
    Family(id="lcos", vendor="LANCOM", role="access_point", reading=LCOS_READING),
    Family(id="lcoslx", vendor="LANCOM", role="access_point", reading=LCOSLX_READING),
)
