"""Cisco wireless controllers: AireOS, Mobility Express and Business Wireless."""

from inventory.vendors.cisco_wlc.notifications import NOTIFICATIONS
from inventory.vendors.cisco_wlc.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(
    id="ciscowlc",
    vendor="Cisco",
    role="controller",
    reading=READING,
    notifications=NOTIFICATIONS,
)
