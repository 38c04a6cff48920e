"""What Ruckus controllers tell of their access points by themselves.

RUCKUS-ZD-EVENT-MIB (ZoneDirector) and RUCKUS-SCG-EVENT-MIB (SmartZone). MAC addresses are texts.
"""

from inventory.vendors.mib import oid
from inventory.vendors.notification import Meaning, Notification

_ZD = "1.3.6.1.4.1.25053.2.2"
_ZD_MAC = (oid(f"{_ZD}.2.18"),)  # ruckusZDEventAPMacAddr
_SCG = "1.3.6.1.4.1.25053.2.10"
_SCG_MAC = (oid(f"{_SCG}.2.23"),)  # ruckusSCGEventAPMacAddr
_SCG_NAME = (oid(f"{_SCG}.2.25"),)  # ruckusSCGEventAPName

ZONEDIRECTOR = tuple(
    Notification(oid(f"{_ZD}.1.{number}"), f"RUCKUS-ZD-EVENT-MIB {name}", meaning, mac=_ZD_MAC)
    for number, name, meaning in (
        (1, "ruckusZDEventAPJoinTrap", Meaning.ACCESS_POINT_UP),
        (5, "ruckusZDEventAPLostTrap", Meaning.ACCESS_POINT_DOWN),
        (6, "ruckusZDEventAPLostHeartbeatTrap", Meaning.ACCESS_POINT_DOWN),
    )
)
SMARTZONE = tuple(
    Notification(
        oid(f"{_SCG}.1.{number}"),
        f"RUCKUS-SCG-EVENT-MIB {name}",
        meaning,
        mac=_SCG_MAC,
        label=_SCG_NAME,
    )
    for number, name, meaning in (
        (21, "ruckusSCGAPConnectedTrap", Meaning.ACCESS_POINT_UP),
        (23, "ruckusSCGAPDisconnectedTrap", Meaning.ACCESS_POINT_DOWN),
        (24, "ruckusSCGAPLostHeartbeatTrap", Meaning.ACCESS_POINT_DOWN),
    )
)
