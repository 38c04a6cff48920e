"""What a ProCurve or ArubaOS-Switch tells over SSH of one hardware address.

Source: "ArubaOS-Switch Management and Configuration Guide" 16.10 (5200-6751), viewing the MAC
addresses of connected devices: `show mac-address MAC` lists the port, or says that the address is
not found. The layout of the answer is not shown there: a table of port and VLAN, and the older
`Port : 5`, are both read; which release prints which is unconfirmed.
"""

import re

from inventory.vendors.cli_tables import rows, whole
from inventory.vendors.configuration import Dialect
from inventory.vendors.support import Ask, LearntAddress, Reading, Support, Terminal

_LINE = re.compile(r"(?mi)^\s*(?:located on )?port\s*:\s*(\S+)\s*$")


def _address(mac: str) -> Reading[tuple[LearntAddress, ...]]:
    # "not found" is an answer, and must not pass for a command that failed.
    text = yield Ask(f"show mac-address {mac[:6]}-{mac[6:]}")
    listed = [
        LearntAddress(mac, port=row["Port"], vlan=whole(row.get("VLAN")))
        for row in rows(text, of="Port")
        if row["Port"]
    ]
    return tuple(listed or [LearntAddress(mac, port=port) for port in _LINE.findall(text)])


SUPPORT = Support(
    terminal=Terminal(
        "hp_procurve",
        Dialect.CLI,
        prompt=r"[\r\n][\w .-]+(?:\([\w .-]+\))?# ?$",
        errors=(r"(?i)^\s*(invalid|ambiguous|incomplete) input",),
    ),
    address=_address,
)
