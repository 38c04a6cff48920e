"""Cisco Small Business access points (WAP)."""

from inventory.vendors.ciscowap.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="ciscowap", vendor="Cisco", role="access_point", reading=READING)
