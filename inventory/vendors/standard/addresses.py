"""IP-MIB (RFC 4293): which hardware address an IP address has."""

import ipaddress
from collections.abc import Collection

from inventory.observation import ArpEntry
from inventory.vendors.mib import MibView, Oid, mac, oid

_NET_TO_MEDIA = oid("1.3.6.1.2.1.4.22.1.2")
_NET_TO_PHYSICAL = oid("1.3.6.1.2.1.4.35.1.4")
COLUMNS = (_NET_TO_MEDIA, _NET_TO_PHYSICAL)

_IPV4, _IPV6 = 1, 2  # InetAddressType


def arp(view: MibView, infrastructure: Collection[str]) -> tuple[ArpEntry, ...]:
    """Return the entries of the addresses in `infrastructure`; others are personal data."""
    found: dict[tuple[str, str], ArpEntry] = {}
    if not infrastructure:
        return ()
    for column, decode in ((_NET_TO_MEDIA, _ipv4), (_NET_TO_PHYSICAL, _inet_address)):
        # Of tens of thousands of rows few are wanted.
        told = view.told(column, lambda value: mac(value) in infrastructure)
        for index, value in sorted(told.items()):
            hardware = mac(value)
            if hardware and (address := decode(index[1:])):
                found.setdefault((address, hardware), ArpEntry(address, hardware, index[0]))
    return tuple(found.values())


def _ipv4(parts: Oid) -> str | None:
    if len(parts) != 4 or max(parts) > 255:
        return None
    return ".".join(map(str, parts))


def _inet_address(index: Oid) -> str | None:
    """Return an InetAddressType and InetAddress as they stand in an index: type, length, octets."""
    if len(index) < 2 or len(index) != 2 + index[1] or any(part > 255 for part in index[2:]):
        return None
    octets = bytes(index[2:])
    if index[0] == _IPV4 and len(octets) == 4:
        return str(ipaddress.IPv4Address(octets))
    if index[0] == _IPV6 and len(octets) == 16:
        return str(ipaddress.IPv6Address(octets))
    return None
