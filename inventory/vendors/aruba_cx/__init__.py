"""HPE Aruba Networking CX switches (AOS-CX)."""

from inventory.vendors.aruba_cx.configuration import CONFIGURATION
from inventory.vendors.aruba_cx.reading import READING
from inventory.vendors.aruba_cx.support import SUPPORT
from inventory.vendors.family import Family

FAMILY = Family(
    id="arubaos_cx",
    vendor="HPE Aruba Networking",
    role="switch",
    reading=READING,
    configuration=CONFIGURATION,
    support=SUPPORT,
)
