"""OpenWrt access points and routers, read through net-snmp and lldpd."""

from inventory.vendors.family import Family, Later
from inventory.vendors.openwrt.reading import READING

FAMILY = Family(
    id="openwrt",
    vendor="OpenWrt",
    role="access_point",
    reading=READING,
    configuration=Later("inventory.vendors.openwrt.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.openwrt.support", "SUPPORT"),
)
