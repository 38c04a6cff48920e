"""How the devices heard on the ports can be reached, and what they are for.

LLDP-MIB lldpRemManAddrTable and lldpRemSysCapEnabled (IEEE 802.1AB-2005, clause 12), the same in
LLDP-V2-MIB (IEEE 802.1AB-2016, clause 11), and CISCO-CDP-MIB cdpCacheAddress and
cdpCacheCapabilities. A crawl needs these; a poll does not, and does not fetch them.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inventory.observation import Neighbour
from inventory.vendors.mib import MibView, Oid, Value, bits, mac, oid
from inventory.vendors.standard import addresses
from inventory.vendors.standard.interfaces import Ports
from inventory.vendors.standard.neighbours import RowKey, neighbour_rows

_REM_CAPABILITIES = oid("1.0.8802.1.1.2.1.4.1.1.12")
_REM_ADDRESS = oid("1.0.8802.1.1.2.1.4.2.1")
_REM_V2_CAPABILITIES = oid("1.3.111.2.802.1.1.13.1.4.1.1.13")
_REM_V2_ADDRESS = oid("1.3.111.2.802.1.1.13.1.4.2.1")
_CDP_ADDRESS_TYPE = oid("1.3.6.1.4.1.9.9.23.1.2.1.1.3")
_CDP_ADDRESS = oid("1.3.6.1.4.1.9.9.23.1.2.1.1.4")
_CDP_CAPABILITIES = oid("1.3.6.1.4.1.9.9.23.1.2.1.1.9")
# The address itself is an index, which no agent answers; it stands in each of these columns
# (interface subtype, interface id, OID), and an agent may have left one or the other out.
_ADDRESS_COLUMNS = (3, 4, 5)
COLUMNS = (
    _REM_CAPABILITIES,
    *((*_REM_ADDRESS, column) for column in _ADDRESS_COLUMNS),
    _REM_V2_CAPABILITIES,
    *((*_REM_V2_ADDRESS, column) for column in _ADDRESS_COLUMNS),
    _CDP_ADDRESS_TYPE,
    _CDP_ADDRESS,
    _CDP_CAPABILITIES,
    *addresses.COLUMNS,
)

# LldpSystemCapabilitiesMap, the first bit first.
LLDP_CAPABILITIES = (
    "other",
    "repeater",
    "bridge",
    "wlan_access_point",
    "router",
    "telephone",
    "docsis",
    "station",
    "c_vlan",
    "s_vlan",
    "two_port_mac_relay",
)
# The Capabilities TLV of CDP, the lowest bit first, in the words of LLDP.
CDP_CAPABILITIES = (
    "router",
    "bridge",
    "bridge",
    "bridge",
    "station",
    None,
    "repeater",
    "telephone",
)
_LEADS_ON = frozenset(
    {"repeater", "bridge", "wlan_access_point", "router", "c_vlan", "s_vlan", "two_port_mac_relay"}
)
_IPV4, _IPV6 = 1, 2  # AddressFamilyNumbers (IANA) of LLDP
_CDP_IPV4, _CDP_IPV6 = 1, 20  # CiscoNetworkProtocol ip, ipv6


@dataclass(frozen=True, slots=True)
class Heard:
    """A device heard on a port, with the addresses that it says it is managed at.

    `capabilities` are the words of LLDP for what it does now; empty: it does not say.
    """

    neighbour: Neighbour
    addresses: tuple[str, ...] = ()
    capabilities: frozenset[str] = frozenset()

    @property
    def is_infrastructure(self) -> bool:
        """Whether it may be a network's device: a telephone, a PC or a printer says it is not."""
        if "telephone" in self.capabilities:  # which bridges to the PC behind it
            return False
        return not self.capabilities or bool(self.capabilities & _LEADS_ON)


def heard(view: MibView, ports: Ports) -> tuple[Heard, ...]:
    """Return the devices that a view's neighbour tables hold, one for each row."""
    told = _addresses(view)
    does = _capabilities(view)
    return tuple(
        Heard(
            neighbour,
            tuple(dict.fromkeys(told.get(_key(key), ()))),
            does.get(_key(key), frozenset()),
        )
        for key, neighbour in neighbour_rows(view, ports).items()
    )


def address_book(view: MibView) -> dict[str, str]:
    """Return the IP address of each hardware address that the device talks to.

    Also of people's devices: for looking a neighbour up, never to be kept.
    """
    everyone = {
        found
        for column in addresses.COLUMNS
        for value in view.column(column).values()
        if (found := mac(value))
    }
    return {entry.mac: entry.ip for entry in addresses.arp(view, everyone)}


def capability_words(names: Iterable[str | None], numbers: Iterable[int]) -> frozenset[str]:
    """Return the words for the capabilities with these numbers, the first being 0."""
    known = tuple(names)
    return frozenset(
        word for number in numbers if number < len(known) and (word := known[number]) is not None
    )


def _key(key: RowKey) -> RowKey:
    # Agents disagree with themselves on the time mark of one neighbour: port and index tell it.
    table, index = key
    return (table, index) if table == "cdp" else (table, index[1:])


def _addresses(view: MibView) -> dict[RowKey, list[str]]:
    found: dict[RowKey, list[str]] = {}
    for table, root, width in (("lldp", _REM_ADDRESS, 3), ("lldp_v2", _REM_V2_ADDRESS, 4)):
        for column in _ADDRESS_COLUMNS:
            for index in view.column((*root, column)):
                address = _indexed(index[width:])
                if address is not None:
                    found.setdefault(_key((table, index[:width])), []).append(address)
    kinds = view.integers(_CDP_ADDRESS_TYPE)
    for index, value in view.column(_CDP_ADDRESS).items():
        address = _cdp_address(kinds.get(index), value)
        if address is not None:
            found.setdefault(("cdp", index), []).append(address)
    return found


def _indexed(parts: Oid) -> str | None:
    """Return the address of an index's end: its family, its length and its octets.

    Some agents leave the length out.
    """
    if len(parts) < 2:
        return None
    family, rest = parts[0], parts[1:]
    octets = rest[1:] if rest[0] == len(rest) - 1 else rest
    width = {_IPV4: 4, _IPV6: 16}.get(family)
    if len(octets) != width or max(octets) > 255:
        return None
    return str(ipaddress.ip_address(bytes(octets)))


def _cdp_address(kind: int | None, value: Value) -> str | None:
    width = {_CDP_IPV4: 4, _CDP_IPV6: 16, None: 4}.get(kind)
    if not isinstance(value, bytes) or len(value) != width:
        return None
    return str(ipaddress.ip_address(value))


def _capabilities(view: MibView) -> dict[RowKey, frozenset[str]]:
    found: dict[RowKey, frozenset[str]] = {}
    for table, column in (("lldp", _REM_CAPABILITIES), ("lldp_v2", _REM_V2_CAPABILITIES)):
        for index, value in view.column(column).items():
            places = (place - 1 for place in bits(value))
            found[_key((table, index))] = capability_words(LLDP_CAPABILITIES, places)
    for index, value in view.column(_CDP_CAPABILITIES).items():
        found["cdp", index] = capability_words(CDP_CAPABILITIES, _set_bits(value))
    return found


def _set_bits(value: Value) -> Iterator[int]:
    """Yield the places of the set bits of CDP's 32-bit number, the lowest being 0."""
    number = int.from_bytes(value, "big") if isinstance(value, bytes) else value
    if isinstance(number, int):
        yield from (place for place in range(number.bit_length()) if number >> place & 1)
