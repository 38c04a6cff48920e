"""OpenWrt access points and routers, read through net-snmp and lldpd."""

from inventory.vendors.family import Family
from inventory.vendors.openwrt.configuration import CONFIGURATION
from inventory.vendors.openwrt.reading import READING
from inventory.vendors.openwrt.support import SUPPORT

FAMILY = Family(
    id="openwrt",
    vendor="OpenWrt",
    role="access_point",
    reading=READING,
    configuration=CONFIGURATION,
    support=SUPPORT,
)
