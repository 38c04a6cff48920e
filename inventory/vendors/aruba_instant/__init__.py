"""Aruba Instant access points: one of them, the conductor, speaks for its cluster."""

from inventory.vendors.aruba_instant.reading import READING
from inventory.vendors.family import Family, Later

FAMILY = Family(
    id="aruba_instant",
    vendor="HPE Aruba Networking",
    role="access_point",
    reading=READING,
    configuration=Later("inventory.vendors.aruba_instant.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.aruba_instant.support", "SUPPORT"),
)
