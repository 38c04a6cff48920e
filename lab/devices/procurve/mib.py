"""What the switch answers by SNMP: standard MIBs, and HPE's for its serial, firmware and load."""

from typing import TYPE_CHECKING

from lab.mib import Tree, add_row, integer, octets, oid, parse_oid, ticks
from lab.standard_mibs import (
    DOWN,
    UP,
    Interface,
    add_address,
    add_interfaces,
    add_lldp,
    add_system,
)
from lab.switch_mib import add_bridge, add_power, add_vlans

if TYPE_CHECKING:
    from lab.devices.procurve import ProCurve

HP = parse_oid("1.3.6.1.4.1.11.2")
OBJECT_ID = (*HP, 3, 7, 11, 181, 16)  # below HP-ICF-OID hpSwitch; the 2930F's number is inferred
SERIAL = (*HP, 36, 1, 1, 2, 9, 0)  # HP-httpManageable-MIB hpHttpMgSerialNumber
OS_VERSION = (*HP, 14, 11, 5, 1, 1, 3, 0)  # NETSWITCH-MIB hpSwitchOsVersion
CPU = (*HP, 14, 11, 5, 1, 9, 6, 1, 0)  # STATISTICS-MIB hpSwitchCpuStat
MEMORY = (*HP, 14, 11, 5, 1, 1, 2, 1, 1, 1)  # NETSWITCH-MIB hpLocalMemTable
ENTITY = parse_oid("1.3.6.1.2.1.47.1.1.1.1")


def build_tree(device: "ProCurve") -> Tree:
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
        services=74,
    )
    add_interfaces(tree, _interfaces(device), device.uptime_s)
    for number, vlan in config.vlans.items():
        if vlan.address:
            add_address(tree, vlan.address, vlan.mask, 600 + number)
    add_bridge(tree, device)
    add_vlans(tree, device, default_name="DEFAULT_VLAN")
    add_power(tree, device)
    tree[SERIAL] = octets(device.serial)
    tree[OS_VERSION] = octets(device.firmware)
    tree[CPU] = integer(device.cpu_percent())
    total = 370_000_000
    used = total * device.memory_percent() // 100
    add_row(
        tree, MEMORY, (1,), [(5, integer(total)), (6, integer(total - used)), (7, integer(used))]
    )
    _chassis(tree, device)
    add_lldp(
        tree,
        own=device.advertisement("1"),
        ports={name: (device.number(name), device.advertisement(name)) for name in config.ports},
        neighbours=device.neighbours(),
        chassis_as_text=False,
    )
    return tree


def _interfaces(device: "ProCurve") -> list[Interface]:
    rows = []
    for name, port in device.config.ports.items():
        number = device.number(name)
        up = device.link_is_up(name)
        rows.append(
            Interface(
                index=number,
                name=name,
                description=name,
                alias=port.description or "",
                speed_mbps=device.speed_mbps(name) if up else 0,
                mac=f"{device.base_mac[:-2]}{number:02x}",
                admin_up=port.enabled,
                oper=UP if up else DOWN,
                octets_per_s=device.draw(f"traffic{name}", 2_000, 400_000),
            )
        )
    return rows


def _chassis(tree: Tree, device: "ProCurve") -> None:
    cells = [
        (2, octets(device.product)),
        (3, oid(OBJECT_ID)),
        (4, integer(0)),
        (5, integer(3)),
        (6, integer(-1)),
        (7, octets("Chassis")),
        (10, octets(device.firmware)),
        (11, octets(device.serial)),
        (12, octets("HPE")),
        (13, octets(device.model)),
        (16, integer(1)),
    ]
    add_row(tree, ENTITY, (1,), cells)
