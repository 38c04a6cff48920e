"""What the switch answers by SNMP: standard MIBs, ENTITY-MIB, and Cisco's for VLANs."""

from typing import TYPE_CHECKING

from lab.mib import Tree, add_row, gauge, integer, octets, oid, parse_oid, ticks
from lab.standard_mibs import (
    DOWN,
    L3_VLAN,
    UP,
    Interface,
    add_address,
    add_interfaces,
    add_lldp,
    add_system,
)
from lab.switch_mib import add_bridge, add_power

if TYPE_CHECKING:
    from lab.devices.ios import Ios

OBJECT_ID = parse_oid("1.3.6.1.4.1.9.1.1208")  # CISCO-PRODUCTS-MIB cat29xxStack
VLAN_ENTRY = parse_oid("1.3.6.1.4.1.9.9.46.1.3.1.1")  # CISCO-VTP-MIB vtpVlanEntry
MEMBER = parse_oid("1.3.6.1.4.1.9.9.68.1.2.2.1")  # CISCO-VLAN-MEMBERSHIP-MIB vmMembershipEntry
CPU = parse_oid("1.3.6.1.4.1.9.9.109.1.1.1.1")  # CISCO-PROCESS-MIB cpmCPUTotalEntry
ENTITY = parse_oid("1.3.6.1.2.1.47.1.1.1.1")
FIRST_PORT, CHASSIS = 10101, 1001


def build_tree(device: "Ios") -> Tree:
    """Return the whole tree of one switch."""
    tree: Tree = {}
    config = device.config
    add_system(
        tree,
        description=device.description(),
        object_id=OBJECT_ID,
        uptime=ticks(device.hundredths),
        name=config.hostname,
        contact=config.contact or "",
        location=config.location or "",
        services=6,
    )
    add_interfaces(tree, _interfaces(device), device.uptime_s)
    for number, svi in config.svis.items():
        if svi.address:
            add_address(tree, svi.address, svi.mask, number)
    add_bridge(tree, device)
    _vlans(tree, device)
    _chassis(tree, device)
    add_power(tree, device)
    cells = [(2, integer(CHASSIS)), (8, gauge(device.cpu_percent()))]
    add_row(tree, CPU, (1,), cells)
    add_lldp(
        tree,
        own=device.advertisement(next(iter(config.ports))),
        ports={
            name: (FIRST_PORT + device.number(name) - 1, device.advertisement(name))
            for name in config.ports
        },
        neighbours=device.neighbours() if config.lldp else {},
        chassis_as_text=False,
    )
    return tree


def _interfaces(device: "Ios") -> list[Interface]:
    rows = []
    for name, port in device.config.ports.items():
        number = device.number(name)
        up = device.link_is_up(name)
        rows.append(
            Interface(
                index=FIRST_PORT + number - 1,
                name=f"Gi{name.removeprefix('GigabitEthernet')}",
                description=name,
                alias=port.description or "",
                speed_mbps=device.speed_mbps(name) if up else 0,
                mac=f"{device.base_mac[:-2]}{number:02x}",
                admin_up=port.enabled,
                oper=UP if up else DOWN,
                octets_per_s=device.draw(f"traffic{name}", 2_000, 400_000),
            )
        )
    for number, svi in sorted(device.config.svis.items()):
        rows.append(
            Interface(
                index=number,
                name=f"Vl{number}",
                description=f"Vlan{number}",
                type=L3_VLAN,
                mac=device.base_mac,
                admin_up=svi.enabled,
                oper=UP if svi.enabled else DOWN,
            )
        )
    return rows


def _vlans(tree: Tree, device: "Ios") -> None:
    for number, vlan in device.config.vlans.items():
        name = vlan.name or f"VLAN{number:04d}"
        cells = [(2, integer(1)), (3, integer(1)), (4, octets(name))]
        add_row(tree, VLAN_ENTRY, (1, number), cells)
    for name, port in device.config.ports.items():
        if not port.trunk:
            index = FIRST_PORT + device.number(name) - 1
            add_row(tree, MEMBER, (index,), [(1, integer(1)), (2, integer(port.access_vlan))])


def _chassis(tree: Tree, device: "Ios") -> None:
    cells = [
        (2, octets(device.model)),
        (3, oid(OBJECT_ID)),
        (4, integer(0)),
        (5, integer(3)),
        (6, integer(-1)),
        (7, octets("1")),
        (8, octets("V02")),
        (9, octets("15.2(3r)E1")),
        (10, octets(device.firmware)),
        (11, octets(device.serial)),
        (12, octets("Cisco")),
        (13, octets(device.model)),
        (16, integer(1)),
    ]
    add_row(tree, ENTITY, (CHASSIS,), cells)
