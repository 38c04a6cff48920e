"""Xirrus access points and arrays (ArrayOS, AOS)."""

from inventory.vendors.family import Family
from inventory.vendors.xirrus_aos.reading import READING

FAMILY = Family(id="xirrus_aos", vendor="Xirrus", role="access_point", reading=READING)
