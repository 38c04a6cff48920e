"""What a site should have: values, their layers, and what follows for one device.

Nothing here knows a vendor: rendering is the vendor folder's work.
"""

from inventory.intent.hours import Day, Window, is_on
from inventory.intent.layers import DeviceIntent, IntentLayer, resolve
from inventory.intent.management import Account, Management, SnmpUser
from inventory.intent.switching import PoePriority, Port, PortMode, PortProfile, Vlan
from inventory.intent.wireless import (
    CHANNELS,
    DFS_CHANNELS,
    Band,
    Pmf,
    PrivateKey,
    Purpose,
    RadioPlan,
    RadiusServer,
    Security,
    Wlan,
)

__all__ = [
    "CHANNELS",
    "DFS_CHANNELS",
    "Account",
    "Band",
    "Day",
    "DeviceIntent",
    "IntentLayer",
    "Management",
    "Pmf",
    "PoePriority",
    "Port",
    "PortMode",
    "PortProfile",
    "PrivateKey",
    "Purpose",
    "RadioPlan",
    "RadiusServer",
    "Security",
    "SnmpUser",
    "Vlan",
    "Window",
    "Wlan",
    "is_on",
    "resolve",
]
