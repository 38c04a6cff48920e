"""Reads AireOS: AIRESPACE-SWITCHING-MIB and AIRESPACE-WIRELESS-MIB."""

from inventory.vendors.cisco_wlc import airespace
from inventory.vendors.mib import oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading

_AGENT = "1.3.6.1.4.1.14179.1.1"  # AIRESPACE-SWITCHING-MIB agentInfoGroup
_ENT = "1.3.6.1.2.1.47.1.1.1.1"  # ENTITY-MIB entPhysicalTable: the controller is entry 1

READING = reading(
    Profile(
        family="ciscowlc",
        vendor="Cisco",
        # Business Wireless stands under Small Business's number: it must win over that family.
        recognise=words.recogniser(
            words.Sign(
                ("1.3.6.1.4.1.9", "1.3.6.1.4.1.14179"),
                r"^Cisco (Controller|Business Wireless)",
                sureness=90,
            ),
            words.Sign(("1.3.6.1.4.1.14179",)),
            words.Sign(words=r"^Cisco (Controller|Business Wireless)"),  # another maker's number
        ),
        model=(
            words.instance(f"{_ENT}.13.1"),
            words.instance(f"{_AGENT}.1.3.0"),  # agentInventoryMachineModel
            words.instance(f"{_ENT}.7.1"),
        ),
        serial=(words.instance(f"{_ENT}.11.1"), words.instance(f"{_AGENT}.1.4.0")),
        firmware=(words.instance(f"{_ENT}.10.1"), words.instance(f"{_AGENT}.1.14.0")),
        figures=(
            health.cpu(f"{_AGENT}.5.1"),  # agentCurrentCPUUtilization
            health.MemoryShare(total=oid(f"{_AGENT}.5.2"), free=oid(f"{_AGENT}.5.3")),
        ),
        columns=airespace.COLUMNS,
        refine=airespace.refine,
    )
)
