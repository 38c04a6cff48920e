"""Who is heard on the ports: LLDP-MIB, LLDP-V2-MIB (IEEE 802.1AB) and CISCO-CDP-MIB."""

import ipaddress
import re
from typing import TypeAlias

from inventory.observation import Interface, Neighbour
from inventory.vendors.mib import MibView, Oid, Value, mac, oid, text
from inventory.vendors.standard.bridging import bridge_ports
from inventory.vendors.standard.interfaces import Ports

_LOC_PORT = oid("1.0.8802.1.1.2.1.3.7.1")
_REM = oid("1.0.8802.1.1.2.1.4.1.1")
_REM_V2 = oid("1.3.111.2.802.1.1.13.1.4.1.1")
_CDP = oid("1.3.6.1.4.1.9.9.23.1.2.1.1")
# lldpRemTable's columns; LLDP-V2-MIB's lldpV2RemTable has one more index column before them.
_CHASSIS_SUBTYPE, _CHASSIS_ID, _PORT_SUBTYPE, _PORT_ID, _PORT_DESC, _NAME, _DESCR = range(4, 11)
_CDP_DEVICE_ID, _CDP_DEVICE_PORT, _CDP_PLATFORM = 6, 7, 8
COLUMNS = (
    *((*_LOC_PORT, column) for column in (2, 3, 4)),
    *((*_REM, column) for column in range(4, 11)),
    *((*_REM_V2, column) for column in range(5, 12)),
    *((*_CDP, column) for column in (_CDP_DEVICE_ID, _CDP_DEVICE_PORT, _CDP_PLATFORM)),
)

_MAC_SUBTYPES = {"chassis": 4, "port": 3}
_NETWORK_SUBTYPES = {"chassis": 5, "port": 4}
_LOCAL_PORT = 7
_TEXT_MAC = re.compile(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}")


def neighbours(view: MibView, ports: Ports) -> tuple[Neighbour, ...]:
    """Return the devices heard by LLDP, then those heard by CDP."""
    return tuple(dict.fromkeys(neighbour_rows(view, ports).values()))


RowKey: TypeAlias = tuple[str, Oid]
"""A row of a neighbour table: the table (`lldp`, `lldp_v2` or `cdp`) and the index in it."""


def neighbour_rows(view: MibView, ports: Ports) -> dict[RowKey, Neighbour]:
    """Return what each row of the neighbour tables tells, in the order of `neighbours`."""
    tables = {"lldp": _lldp, "lldp_v2": _lldp_v2, "cdp": _cdp}
    return {
        (name, index): neighbour
        for name, read in tables.items()
        for index, neighbour in read(view, ports).items()
    }


def _lldp(view: MibView, ports: Ports) -> dict[Oid, Neighbour]:
    # lldpRemEntry's index: lldpRemTimeMark, lldpRemLocalPortNum, lldpRemIndex.
    rows = _rows(view, _REM, range(_CHASSIS_SUBTYPE, _DESCR + 1))
    names = _LocalPorts(view, ports)
    return {
        index: _neighbour(row, 0, names.name(index[1]))
        for index, row in rows.items()
        if len(index) == 3
    }


def _lldp_v2(view: MibView, ports: Ports) -> dict[Oid, Neighbour]:
    # lldpV2RemEntry's index: time mark, local ifIndex, destination address index, remote index.
    rows = _rows(view, _REM_V2, range(_CHASSIS_SUBTYPE + 1, _DESCR + 2))
    found: dict[Oid, Neighbour] = {}
    for index, row in rows.items():
        if len(index) == 4:
            interface = ports.by_index.get(index[1])
            found[index] = _neighbour(row, 1, interface.name if interface else None)
    return found


def _rows(view: MibView, table: Oid, columns: range) -> dict[Oid, dict[int, Value]]:
    rows: dict[Oid, dict[int, Value]] = {}
    for column in columns:
        for index, value in view.column((*table, column)).items():
            rows.setdefault(index, {})[column] = value
    return rows


def _neighbour(row: dict[int, Value], shift: int, local_interface: str | None) -> Neighbour:
    def value(column: int) -> Value | None:
        return row.get(column + shift)

    return Neighbour(
        local_interface=local_interface,
        protocol="lldp",
        system_name=_name(value(_NAME)),
        port_id=_identifier("port", value(_PORT_SUBTYPE), value(_PORT_ID))
        or text(value(_PORT_DESC)),
        chassis_id=_identifier("chassis", value(_CHASSIS_SUBTYPE), value(_CHASSIS_ID)),
        platform=text(value(_DESCR)),
    )


def _name(value: Value | None) -> str | None:
    """Return a device's name: one line, without the dots and blanks that end it."""
    written = text(value)
    return (written.splitlines()[0].rstrip(" .") or None) if written else None


def _identifier(kind: str, subtype: Value | None, value: Value | None) -> str | None:
    """Return a LldpChassisId or LldpPortId: an address as 12 hex digits or an IP, else text."""
    if subtype == _MAC_SUBTYPES[kind] and (address := mac(value)):
        return address
    if subtype == _NETWORK_SUBTYPES[kind] and isinstance(value, bytes):
        # The first octet is the IANA address family number: 1 IPv4, 2 IPv6.
        if value[:1] == b"\x01" and len(value) == 5:
            return str(ipaddress.IPv4Address(value[1:]))
        if value[:1] == b"\x02" and len(value) == 17:
            return str(ipaddress.IPv6Address(value[1:]))
    written = text(value)
    if written and _TEXT_MAC.fullmatch(written):
        return mac(written.encode())
    # Octets that are no text, under a subtype that promises some.
    if isinstance(value, bytes) and written and not written.isprintable():
        return value.hex()
    return written


class _LocalPorts:
    """Finds our port's name from LLDP's own port number, which need not be the ifIndex."""

    def __init__(self, view: MibView, ports: Ports) -> None:
        self._ports = ports
        self._bridge = bridge_ports(view)
        self._subtypes = view.integers((*_LOC_PORT, 2))
        self._ids = view.column((*_LOC_PORT, 3))
        self._descriptions = view.texts((*_LOC_PORT, 4))

    def name(self, number: int) -> str | None:
        """Return the interface's name, else what LLDP calls the port."""
        subtype, value = self._subtypes.get((number,)), self._ids.get((number,))
        identifier = _identifier("port", subtype, value)
        description = self._descriptions.get((number,))
        if subtype == _LOCAL_PORT and identifier and identifier.isdecimal():
            # "local" is the vendor's own: most put the ifIndex there.
            candidates = [self._ports.named(description), self._by_index(int(identifier))]
        else:
            candidates = [self._ports.named(identifier), self._ports.named(description)]
        candidates.append(self._by_index(number))
        interface = next((found for found in candidates if found), None)
        return interface.name if interface else identifier or description

    def _by_index(self, number: int) -> Interface | None:
        return self._ports.by_index.get(number) or self._ports.by_index.get(
            self._bridge.get(number, -1)
        )


def _cdp(view: MibView, ports: Ports) -> dict[Oid, Neighbour]:
    # cdpCacheEntry's index: cdpCacheIfIndex, cdpCacheDeviceIndex.
    rows = _rows(view, _CDP, range(_CDP_DEVICE_ID, _CDP_PLATFORM + 1))
    found = {}
    for index, row in rows.items():
        interface = ports.by_index.get(index[0])
        device = row.get(_CDP_DEVICE_ID)
        # Some devices send their address in place of a name: six octets that are no text.
        address = None if isinstance(device, bytes) and _is_text(device) else mac(device)
        found[index] = Neighbour(
            local_interface=interface.name if interface else None,
            protocol="cdp",
            system_name=address or _name(device),
            port_id=text(row.get(_CDP_DEVICE_PORT)),
            chassis_id=address,
            platform=text(row.get(_CDP_PLATFORM)),
        )
    return found


def _is_text(octets: bytes) -> bool:
    return octets.isascii() and octets.decode("ascii").isprintable()
