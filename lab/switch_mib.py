"""Rows of the standard MIBs that every false switch answers: bridging, VLANs, power."""

from lab.device import Device
from lab.mib import Tree, add_row, gauge, integer, mac, octets, oid, parse_oid, ticks
from lab.standard_mibs import port_list
from lab.switch import Switch

BRIDGE = parse_oid("1.3.6.1.2.1.17")
QBRIDGE = (*BRIDGE, 7, 1)
POE = parse_oid("1.3.6.1.2.1.105.1")


def add_bridge(tree: Tree, device: Switch) -> None:
    """BRIDGE-MIB (RFC 4188): each bridge port is an interface."""
    tree[(*BRIDGE, 1, 1, 0)] = mac(device.base_mac)
    tree[(*BRIDGE, 1, 2, 0)] = integer(len(device.config.ports))
    tree[(*BRIDGE, 1, 3, 0)] = integer(2)
    for name in device.config.ports:
        number = device.number(name)
        cells = [(1, integer(number)), (2, integer(number)), (3, oid((0, 0)))]
        add_row(tree, (*BRIDGE, 1, 4, 1), (number,), cells)
    for port, (other, _) in device.links.items():
        if device.link_is_up(port):
            _forwarding(tree, device, port, other)


def _forwarding(tree: Tree, device: Switch, port: str, other: Device) -> None:
    """dot1qTpFdbTable: infrastructure alone is learnt in the lab, no clients."""
    untagged, _ = device.config.vlans_of(port)
    if untagged is None:
        return
    heard = other.advertisement(device.links[port][1]).chassis_mac
    index = (untagged, *bytes.fromhex(heard.replace(":", "")))
    add_row(tree, (*QBRIDGE, 2, 2, 1), index, [(2, integer(device.number(port))), (3, integer(3))])


def add_vlans(tree: Tree, device: Switch, *, default_name: str) -> None:
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
                egress.append(device.number(name))
            if number == native:
                untagged.append(device.number(name))
        name = vlan.name or (default_name if number == 1 else f"VLAN{number}")
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
        add_row(tree, (*QBRIDGE, 4, 5, 1), (device.number(name),), cells)


def add_power(tree: Tree, device: Switch) -> None:
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
        add_row(tree, (*POE, 1, 1), (1, device.number(name)), cells)
    main = [(2, gauge(370)), (3, integer(1)), (4, gauge(round(used))), (5, integer(80))]
    add_row(tree, (*POE, 3, 1, 1), (1,), main)
