"""HPE ProCurve and ArubaOS-Switch."""

from inventory.vendors.family import Family
from inventory.vendors.procurve.configuration import CONFIGURATION
from inventory.vendors.procurve.reading import READING
from inventory.vendors.procurve.support import SUPPORT

FAMILY = Family(
    id="procurve",
    vendor="HPE",
    role="switch",
    reading=READING,
    configuration=CONFIGURATION,
    support=SUPPORT,
)
