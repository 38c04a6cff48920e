"""What a Cisco IOS switch tells over SSH of one hardware address.

Source: "Cisco IOS LAN Switching Command Reference", show mac address-table: VLAN, address, type and
port of each entry; `CPU` stands for the switch itself.
"""

import re

from inventory.vendors.ios.configuration import CONFIGURATION
from inventory.vendors.support import Ask, LearntAddress, Reading, Support, Terminal, written_mac

_ROW = re.compile(
    r"(?mi)^[* ]*(\d+)\s+[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\s+\S+\s+(?:\S+\s+)*?(\S+)\s*$"
)


def address(mac: str) -> Reading[tuple[LearntAddress, ...]]:
    """Ask where one address was learnt."""
    written = written_mac(mac, group=4, separator=".")
    text = yield Ask(f"show mac address-table address {written}")
    return tuple(
        LearntAddress(mac, port=port, vlan=int(vlan))
        for vlan, port in _ROW.findall(text)
        if port.upper() != "CPU"
    )


SUPPORT = Support(terminal=Terminal.of(CONFIGURATION), address=address)
