"""MikroTik RouterOS."""

from inventory.vendors.family import Family, Later
from inventory.vendors.routeros.reading import READING

FAMILY = Family(
    id="routeros",
    vendor="MikroTik",
    role="router",
    reading=READING,
    configuration=Later("inventory.vendors.routeros.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.routeros.support", "SUPPORT"),
)
