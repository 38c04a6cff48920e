"""LLDP and CDP frames, and who speaks in an ARP packet: octets in, values out. Pure.

LLDP: IEEE 802.1AB-2016, clauses 8 and 9. CDP has no standard; its layout follows what Cisco's own
troubleshooting guide and the open decoders agree on. ARP: RFC 826. Frames come from strangers: any
octets are read, what is broken is None, and no character that a terminal would obey comes out.
"""

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from inventory.observation import Neighbour
from inventory.vendors.standard.heard import (
    CDP_CAPABILITIES,
    LLDP_CAPABILITIES,
    Heard,
    capability_words,
)

LLDP, ARP, VLAN = 0x88CC, 0x0806, (0x8100, 0x88A8)
LLDP_GROUPS = ("0180c200000e", "0180c2000003", "0180c2000000")  # IEEE 802.1AB-2016, table 7-1
CDP_GROUP = "01000ccccccc"
_SNAP_CDP = bytes.fromhex("aaaa0300000c2000")  # LLC, SNAP, Cisco's OUI, CDP
_MOST_CHARACTERS = 255

_END, _CHASSIS, _PORT, _TTL = range(4)
_LLDP_TEXTS = {4: "port_description", 5: "system_name", 6: "platform"}
_CAPABILITIES, _MANAGEMENT, _ORGANISATION = 7, 8, 127
_PORT_VLAN = bytes.fromhex("0080c201")  # IEEE 802.1Q-2018, D.2.1: Port VLAN ID
_CHASSIS_MAC, _CHASSIS_NETWORK, _PORT_MAC, _PORT_NETWORK = 4, 5, 3, 4
_IPV4, _IPV6 = 1, 2  # IANA address family numbers

_CDP_TEXTS = {1: "system_name", 3: "port_id", 6: "platform"}
_CDP_ADDRESSES, _CDP_DOES, _CDP_NATIVE_VLAN, _CDP_MANAGEMENT = 2, 4, 0x0A, 0x16
_NLPID_IP = b"\xcc"
_SNAP_IPV6 = bytes.fromhex("aaaa0300000086dd")


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a device on the same cable says of itself. `vlan` is that of untagged frames."""

    protocol: str
    source_mac: str
    system_name: str | None = None
    chassis_id: str | None = None
    port_id: str | None = None
    port_description: str | None = None
    platform: str | None = None
    addresses: tuple[str, ...] = ()
    capabilities: frozenset[str] = frozenset()
    vlan: int | None = None

    @property
    def port(self) -> str | None:
        """The port as a person finds it on the device: its name rather than its address."""
        is_name = self.port_id is not None and not _looks_like_mac(self.port_id)
        return self.port_id if is_name else self.port_description or self.port_id

    @property
    def name(self) -> str:
        """What the device is called, or else known by."""
        return self.system_name or self.chassis_id or self.source_mac

    def heard(self) -> Heard:
        """Return it as a device that is heard on a port that has no name here."""
        neighbour = Neighbour(
            None,
            self.protocol,
            system_name=self.system_name,
            port_id=self.port_id,
            chassis_id=self.chassis_id,
            platform=self.platform,
        )
        return Heard(neighbour, self.addresses, self.capabilities)


@dataclass(frozen=True, slots=True)
class Host:
    """An IP address and the hardware address that speaks for it."""

    ip: str
    mac: str


def announcement(frame: bytes) -> Announcement | None:
    """Return what an Ethernet frame announces by LLDP or CDP; None for any other or a broken one.

    A device that takes its leave (LLDP with a time to live of 0) announces nothing.
    """
    source, kind, content = _ethernet(frame)
    if kind == LLDP:
        return _lldp(source, content)
    if kind is not None and kind <= 1500 and content.startswith(_SNAP_CDP):
        return _cdp(source, content[len(_SNAP_CDP) : kind])
    return None


def speaker(frame: bytes) -> Host | None:
    """Return who sent an ARP packet of IPv4 over Ethernet; None for any other frame.

    A probe (RFC 5227), which has no address yet, tells none.
    """
    _, kind, content = _ethernet(frame)
    if kind != ARP or len(content) < 28 or content[:6] != bytes.fromhex("000108000604"):
        return None
    ip = ipaddress.IPv4Address(content[14:18])
    if ip.is_unspecified or content[8] & 1:
        return None
    return Host(str(ip), content[8:14].hex())


def _ethernet(frame: bytes) -> tuple[str, int | None, bytes]:
    """Return the source, the EtherType (or length) and the content behind any VLAN tags."""
    start = 12
    while len(frame) >= start + 2:
        (kind,) = struct.unpack_from(">H", frame, start)
        if kind not in VLAN:
            return frame[6:12].hex(), kind, frame[start + 2 :]
        start += 4
    return "", None, b""


def _lldp(source: str, content: bytes) -> Announcement | None:
    told = list(_lldp_tlvs(content))
    # Clause 9.2.7.7.1: without these three, in this order, the frame is discarded.
    if [kind for kind, _ in told[:3]] != [_CHASSIS, _PORT, _TTL]:
        return None
    (_, chassis), (_, port), (_, ttl) = told[:3]
    if len(chassis) < 2 or len(port) < 2 or len(ttl) < 2 or ttl[:2] == b"\0\0":
        return None
    found = Announcement(
        "lldp",
        source,
        chassis_id=_identifier(chassis, _CHASSIS_MAC, _CHASSIS_NETWORK),
        port_id=_identifier(port, _PORT_MAC, _PORT_NETWORK),
    )
    for kind, value in told[3:]:
        found = _with_lldp(found, kind, value)
    return found


def _lldp_tlvs(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield types and values up to the end, or to the first that is longer than the frame."""
    place = 0
    while place + 2 <= len(content):
        (header,) = struct.unpack_from(">H", content, place)
        kind, length = header >> 9, header & 0x1FF
        value = content[place + 2 : place + 2 + length]
        if kind == _END or len(value) < length:
            return
        yield kind, value
        place += 2 + length


def _with_lldp(found: Announcement, kind: int, value: bytes) -> Announcement:
    if kind in _LLDP_TEXTS:
        return _with_text(found, _LLDP_TEXTS[kind], value)
    if kind == _CAPABILITIES and len(value) >= 4:  # those that it has, then those that it uses
        (enabled,) = struct.unpack_from(">H", value, 2)
        return replace(found, capabilities=_words(LLDP_CAPABILITIES, enabled))
    if kind == _MANAGEMENT and len(value) >= 2:  # the length of what follows, family, octets
        address = _ip(value[1], value[2 : 1 + value[0]])
        return replace(found, addresses=_added(found.addresses, address))
    if kind == _ORGANISATION and value.startswith(_PORT_VLAN) and len(value) >= 6:
        (vlan,) = struct.unpack_from(">H", value, 4)
        return replace(found, vlan=vlan or None)
    return found


def _with_text(found: Announcement, field: str, value: bytes) -> Announcement:
    told: dict[str, Any] = {field: _text(value)}
    return replace(found, **told)


def _identifier(value: bytes, mac_subtype: int, network_subtype: int) -> str | None:
    """Return a chassis or port id: an address as 12 hex digits or an IP, else text."""
    subtype, rest = value[0], value[1:]
    if subtype == mac_subtype and len(rest) == 6:
        return rest.hex()
    if subtype == network_subtype and rest:
        return _ip(rest[0], rest[1:]) or rest.hex()
    return _text(rest)


def _cdp(source: str, content: bytes) -> Announcement | None:
    if len(content) < 4 or content[0] not in (1, 2):
        return None
    found = Announcement("cdp", source)
    for kind, value in _cdp_tlvs(content[4:]):
        found = _with_cdp(found, kind, value)
    return found if found.system_name or found.port_id else None


def _cdp_tlvs(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(content):
        kind, length = struct.unpack_from(">HH", content, place)
        if length < 4 or place + length > len(content):
            return
        yield kind, content[place + 4 : place + length]
        place += length


def _with_cdp(found: Announcement, kind: int, value: bytes) -> Announcement:
    if kind in _CDP_TEXTS:
        return _with_text(found, _CDP_TEXTS[kind], value)
    if kind == _CDP_DOES and len(value) == 4:
        (does,) = struct.unpack(">I", value)
        return replace(found, capabilities=_words(CDP_CAPABILITIES, does))
    if kind == _CDP_NATIVE_VLAN and len(value) == 2:
        (vlan,) = struct.unpack(">H", value)
        return replace(found, vlan=vlan or None)
    if kind in (_CDP_ADDRESSES, _CDP_MANAGEMENT):
        addresses = found.addresses
        for address in _cdp_addresses(value):
            addresses = _added(addresses, address)
        return replace(found, addresses=addresses)
    return found


def _cdp_addresses(value: bytes) -> Iterator[str | None]:
    """Yield the addresses of a list: how many; then protocol type, its name, and the address."""
    place = 4
    while place + 2 <= len(value):
        name = value[place + 2 : place + 2 + value[place + 1]]
        place += 2 + len(name)
        if place + 2 > len(value):
            return
        (length,) = struct.unpack_from(">H", value, place)
        octets = value[place + 2 : place + 2 + length]
        place += 2 + length
        yield _ip({_NLPID_IP: _IPV4, _SNAP_IPV6: _IPV6}.get(name, 0), octets)


def _ip(family: int, octets: bytes) -> str | None:
    if (family, len(octets)) in ((_IPV4, 4), (_IPV6, 16)):
        return str(ipaddress.ip_address(octets))
    return None


def _added(addresses: tuple[str, ...], address: str | None) -> tuple[str, ...]:
    return addresses if address is None or address in addresses else (*addresses, address)


def _words(names: tuple[str | None, ...], number: int) -> frozenset[str]:
    return capability_words(names, (place for place in range(16) if number >> place & 1))


def _text(value: bytes) -> str | None:
    """Return what a person may read: a terminal obeys control characters, so none is left."""
    try:
        written = value.decode("utf-8")
    except UnicodeDecodeError:
        written = value.decode("latin-1")
    shown = "".join(letter if letter.isprintable() else " " for letter in written)
    return " ".join(shown.split())[:_MOST_CHARACTERS] or None


def _looks_like_mac(text: str) -> bool:
    return len(text) == 12 and all(letter in "0123456789abcdef" for letter in text)
