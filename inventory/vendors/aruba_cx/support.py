"""What an AOS-CX switch tells over SSH of one hardware address.

Source: HPE Aruba AOS-CX 10.04 "Command-Line Interface Guide" (5200-7013), `show mac-address-table
address`: a table of MAC address, VLAN, type and port; `No MAC entries found.` where there is none.
"""

import re

from inventory.vendors.aruba_cx.configuration import CONFIGURATION
from inventory.vendors.support import Ask, LearntAddress, Reading, Support, Terminal, written_mac

_ROW = re.compile(r"(?m)^\s*([0-9a-f]{2}(?::[0-9a-f]{2}){5})\s+(\d+)\s+\S+\s+(\S+)\s*$")


def _address(mac: str) -> Reading[tuple[LearntAddress, ...]]:
    text = yield Ask(f"show mac-address-table address {written_mac(mac)}")
    return tuple(
        LearntAddress(mac, port=port, vlan=int(vlan)) for _, vlan, port in _ROW.findall(text)
    )


SUPPORT = Support(terminal=Terminal.of(CONFIGURATION), address=_address)
