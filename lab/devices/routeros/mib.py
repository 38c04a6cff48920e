"""What RouterOS's own agent answers (MIKROTIK-MIB, enterprise 14988; IF-MIB; LLDP-MIB)."""

from typing import TYPE_CHECKING

from lab.devices.routeros.menus import WIFI
from lab.mib import Tree, add_row, integer, octets, oid, parse_oid, ticks
from lab.standard_mibs import DOWN, UP, Interface, add_address, add_interfaces, add_lldp, add_system

if TYPE_CHECKING:
    from lab.devices.routeros import RouterOs

OBJECT_ID = parse_oid("1.3.6.1.4.1.14988.1")
LICENCE_VERSION = parse_oid("1.3.6.1.4.1.14988.1.1.4.4.0")  # mtxrLicVersion
SERIAL_NUMBER = parse_oid("1.3.6.1.4.1.14988.1.1.7.3.0")  # mtxrSerialNumber
PROCESSOR = parse_oid("1.3.6.1.2.1.25.3.3.1")
IEEE_80211, BRIDGE = 71, 209  # IANAifType-MIB
FIRST_INDEX = 1


def build_tree(device: "RouterOs") -> Tree:
    """Return the whole tree of one device."""
    snmp = device.store.settings("/snmp")
    tree: Tree = {}
    if snmp["enabled"] != "yes":
        return tree
    add_system(
        tree,
        description=device.description(),
        object_id=OBJECT_ID,
        uptime=ticks(device.hundredths),
        name=device.identity,
        contact=snmp["contact"],
        location=snmp["location"],
        services=78,
    )
    tree[LICENCE_VERSION] = octets(device.version_text)
    tree[SERIAL_NUMBER] = octets(device.serial)
    interfaces = _interfaces(device)
    add_interfaces(tree, interfaces, device.uptime_s)
    bridge = next((each for each in interfaces if each.type == BRIDGE), interfaces[0])
    add_address(tree, device.host, "255.255.255.0", bridge.index)
    load = [(1, oid((0, 0))), (2, integer(device.draw("cpu", 2, 23)))]
    add_row(tree, PROCESSOR, (1,), load)
    said = device.advertisement("ether1")
    add_lldp(
        tree,
        own=said,
        ports={"ether1": (FIRST_INDEX, said)},
        neighbours=device.neighbours(),
        chassis_as_text=False,
    )
    return tree


def _interfaces(device: "RouterOs") -> list[Interface]:
    rows: list[Interface] = []
    kinds = (("/interface ethernet", 6), ("/interface bridge", BRIDGE), (WIFI, IEEE_80211))
    for menu, kind in kinds:
        for item in device.store.items(menu):
            name = item.values["name"]
            up = device.is_on_air(item) if menu == WIFI else item.values["disabled"] != "yes"
            rows.append(
                Interface(
                    index=FIRST_INDEX + len(rows),
                    name=name,
                    description=name,
                    alias=item.values.get("comment", ""),
                    type=kind,
                    speed_mbps=0 if menu == WIFI else 1000,
                    mac=device.base_mac[:-2] + f"{len(rows):02x}",
                    admin_up=item.values.get("disabled") != "yes",
                    oper=UP if up else DOWN,
                    octets_per_s=device.draw(f"rate/{name}", 900, 9000),
                )
            )
    return rows
