"""Rows of the standard MIBs that several families answer alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.device import Advertisement
from lab.mib import (
    Oid,
    Tree,
    Value,
    add_row,
    address,
    bits,
    counter32,
    counter64,
    dotted_index,
    gauge,
    integer,
    mac,
    mac_octets,
    octets,
    oid,
    ticks,
)

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
IP_ADDR_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 4, 20, 1)
LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
UP, DOWN, LOWER_LAYER_DOWN = 1, 2, 7  # ifOperStatus, RFC 2863
ETHERNET, LOOPBACK, L3_VLAN = 6, 24, 136  # IANAifType-MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One row of ifTable and ifXTable."""

    index: int
    name: str
    description: str
    alias: str = ""
    type: int = ETHERNET
    mtu: int = 1500
    speed_mbps: int = 0
    mac: str = ""
    admin_up: bool = True
    oper: int = UP
    octets_per_s: int = 0
    errors: int = 0


def add_system(
    tree: Tree,
    *,
    description: str,
    object_id: Oid,
    uptime: Value,
    name: str,
    contact: str,
    location: str,
    services: int,
) -> None:
    """Add the system group (SNMPv2-MIB, RFC 3418)."""
    cells = (
        octets(description),
        oid(object_id),
        uptime,
        octets(contact),
        octets(name),
        octets(location),
        integer(services),
    )
    for column, value in enumerate(cells, 1):
        tree[(*SYSTEM, column, 0)] = value


def add_interfaces(tree: Tree, interfaces: list[Interface], uptime_s: Callable[[], float]) -> None:
    """Add ifNumber, ifTable and ifXTable (IF-MIB, RFC 2863); counters move with the uptime."""
    tree[(1, 3, 6, 1, 2, 1, 2, 1, 0)] = integer(len(interfaces))
    for row in interfaces:
        moving = row.octets_per_s if row.oper == UP else 0
        _add_if_row(tree, row, moving, uptime_s)
        _add_ifx_row(tree, row, moving, uptime_s)


def _counting(uptime_s: Callable[[], float], per_second: float) -> Callable[[], int]:
    return lambda: int(uptime_s() * per_second)


def _add_if_row(tree: Tree, row: Interface, moving: int, uptime_s: Callable[[], float]) -> None:
    speed = min(row.speed_mbps * 1_000_000, 2**32 - 1)
    traffic = _counting(uptime_s, moving)
    packets = _counting(uptime_s, moving / 700)
    cells: list[tuple[int, Value]] = [
        (1, integer(row.index)),
        (2, octets(row.description)),
        (3, integer(row.type)),
        (4, integer(row.mtu)),
        (5, gauge(speed)),
        (6, mac(row.mac)),
        (7, integer(UP if row.admin_up else DOWN)),
        (8, integer(row.oper)),
        (9, ticks(0)),
        (10, counter32(traffic)),
        (11, counter32(packets)),
        (13, counter32(0)),
        (14, counter32(row.errors)),
        (16, counter32(traffic)),
        (17, counter32(packets)),
        (19, counter32(0)),
        (20, counter32(0)),
    ]
    add_row(tree, IF_ENTRY, (row.index,), cells)


def _add_ifx_row(tree: Tree, row: Interface, moving: int, uptime_s: Callable[[], float]) -> None:
    broadcast = _counting(uptime_s, moving / 20_000)
    cells: list[tuple[int, Value]] = [
        (1, octets(row.name)),
        (2, counter32(broadcast)),
        (3, counter32(broadcast)),
        (6, counter64(_counting(uptime_s, moving))),
        (7, counter64(_counting(uptime_s, moving / 700))),
        (10, counter64(_counting(uptime_s, moving))),
        (11, counter64(_counting(uptime_s, moving / 700))),
        (15, gauge(row.speed_mbps)),
        (17, integer(1 if row.type == ETHERNET else 2)),
        (18, octets(row.alias)),
        (19, ticks(0)),
    ]
    add_row(tree, IFX_ENTRY, (row.index,), cells)


def add_address(tree: Tree, dotted: str, mask: str, if_index: int) -> None:
    """Add one row of ipAddrTable (RFC 1213)."""
    cells = [(1, address(dotted)), (2, integer(if_index)), (3, address(mask))]
    add_row(tree, IP_ADDR_ENTRY, dotted_index(dotted), cells)


def add_lldp(
    tree: Tree,
    *,
    own: Advertisement,
    ports: Mapping[str, tuple[int, Advertisement]],
    neighbours: Mapping[str, Advertisement],
    chassis_as_text: bool,
) -> None:
    """Add LLDP-MIB's local and remote systems (IEEE 802.1AB-2016, clause 11).

    `ports` gives each own port its lldpPortNum and what it advertises. Some agents (AOS-CX) give a
    MAC address as text with colons where the MIB wants six octets: `chassis_as_text`.
    """

    def chassis(text: str) -> Value:
        return octets(text) if chassis_as_text else octets(mac_octets(text))

    capabilities = octets(bytes([own.capabilities, 0]))
    local = (
        integer(4),
        chassis(own.chassis_mac),
        octets(own.system_name),
        octets(own.system_description),
        capabilities,
        capabilities,
    )
    for column, value in enumerate(local, 1):
        tree[(*LLDP, 3, column, 0)] = value
    for number, said in ports.values():
        cells = [
            (2, integer(said.port_id_subtype)),
            (3, _port_id(said)),
            (4, octets(said.port_description)),
        ]
        add_row(tree, (*LLDP, 3, 7, 1), (number,), cells)
    for port, heard in neighbours.items():
        _add_neighbour(tree, ports[port][0], heard, chassis(heard.chassis_mac))


def _port_id(said: Advertisement) -> Value:
    if said.port_id_subtype == 3:  # macAddress
        return octets(mac_octets(said.port_id))
    return octets(said.port_id)


def _add_neighbour(tree: Tree, number: int, heard: Advertisement, chassis: Value) -> None:
    time_mark, remote_index = 0, 1
    index = (time_mark, number, remote_index)
    capabilities = octets(bytes([heard.capabilities, 0]))
    cells = [
        (4, integer(4)),
        (5, chassis),
        (6, integer(heard.port_id_subtype)),
        (7, _port_id(heard)),
        (8, octets(heard.port_description)),
        (9, octets(heard.system_name)),
        (10, octets(heard.system_description)),
        (11, capabilities),
        (12, capabilities),
    ]
    add_row(tree, (*LLDP, 4, 1, 1), index, cells)
    ipv4 = (1, 4, *dotted_index(heard.management_address))  # AddressFamilyNumbers ipV4, its length
    management = [(3, integer(2)), (4, integer(1)), (5, oid((0, 0)))]
    add_row(tree, (*LLDP, 4, 2, 1), (*index, *ipv4), management)


def port_list(numbers: list[int], highest: int) -> Value:
    """Return a PortList (Q-BRIDGE-MIB, RFC 4363) wide enough for the highest port."""
    return octets(bits(numbers, (highest + 7) // 8))
