"""Cambium: ePMP radios, cnPilot E and XV access points, cnPilot R routers."""

from inventory.vendors.cambium.cnpilot import CNPILOT_E_READING, CNPILOT_R_READING
from inventory.vendors.cambium.epmp import EPMP_READING
from inventory.vendors.family import Family

FAMILIES = (
    Family(id="epmp", vendor="Cambium", role="access_point", reading=EPMP_READING),
    Family(id="cnpilote", vendor="Cambium", role="access_point", reading=CNPILOT_E_READING),
    Family(id="cnpilotr", vendor="Cambium", role="router", reading=CNPILOT_R_READING),
)
