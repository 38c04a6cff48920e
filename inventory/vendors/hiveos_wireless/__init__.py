"""Aerohive access points that run HiveOS, or Extreme's IQ Engine after it."""

from inventory.vendors.family import Family
from inventory.vendors.hiveos_wireless.reading import READING

FAMILY = Family(
    id="hiveos_wireless", vendor="Extreme Networks", role="access_point", reading=READING
)
