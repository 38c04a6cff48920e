"""Ruckus: ZoneDirector, Unleashed and SmartZone controllers, and access points that stand alone."""

from inventory.vendors.family import Family
from inventory.vendors.ruckus.notifications import SMARTZONE, ZONEDIRECTOR
from inventory.vendors.ruckus.smartzone import SMARTZONE_READING
from inventory.vendors.ruckus.standalone import HOTZONE_READING
from inventory.vendors.ruckus.zonedirector import UNLEASHED_READING, ZONEDIRECTOR_READING

FAMILIES = (
    Family(
        id="ruckuswireless",
        vendor="Ruckus",
        role="controller",
        reading=ZONEDIRECTOR_READING,
        notifications=ZONEDIRECTOR,
    ),
    Family(
        id="ruckuswireless_unleashed",
        vendor="Ruckus",
        role="access_point",
        reading=UNLEASHED_READING,
        notifications=ZONEDIRECTOR,
    ),
    Family(
        id="ruckuswireless_sz",
        vendor="Ruckus",
        role="controller",
        reading=SMARTZONE_READING,
        notifications=SMARTZONE,
    ),
    Family(
        id="ruckuswireless_hotzone", vendor="Ruckus", role="access_point", reading=HOTZONE_READING
    ),
)
