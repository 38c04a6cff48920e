"""MikroTik RouterOS."""

from inventory.vendors.family import Family
from inventory.vendors.routeros.configuration import CONFIGURATION
from inventory.vendors.routeros.reading import READING

FAMILY = Family(
    id="routeros",
    vendor="MikroTik",
    role="router",
    reading=READING,
    configuration=CONFIGURATION,
)
