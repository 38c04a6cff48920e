"""Ubiquiti airMAX access points, stations and bridges (airOS), and airFiber."""

from inventory.vendors.airos.airfiber import AIRFIBER_READING
from inventory.vendors.airos.reading import READING
from inventory.vendors.family import Family

FAMILIES = (
    Family(id="airos", vendor="Ubiquiti", role="access_point", reading=READING),
    Family(id="airos_af", vendor="Ubiquiti", role="access_point", reading=AIRFIBER_READING),
)
