"""The notifications of the standard MIBs, which any device may send."""

from inventory.vendors.mib import oid
from inventory.vendors.notification import Meaning, Notification

_SNMP_TRAPS = "1.3.6.1.6.3.1.1.5"  # SNMPv2-MIB snmpTraps (RFC 3418)
_IF_INDEX = oid("1.3.6.1.2.1.2.2.1.1")  # IF-MIB ifIndex (RFC 2863)
# OLD-CISCO-SYSTEM-MIB authAddr and CISCO-GENERAL-TRAPS: who asked; Cisco adds it to the standard.
_AUTH_ADDRESS = oid("1.3.6.1.4.1.9.2.1.5")
_DETECTION = oid("1.3.6.1.2.1.105.1.1.1.6")  # POWER-ETHERNET-MIB pethPsePortDetectionStatus

NOTIFICATIONS = (
    Notification(oid(f"{_SNMP_TRAPS}.1"), "SNMPv2-MIB coldStart", Meaning.COLD_START),
    Notification(oid(f"{_SNMP_TRAPS}.2"), "SNMPv2-MIB warmStart", Meaning.WARM_START),
    Notification(
        oid(f"{_SNMP_TRAPS}.3"), "IF-MIB linkDown", Meaning.LINK_DOWN, interface=_IF_INDEX
    ),
    Notification(oid(f"{_SNMP_TRAPS}.4"), "IF-MIB linkUp", Meaning.LINK_UP, interface=_IF_INDEX),
    Notification(
        oid(f"{_SNMP_TRAPS}.5"),
        "SNMPv2-MIB authenticationFailure",
        Meaning.AUTHENTICATION_FAILURE,
        address=(_AUTH_ADDRESS,),
    ),
    Notification(
        oid("1.0.8802.1.1.2.0.0.1"), "LLDP-MIB lldpRemTablesChange", Meaning.NEIGHBOURS_CHANGED
    ),
    Notification(
        oid("1.3.111.2.802.1.1.13.0.0.1"),
        "LLDP-V2-MIB lldpV2RemTablesChange",
        Meaning.NEIGHBOURS_CHANGED,
    ),
    Notification(
        oid("1.3.6.1.2.1.105.0.1"),
        "POWER-ETHERNET-MIB pethPsePortOnOffNotification",
        Meaning.POE_OFF,
        place=_DETECTION,
        state=_DETECTION,
        states={3: Meaning.POE_ON},  # deliveringPower (RFC 3621)
    ),
    Notification(oid("1.3.6.1.2.1.47.2.0.1"), "ENTITY-MIB entConfigChange", Meaning.PARTS_CHANGED),
)
