"""Allied Telesis access points (TQ)."""

from inventory.vendors.allied_tq.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="allied_tq", vendor="Allied Telesis", role="access_point", reading=READING)
