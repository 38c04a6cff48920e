"""What Cisco controllers tell of their access points by themselves.

AIRESPACE-WIRELESS-MIB and CISCO-LWAPP-AP-MIB; AireOS and Catalyst 9800 send them alike.
"""

from inventory.vendors.mib import oid
from inventory.vendors.notification import Meaning, Notification

_AP = "1.3.6.1.4.1.14179.2.2.1.1"  # bsnAPTable
_LWAPP_AP = "1.3.6.1.4.1.9.9.513.1.1.1.1"  # cLApTable, indexed by the access point's MAC address

NOTIFICATIONS = (
    Notification(
        oid("1.3.6.1.4.1.14179.2.6.3.8"),
        "AIRESPACE-WIRELESS-MIB bsnAPDisassociated",
        Meaning.ACCESS_POINT_DOWN,
        mac=(oid("1.3.6.1.4.1.14179.2.6.2.20"), oid(f"{_AP}.1")),  # bsnAPMacAddrTrapVariable
        label=(oid(f"{_AP}.3"),),  # bsnAPName
    ),
    Notification(
        oid("1.3.6.1.4.1.9.9.513.0.4"),
        "CISCO-LWAPP-AP-MIB ciscoLwappApAssociated",
        Meaning.ACCESS_POINT_UP,
        mac=(oid(f"{_LWAPP_AP}.1"),),  # cLApSysMacAddress
        label=(oid(f"{_LWAPP_AP}.5"),),  # cLApName
    ),
)
