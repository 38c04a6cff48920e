"""Aruba controllers that run ArubaOS (AOS-W where Alcatel-Lucent sells them)."""

from inventory.vendors.arubaos.notifications import NOTIFICATIONS
from inventory.vendors.arubaos.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(
    id="arubaos",
    vendor="HPE Aruba Networking",
    role="controller",
    reading=READING,
    notifications=NOTIFICATIONS,
)
