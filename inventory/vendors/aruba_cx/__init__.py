"""HPE Aruba Networking CX switches (AOS-CX)."""

from inventory.vendors.aruba_cx.reading import READING
from inventory.vendors.family import Family, Later

FAMILY = Family(
    id="arubaos_cx",
    vendor="HPE Aruba Networking",
    role="switch",
    reading=READING,
    configuration=Later("inventory.vendors.aruba_cx.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.aruba_cx.support", "SUPPORT"),
)
