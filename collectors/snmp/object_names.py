"""OIDs that net-snmp writes by their names: put back into figures.

Where its MIB modules are installed, `snmpwalk` prints `IF-MIB::ifDescr.1`; with -Os `ifDescr.1`,
with -Of `.iso.org.….ifEntry.ifDescr.1` (man snmpcmd, options -O). Known here are the modules that
Debian's snmp-mibs-downloader installs and a reading needs; what only a vendor's module names is
then below `SNMPv2-SMI::enterprises`. Any other name stays as it is.
"""

import re
from functools import cache

# Names by the OID above them, in the order of their last parts from 1 on; "-" is one left out.
_ROOTS: dict[str, str] = {
    "1.3.6.1": "directory mgmt experimental private security snmpV2",
    "1.3.6.1.2": "mib-2",
    "1.3.6.1.4": "enterprises",
}
_SNMPV2_MIB = {
    "1.3.6.1.2.1.1": "sysDescr sysObjectID sysUpTime sysContact sysName sysLocation sysServices"
    " sysORLastChange",
    "1.3.6.1.2.1.1.9.1": "sysORIndex sysORID sysORDescr sysORUpTime",
}
_IF_MIB = {
    "1.3.6.1.2.1.2": "ifNumber",
    "1.3.6.1.2.1.2.2.1": "ifIndex ifDescr ifType ifMtu ifSpeed ifPhysAddress ifAdminStatus"
    " ifOperStatus ifLastChange ifInOctets ifInUcastPkts ifInNUcastPkts ifInDiscards ifInErrors"
    " ifInUnknownProtos ifOutOctets ifOutUcastPkts ifOutNUcastPkts ifOutDiscards ifOutErrors"
    " ifOutQLen ifSpecific",
    "1.3.6.1.2.1.31.1.1.1": "ifName ifInMulticastPkts ifInBroadcastPkts ifOutMulticastPkts"
    " ifOutBroadcastPkts ifHCInOctets ifHCInUcastPkts ifHCInMulticastPkts ifHCInBroadcastPkts"
    " ifHCOutOctets ifHCOutUcastPkts ifHCOutMulticastPkts ifHCOutBroadcastPkts"
    " ifLinkUpDownTrapEnable ifHighSpeed ifPromiscuousMode ifConnectorPresent ifAlias"
    " ifCounterDiscontinuityTime",
    "1.3.6.1.2.1.31.1.2.1": "ifStackHigherLayer ifStackLowerLayer ifStackStatus",
    "1.3.6.1.2.1.31.1": "- - - - ifTableLastChange ifStackLastChange",
}
_IP_MIB = {
    "1.3.6.1.2.1.4": "ipForwarding ipDefaultTTL ipInReceives ipInHdrErrors ipInAddrErrors"
    " ipForwDatagrams ipInUnknownProtos ipInDiscards ipInDelivers ipOutRequests ipOutDiscards"
    " ipOutNoRoutes ipReasmTimeout ipReasmReqds ipReasmOKs ipReasmFails ipFragOKs ipFragFails"
    " ipFragCreates",
    "1.3.6.1.2.1.4.20.1": "ipAdEntAddr ipAdEntIfIndex ipAdEntNetMask ipAdEntBcastAddr"
    " ipAdEntReasmMaxSize",
    "1.3.6.1.2.1.4.22.1": "ipNetToMediaIfIndex ipNetToMediaPhysAddress ipNetToMediaNetAddress"
    " ipNetToMediaType",
}
_BRIDGE_MIBS = {
    "1.3.6.1.2.1.17.1": "dot1dBaseBridgeAddress dot1dBaseNumPorts dot1dBaseType",
    "1.3.6.1.2.1.17.1.4.1": "dot1dBasePort dot1dBasePortIfIndex dot1dBasePortCircuit",
    "1.3.6.1.2.1.17.4.3.1": "dot1dTpFdbAddress dot1dTpFdbPort dot1dTpFdbStatus",
    "1.3.6.1.2.1.17.7.1.2.2.1": "dot1qTpFdbAddress dot1qTpFdbPort dot1qTpFdbStatus",
    "1.3.6.1.2.1.17.7.1.4.2.1": "dot1qVlanTimeMark dot1qVlanIndex dot1qVlanFdbId"
    " dot1qVlanCurrentEgressPorts dot1qVlanCurrentUntaggedPorts dot1qVlanStatus"
    " dot1qVlanCreationTime",
    "1.3.6.1.2.1.17.7.1.4.3.1": "dot1qVlanStaticName dot1qVlanStaticEgressPorts"
    " dot1qVlanForbiddenEgressPorts dot1qVlanStaticUntaggedPorts dot1qVlanStaticRowStatus",
    "1.3.6.1.2.1.17.7.1.4.5.1": "dot1qPvid dot1qPortAcceptableFrameTypes dot1qPortIngressFiltering"
    " dot1qPortGvrpStatus",
}
_HOST_RESOURCES_MIB = {
    "1.3.6.1.2.1.25.1": "hrSystemUptime hrSystemDate hrSystemInitialLoadDevice"
    " hrSystemInitialLoadParameters hrSystemNumUsers hrSystemProcesses hrSystemMaxProcesses",
    "1.3.6.1.2.1.25.2.3.1": "hrStorageIndex hrStorageType hrStorageDescr hrStorageAllocationUnits"
    " hrStorageSize hrStorageUsed hrStorageAllocationFailures",
    "1.3.6.1.2.1.25.2.1": "hrStorageOther hrStorageRam hrStorageVirtualMemory hrStorageFixedDisk"
    " hrStorageRemovableDisk hrStorageFloppyDisk hrStorageCompactDisc hrStorageRamDisk"
    " hrStorageFlashMemory hrStorageNetworkDisk",
    "1.3.6.1.2.1.25.3.2.1": "hrDeviceIndex hrDeviceType hrDeviceDescr hrDeviceID hrDeviceStatus"
    " hrDeviceErrors",
    "1.3.6.1.2.1.25.3.3.1": "hrProcessorFrwID hrProcessorLoad",
    "1.3.6.1.2.1.25.4.2.1": "hrSWRunIndex hrSWRunName hrSWRunID hrSWRunPath hrSWRunParameters"
    " hrSWRunType hrSWRunStatus",
    "1.3.6.1.2.1.25.6.3.1": "hrSWInstalledIndex hrSWInstalledName hrSWInstalledID"
    " hrSWInstalledType hrSWInstalledDate",
}
_ENTITY_MIBS = {
    "1.3.6.1.2.1.47.1.1.1.1": "entPhysicalIndex entPhysicalDescr entPhysicalVendorType"
    " entPhysicalContainedIn entPhysicalClass entPhysicalParentRelPos entPhysicalName"
    " entPhysicalHardwareRev entPhysicalFirmwareRev entPhysicalSoftwareRev entPhysicalSerialNum"
    " entPhysicalMfgName entPhysicalModelName entPhysicalAlias entPhysicalAssetID"
    " entPhysicalIsFRU entPhysicalMfgDate entPhysicalUris entPhysicalUUID",
    "1.3.6.1.2.1.99.1.1.1": "entPhySensorType entPhySensorScale entPhySensorPrecision"
    " entPhySensorValue entPhySensorOperStatus entPhySensorUnitsDisplay"
    " entPhySensorValueTimeStamp entPhySensorValueUpdateRate",
}
_POWER_ETHERNET_MIB = {
    "1.3.6.1.2.1.105.1.1.1": "pethPsePortGroupIndex pethPsePortIndex pethPsePortAdminEnable"
    " pethPsePortPowerPairsControlAbility pethPsePortPowerPairs pethPsePortDetectionStatus"
    " pethPsePortPowerPriority pethPsePortMPSAbsentCounter pethPsePortType"
    " pethPsePortPowerClassifications pethPsePortInvalidSignatureCounter"
    " pethPsePortPowerDeniedCounter pethPsePortOverLoadCounter pethPsePortShortCounter",
    "1.3.6.1.2.1.105.1.3.1.1": "pethMainPseGroupIndex pethMainPsePower pethMainPseOperStatus"
    " pethMainPseConsumptionPower pethMainPseUsageThreshold",
}
_LLDP_MIB = {
    "1.0.8802.1.1.2.1.3": "lldpLocChassisIdSubtype lldpLocChassisId lldpLocSysName lldpLocSysDesc"
    " lldpLocSysCapSupported lldpLocSysCapEnabled",
    "1.0.8802.1.1.2.1.3.7.1": "lldpLocPortNum lldpLocPortIdSubtype lldpLocPortId lldpLocPortDesc",
    "1.0.8802.1.1.2.1.4.1.1": "lldpRemTimeMark lldpRemLocalPortNum lldpRemIndex"
    " lldpRemChassisIdSubtype lldpRemChassisId lldpRemPortIdSubtype lldpRemPortId lldpRemPortDesc"
    " lldpRemSysName lldpRemSysDesc lldpRemSysCapSupported lldpRemSysCapEnabled",
}
_UCD_SNMP_MIB = {
    "1.3.6.1.4.1.2021.4": "memIndex memErrorName memTotalSwap memAvailSwap memTotalReal"
    " memAvailReal memTotalSwapTXT memAvailSwapTXT memTotalRealTXT memAvailRealTXT memTotalFree"
    " memMinimumSwap memShared memBuffer memCached",
    "1.3.6.1.4.1.2021.11": "ssIndex ssErrorName ssSwapIn ssSwapOut ssIOSent ssIOReceive"
    " ssSysInterrupts ssSysContext ssCpuUser ssCpuSystem ssCpuIdle",
}
_NET_SNMP_EXTEND_MIB = {
    "1.3.6.1.4.1.8072.1.3.2": "nsExtendNumEntries",
    "1.3.6.1.4.1.8072.1.3.2.3.1": "nsExtendOutput1Line nsExtendOutputFull nsExtendOutNumLines"
    " nsExtendResult",
    "1.3.6.1.4.1.8072.1.3.2.4.1": "nsExtendLineIndex nsExtendOutLine",
}
_MODULES = (
    _ROOTS, _SNMPV2_MIB, _IF_MIB, _IP_MIB, _BRIDGE_MIBS, _HOST_RESOURCES_MIB, _ENTITY_MIBS,
    _POWER_ETHERNET_MIB, _LLDP_MIB, _UCD_SNMP_MIB,
    _NET_SNMP_EXTEND_MIB,
)  # fmt: skip
# DISMAN-EVENT-MIB names the one instance of sysUpTime; net-snmp's own products are its agents.
_SINGLE = {
    "sysUpTimeInstance": "1.3.6.1.2.1.1.3.0",
    "zeroDotZero": "0.0",
    "netSnmpAgentOIDs": "1.3.6.1.4.1.8072.3.2",
}

# A module's name begins with a capital, an object's with a small letter (RFC 2578, 3 and 3.1).
# A path has as many names as an OID has parts at most (RFC 2578, 3.5).
_MODULE = rb"(?:[A-Z][\w-]*::|\.iso\.(?:[a-z][\w-]*\.){0,128})"
_NAME = rb"([a-z][\w-]*)"
# An index may be a text of any length, which is then written in quotes.
_INDEX = rb'((?:\.\d+|\."[^"\n]*")*)'
_ENTRY = re.compile(rb"^[ \t]*%s?%s%s(?= = ?)" % (_MODULE, _NAME, _INDEX), re.MULTILINE)
# With -OQ no type is written: then a module's name alone tells an OID from a word.
_VALUE = re.compile(
    rb"(?:(?<= = OID: )%s?|(?<= = )%s)%s(?=(?:\.\d+)*[ \t]*$)" % (_MODULE, _MODULE, _NAME),
    re.MULTILINE,
)
_QUOTED = re.compile(rb'\."([^"]*)"')
# How an entry begins whose OID is written by a name, known or not.
BEGINS = rb"%s[a-z]" % _MODULE
_LOOKED_AT = 65_536  # octets that tell whether a text has names at all
_NUMBERED = re.compile(rb"^[ \t]*\.?\d+(?:\.\d+)+ =", re.MULTILINE)
_NAMED = re.compile(rb"^[ \t]*(?:%s|[a-z][\w-]+(?:\.\d+)+ =)" % BEGINS, re.MULTILINE)


def in_figures(text: bytes) -> bytes:
    """Return a text of `snmpwalk` with the OIDs in figures whose names are known.

    One that has OIDs in figures already stays: what looks like a name there is a word of a text.
    """
    begins = text[:_LOOKED_AT]
    if _NUMBERED.search(begins) or not _NAMED.search(begins):
        return text
    return _VALUE.sub(_value_in_figures, _ENTRY.sub(_entry_in_figures, text))


def _entry_in_figures(found: re.Match[bytes]) -> bytes:
    known = _oids().get(found[1])
    return found[0] if known is None else b"." + known + _QUOTED.sub(_index_in_figures, found[2])


def _index_in_figures(found: re.Match[bytes]) -> bytes:
    """Return a text as an index: its length, then its octets (RFC 2578, 7.7)."""
    return b".%d" % len(found[1]) + b"".join(b".%d" % octet for octet in found[1])


def _value_in_figures(found: re.Match[bytes]) -> bytes:
    known = _oids().get(found[1])
    return found[0] if known is None else b"." + known


@cache
def _oids() -> dict[bytes, bytes]:
    listed = dict(_SINGLE)
    for module in _MODULES:
        for above, names in module.items():
            for place, name in enumerate(names.split(), 1):
                listed[name] = f"{above}.{place}"
    listed.pop("-")
    return {name.encode(): known.encode() for name, known in listed.items()}
