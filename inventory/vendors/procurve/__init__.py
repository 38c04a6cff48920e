"""HPE ProCurve and ArubaOS-Switch."""

from inventory.vendors.family import Family, Later
from inventory.vendors.procurve.reading import READING

FAMILY = Family(
    id="procurve",
    vendor="HPE",
    role="switch",
    reading=READING,
    configuration=Later("inventory.vendors.procurve.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.procurve.support", "SUPPORT"),
)
