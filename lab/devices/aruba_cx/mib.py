"""What the switch answers by SNMP, built from its state.

The numbers of rows follow how AOS-CX numbers them: ports by their number, VLAN interfaces from
16777216 on, the chassis at entPhysicalIndex 101001 (ARUBAWIRED and standard MIBs of 10.13).
"""

from typing import TYPE_CHECKING

from lab.device import Device
from lab.mib import (
    Tree,
    add_row,
    gauge,
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
    port_list,
)

if TYPE_CHECKING:
    from lab.devices.aruba_cx import ArubaCx

OBJECT_ID = parse_oid("1.3.6.1.4.1.47196.4.1.1.1.301")
BRIDGE = parse_oid("1.3.6.1.2.1.17")
QBRIDGE = (*BRIDGE, 7, 1)
ENTITY_ENTRY = parse_oid("1.3.6.1.2.1.47.1.1.1.1")
ENTITY_ALIAS = parse_oid("1.3.6.1.2.1.47.1.3.2.1.2")
SENSOR_ENTRY = parse_oid("1.3.6.1.2.1.99.1.1.1")
POE = parse_oid("1.3.6.1.2.1.105.1")
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
    _bridge(tree, device)
    _vlans(tree, device)
    _entities(tree, device)
    _poe(tree, device)
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


def _bridge(tree: Tree, device: "ArubaCx") -> None:
    """BRIDGE-MIB (RFC 4188): each bridge port is an interface."""
    tree[(*BRIDGE, 1, 1, 0)] = mac(device.base_mac)
    tree[(*BRIDGE, 1, 2, 0)] = integer(len(device.config.ports))
    tree[(*BRIDGE, 1, 3, 0)] = integer(2)
    for name in device.config.ports:
        number = port_number(name)
        cells = [(1, integer(number)), (2, integer(number)), (3, oid((0, 0)))]
        add_row(tree, (*BRIDGE, 1, 4, 1), (number,), cells)
    for port, (other, _) in device.links.items():
        if device.link_is_up(port):
            _forwarding(tree, device, port, other)


def _forwarding(tree: Tree, device: "ArubaCx", port: str, other: Device) -> None:
    """dot1qTpFdbTable: infrastructure alone is learnt in the lab, no clients."""
    untagged, _ = device.config.vlans_of(port)
    if untagged is None:
        return
    heard = other.advertisement(device.links[port][1]).chassis_mac
    index = (untagged, *bytes.fromhex(heard.replace(":", "")))
    add_row(tree, (*QBRIDGE, 2, 2, 1), index, [(2, integer(port_number(port))), (3, integer(3))])


def _vlans(tree: Tree, device: "ArubaCx") -> None:
    """Q-BRIDGE-MIB (RFC 4363): VLANs, and the ports that carry them."""
    config = device.config
    highest = len(config.ports)
    scalars = {1: integer(1), 2: integer(4094), 3: gauge(4094), 4: gauge(len(config.vlans))}
    for column, value in scalars.items():
        tree[(*QBRIDGE, 1, column, 0)] = value
    for number, vlan in config.vlans.items():
        egress, untagged = [], []
        for name in config.ports:
            native, tagged = config.vlans_of(name)
            if number == native or number in tagged:
                egress.append(port_number(name))
            if number == native:
                untagged.append(port_number(name))
        name = vlan.name or ("DEFAULT_VLAN_1" if number == 1 else f"VLAN{number}")
        current = [
            (3, gauge(number)),
            (4, port_list(egress, highest)),
            (5, port_list(untagged, highest)),
            (6, integer(2)),
            (7, ticks(0)),
        ]
        add_row(tree, (*QBRIDGE, 4, 2, 1), (0, number), current)
        static = [
            (1, octets(name)),
            (2, port_list(egress, highest)),
            (3, port_list([], highest)),
            (4, port_list(untagged, highest)),
            (5, integer(1)),
        ]
        add_row(tree, (*QBRIDGE, 4, 3, 1), (number,), static)
    for name, port in config.ports.items():
        pvid = port.native_vlan if port.trunk else port.access_vlan
        cells = [(1, gauge(pvid)), (2, integer(1)), (3, integer(1)), (4, integer(2))]
        add_row(tree, (*QBRIDGE, 4, 5, 1), (port_number(name),), cells)


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


def _poe(tree: Tree, device: "ArubaCx") -> None:
    """POWER-ETHERNET-MIB (RFC 3621). Class 4 is value 5; detection 1 off, 2 search, 3 deliver."""
    used = 0.0
    for name, port in device.config.ports.items():
        if not device.has_poe(name):
            continue
        watts = device.poe_w(name)
        used += watts
        detection = 3 if watts else 2 if port.poe else 1
        cells = [
            (3, integer(1 if port.poe else 2)),
            (4, integer(2)),
            (5, integer(1)),
            (6, integer(detection)),
            (7, integer({"critical": 1, "high": 2, "low": 3}[port.poe_priority])),
            (9, octets("")),
            (10, integer(5 if watts else 1)),
        ]
        add_row(tree, (*POE, 1, 1), (1, port_number(name)), cells)
    main = [(2, gauge(370)), (3, integer(1)), (4, gauge(round(used))), (5, integer(80))]
    add_row(tree, (*POE, 3, 1, 1), (1,), main)


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
