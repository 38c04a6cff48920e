"""What the conductor answers by SNMP: IF-MIB, and AI-AP-MIB (ArubaOS 8.4) for its cluster."""

from typing import TYPE_CHECKING

from lab.mib import Tree, add_row, address, integer, mac, mac_octets, octets, parse_oid, ticks
from lab.standard_mibs import DOWN, UP, Interface, add_address, add_interfaces, add_system

if TYPE_CHECKING:
    from lab.devices.aruba_instant import ArubaInstant

OBJECT_ID = parse_oid("1.3.6.1.4.1.14823.1.2.107")  # ARUBA-MIB apProducts: 515
INSTANT = parse_oid("1.3.6.1.4.1.14823.2.3.3.1")
RADIO = 71  # IANAifType ieee80211
MEMORY = 1_024_000_000


def build_tree(device: "ArubaInstant") -> Tree:
    """Return the whole tree of the conductor."""
    tree: Tree = {}
    add_system(
        tree,
        description=device.description(),
        object_id=OBJECT_ID,
        uptime=ticks(device.hundredths),
        name=device.ap_name,
        contact="",
        location=device.config.location or "",
        services=0,
    )
    up = UP if device.link_is_up("eth0") or not device.links else DOWN
    rows = [
        Interface(index=1, name="bond0", description="bond0", mac=device.base_mac, oper=up),
        *(
            Interface(
                index=index,
                name=f"radio{index - 2}_ssid_id0",
                description=f"radio{index - 2}",
                type=RADIO,
                mac=f"{device.base_mac[:-2]}{'d0' if letter == 'a' else 'c0'}",
                oper=DOWN if letter in device.own.off else UP,
            )
            for index, letter in ((2, "a"), (3, "g"))
        ),
    ]
    add_interfaces(tree, rows, device.uptime_s)
    add_address(tree, device.host, "255.255.255.0", 1)
    tree[(*INSTANT, 1, 2, 0)] = octets(device.config.name)
    tree[(*INSTANT, 1, 4, 0)] = octets(device.firmware)
    _access_point(tree, device)
    _networks(tree, device)
    return tree


def _access_point(tree: Tree, device: "ArubaInstant") -> None:
    index = tuple(mac_octets(device.base_mac))
    cells = [
        (1, mac(device.base_mac)),
        (2, octets(device.ap_name)),
        (3, address(device.host)),
        (4, octets(device.serial)),
        (6, octets(device.model)),
        (7, integer(device.draw("cpu", 2, 21))),
        (8, integer(MEMORY // 3)),
        (10, integer(MEMORY)),
        (11, integer(1)),
    ]
    add_row(tree, (*INSTANT, 2, 1, 1), index, cells)
    for number, letter in enumerate("ag"):
        channel = device.own.channels.get(letter, ("36" if letter == "a" else "6", "18"))[0]
        radio = [
            (3, mac(f"{device.base_mac[:-2]}{'d0' if letter == 'a' else 'c0'}")),
            (4, octets(channel)),
            (5, integer(18)),
            (6, integer(92)),
            (8, integer(device.draw(f"busy{letter}", 3, 40))),
            (21, integer(0)),
        ]
        if letter not in device.own.off:
            add_row(tree, (*INSTANT, 2, 2, 1), (*index, number), radio)


def _networks(tree: Tree, device: "ArubaInstant") -> None:
    index = tuple(mac_octets(device.base_mac))
    for number, ssid in enumerate(device.config.ssids.values()):
        cells = [
            (2, octets(ssid.values["essid"])),
            (3, integer(0 if ssid.enabled else 1)),
            (4, integer(0)),
        ]
        add_row(tree, (*INSTANT, 1, 7, 1), (number,), cells)
    for number, (bssid, essid, _, _) in enumerate(device.heard()):
        row = [(3, octets(essid)), (4, mac(bssid))]
        add_row(tree, (*INSTANT, 2, 3, 1), (*index, number), row)
