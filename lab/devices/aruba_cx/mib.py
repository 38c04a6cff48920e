"""What the switch answers by SNMP, built from its state.

The numbers of rows follow how AOS-CX numbers them: ports by their number, VLAN interfaces from
16777216 on, the chassis at entPhysicalIndex 101001 (ARUBAWIRED and standard MIBs of 10.13).
"""

from typing import TYPE_CHECKING

from lab.mib import (
    Tree,
    add_row,
    integer,
    mac,
    octets,
    oid,
    parse_oid,
    ticks,
)
from lab.standard_mibs import (
    DOWN,
    ETHERNET,
    L3_VLAN,
    UP,
    Interface,
    add_address,
    add_interfaces,
    add_lldp,
    add_system,
)
from lab.switch_mib import add_bridge, add_power, add_vlans

if TYPE_CHECKING:
    from lab.devices.aruba_cx import ArubaCx

OBJECT_ID = parse_oid("1.3.6.1.4.1.47196.4.1.1.1.301")
ENTITY_ENTRY = parse_oid("1.3.6.1.2.1.47.1.1.1.1")
ENTITY_ALIAS = parse_oid("1.3.6.1.2.1.47.1.3.2.1.2")
SENSOR_ENTRY = parse_oid("1.3.6.1.2.1.99.1.1.1")
STACK_MEMBER = parse_oid("1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1")
VLAN_INDEX_BASE = 16_777_216
CHASSIS, SENSOR, MODULE = 101001, 107001, 112001


def port_number(name: str) -> int:
    """Return the number of a port, which is its ifIndex."""
    return int(name.rpartition("/")[2])


def build_tree(device: "ArubaCx") -> Tree:
    """Return the whole tree of one switch."""
    tree: Tree = {}
    add_system(
        tree,
        description=device.description(),
        object_id=OBJECT_ID,
        uptime=ticks(device.hundredths),
        name=device.config.hostname,
        contact=device.config.contact or "",
        location=device.config.location or "",
        services=74,
    )
    add_interfaces(tree, _interfaces(device), device.uptime_s)
    for number, svi in device.config.svis.items():
        if svi.address and svi.address != "dhcp":
            dotted = svi.address.partition("/")[0]
            add_address(tree, dotted, "255.255.255.0", VLAN_INDEX_BASE + number)
    add_bridge(tree, device)
    add_vlans(tree, device, default_name="DEFAULT_VLAN_1")
    _entities(tree, device)
    add_power(tree, device)
    _stack(tree, device)
    ports = {name: (port_number(name), device.advertisement(name)) for name in device.config.ports}
    add_lldp(
        tree,
        own=device.advertisement("1/1/1"),
        ports=ports,
        neighbours=device.neighbours(),
        chassis_as_text=True,
    )
    return tree


def _port_mac(device: "ArubaCx", number: int) -> str:
    return f"{device.base_mac[:-2]}{number:02x}"


def _interfaces(device: "ArubaCx") -> list[Interface]:
    rows = []
    for name, port in device.config.ports.items():
        number = port_number(name)
        up = device.link_is_up(name)
        rows.append(
            Interface(
                index=number,
                name=name,
                description=name,
                alias=port.description or "",
                type=ETHERNET,
                mtu=port.mtu or 1500,
                speed_mbps=device.speed_mbps(name) if up else 0,
                mac=_port_mac(device, number),
                admin_up=port.enabled,
                oper=UP if up else DOWN,
                octets_per_s=device.draw(f"traffic{name}", 2_000, 400_000),
            )
        )
    for number, svi in sorted(device.config.svis.items()):
        vlan = device.config.vlans.get(number)
        up = svi.enabled and vlan is not None and vlan.enabled
        rows.append(
            Interface(
                index=VLAN_INDEX_BASE + number,
                name=f"vlan{number}",
                description=f"vlan{number}",
                alias=svi.description or "",
                type=L3_VLAN,
                mac=device.base_mac,
                admin_up=svi.enabled,
                oper=UP if up else DOWN,
                octets_per_s=900,
            )
        )
    return rows


def _entities(tree: Tree, device: "ArubaCx") -> None:
    """ENTITY-MIB (RFC 6933) and ENTITY-SENSOR-MIB (RFC 3433)."""
    product = "6200F 24G Class4 PoE 4SFP+ 370W Switch"
    _entity(tree, 1, "Aruba 6200 VSF Stack", parent=0, kind=11, name="Stack", maker=device)
    _entity(tree, CHASSIS, product, parent=1, kind=3, name="Chassis", maker=device)
    _entity(tree, SENSOR, "Aruba 6200 Temp Sensor", parent=CHASSIS, kind=8, name="Temp Sensor")
    line_module = "Aruba 6200 Switch Line Module"
    _entity(tree, MODULE, line_module, parent=CHASSIS, kind=9, name="1/1", maker=device)
    for name in device.config.ports:
        number = port_number(name)
        index = 120_000 + 10 * number
        _entity(tree, index, "Aruba 6200 Switch Port", parent=MODULE, kind=10, name=name)
        tree[(*ENTITY_ALIAS, index, 0)] = oid((1, 3, 6, 1, 2, 1, 2, 2, 1, 1, number))
    celsius = device.draw("temperature", 26_000, 38_000)
    sensor = (integer(8), integer(8), integer(0), integer(celsius), integer(1))
    add_row(tree, SENSOR_ENTRY, (SENSOR,), list(enumerate(sensor, 1)))
    tree[(*SENSOR_ENTRY, 6, SENSOR)] = octets("C")


def _entity(
    tree: Tree,
    index: int,
    text: str,
    *,
    parent: int,
    kind: int,
    name: str,
    maker: "ArubaCx | None" = None,
) -> None:
    identity: tuple[str, ...] = ("", "", "", "")
    if maker is not None:
        identity = ("ML.01.13.0001", maker.firmware, maker.serial, maker.model)
    boot, firmware, serial, model = identity
    cells = [
        (2, octets(text)),
        (3, oid(OBJECT_ID if kind in {3, 11} else (0, 0))),
        (4, integer(parent)),
        (5, integer(kind)),
        (6, integer(1 if parent else -1)),
        (7, octets(name)),
        (8, octets("")),
        (9, octets(boot)),
        (10, octets(firmware)),
        (11, octets(serial)),
        (12, octets("Aruba")),
        (13, octets(model)),
        (14, octets("")),
        (15, octets("")),
        (16, integer(1 if kind in {3, 11} else 2)),
    ]
    add_row(tree, ENTITY_ENTRY, (index,), cells)


def _stack(tree: Tree, device: "ArubaCx") -> None:
    """Add the one member of the stack: identity, CPU, memory (ARUBAWIRED-VSFV2-MIB)."""
    total_kb = 7_800_000
    cells = [
        (1, integer(1)),
        (2, octets("conductor")),
        (3, octets("ready")),
        (4, octets(device.model)),
        (5, mac(device.base_mac)),
        (6, octets(device.product)),
        (7, octets(device.serial)),
        (8, octets("primary")),
        (9, integer(device.cpu_percent())),
        (10, integer(device.memory_percent())),
        (11, ticks(device.hundredths)),
        (12, octets("ML.01.13.0001")),
        (13, integer(total_kb)),
        (14, integer(total_kb * device.memory_percent() // 100)),
    ]
    add_row(tree, STACK_MEMBER, (1,), cells)
