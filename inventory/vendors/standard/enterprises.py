"""Vendors by their IANA private enterprise number, for devices of no known family."""

from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import SYS_OBJECT_ID

_ENTERPRISES = oid("1.3.6.1.4.1")
_VENDORS = {
    9: "Cisco", 11: "HPE", 43: "3Com", 171: "D-Link", 207: "Allied Telesis", 674: "Dell",
    890: "Zyxel", 1916: "Extreme Networks", 1991: "Ruckus", 2011: "Huawei", 2356: "LANCOM",
    2636: "Juniper", 4413: "Ubiquiti", 4526: "Netgear", 6486: "Alcatel-Lucent Enterprise",
    11863: "TP-Link", 12356: "Fortinet", 14823: "Aruba", 14988: "MikroTik", 17713: "Cambium",
    25053: "Ruckus", 25506: "H3C", 26928: "Aerohive", 29671: "Meraki", 30065: "Arista",
    41112: "Ubiquiti", 47196: "HPE Aruba Networking",
}  # fmt: skip


def vendor(view: MibView) -> str | None:
    """Return the vendor that sysObjectID names, None when it names none that we know."""
    answered = view.get(SYS_OBJECT_ID)
    if not isinstance(answered, tuple) or answered[:6] != _ENTERPRISES or len(answered) < 7:
        return None
    return _VENDORS.get(answered[6])
