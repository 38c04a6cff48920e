"""What net-snmp of the machine answers: system, interfaces, and what its `extend` line tells."""

from typing import TYPE_CHECKING

from lab.devices.hostapd.programs import VERSION
from lab.mib import Tree, octets, parse_oid, string_index, ticks
from lab.standard_mibs import DOWN, LOOPBACK, UP, Interface, add_interfaces, add_lldp, add_system

if TYPE_CHECKING:
    from lab.devices.hostapd import HostapdLinux

OBJECT_ID = parse_oid("1.3.6.1.4.1.8072.3.2.10")  # NET-SNMP-TC::linux
OUTPUT = parse_oid("1.3.6.1.4.1.8072.1.3.2.3.1.1")  # NET-SNMP-EXTEND-MIB nsExtendOutput1Line


def build_tree(device: "HostapdLinux") -> Tree:
    """Return the whole tree of one machine."""
    tree: Tree = {}
    add_system(
        tree,
        description=device.description(),
        object_id=OBJECT_ID,
        uptime=ticks(device.hundredths),
        name=device.hostname(),
        contact="",
        location="",
        services=72,
    )
    rows = [
        Interface(
            index=link.index,
            name=name,
            description=name,
            type=LOOPBACK if name == "lo" else 6,
            speed_mbps=1000 if name == "eth0" else 0,
            mac="" if name == "lo" else device.base_mac,
            admin_up=link.up or name == "lo",
            oper=UP if link.up or name == "lo" else DOWN,
        )
        for name, link in device.network.by_name.items()
    ]
    add_interfaces(tree, rows, device.uptime_s)
    tree[(*OUTPUT, *string_index("hostapd"))] = octets(VERSION)
    said = device.advertisement("eth0")
    add_lldp(
        tree,
        own=said,
        ports={"eth0": (device.network.by_name["eth0"].index, said)},
        neighbours=device.neighbours(),
        chassis_as_text=False,
    )
    return tree
