"""What ArubaOS controllers tell of their access points by themselves: WLSX-TRAP-MIB."""

from inventory.vendors.mib import oid
from inventory.vendors.notification import Meaning, Notification

_WLSX = "1.3.6.1.4.1.14823.2.3.1.11.1"  # wlsxTrapsGroup
_MAC = (oid(f"{_WLSX}.1.1"),)  # wlsxTrapAPMacAddress

NOTIFICATIONS = (
    Notification(
        oid(f"{_WLSX}.2.1040"),
        "WLSX-TRAP-MIB wlsxNAccessPointIsUp",
        Meaning.ACCESS_POINT_UP,
        mac=_MAC,
    ),
    Notification(
        oid(f"{_WLSX}.2.1041"),
        "WLSX-TRAP-MIB wlsxNAccessPointIsDown",
        Meaning.ACCESS_POINT_DOWN,
        mac=_MAC,
    ),
)
