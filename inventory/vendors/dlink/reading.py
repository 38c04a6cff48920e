"""Reads D-Link switches: AGENT-GENERAL-MIB and EQUIPMENT-MIB, else DLINKSW-ENTITY-EXT-MIB."""

from inventory.vendors.mib import oid
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Profile, Units, reading
from inventory.vendors.standard.words import (
    Sign,
    below_product,
    chassis,
    described,
    first,
    instance,
    recogniser,
)

_DLINK = "1.3.6.1.4.1.171"
# AGENT-GENERAL-MIB: agentSerialNumber, agentCPUutilizationIn5min, agentDRAMutilization.
_AGENT = f"{_DLINK}.12.1.1"
# EQUIPMENT-MIB swUnitMgmtTable, index the unit: module name, firmware, serial.
_UNIT = f"{_DLINK}.12.11.1.9.4.1"
# EQUIPMENT-MIB swTemperatureCurrent (°C).
_TEMPERATURE = f"{_DLINK}.12.11.1.8.1.2"
# DLINKSW-ENTITY-EXT-MIB: sensor's description and temperature; memory, index (unit, kind: 1 DRAM);
# CPU in the last minute; running version.
_EXT = f"{_DLINK}.14.5.1"
_DRAM_TOTAL, _DRAM_USED = (oid(f"{_EXT}.4.1.{column}") for column in (3, 4))
# RMON2-MIB probeSoftwareRev (RFC 4502).
_PROBE_SOFTWARE = "1.3.6.1.2.1.16.19.2.0"
# The smart switches (DGS-1210, DES-1210) have a module for each product, below its sysObjectID; in
# all of them companySystem is alike: sysFirmwareVersion, sysSerialNumber.
_SMART_FIRMWARE, _SMART_SERIAL = "1.3.0", "1.30.0"

# DES-3526, DGS-1210-28P/F1, DXS-1210-12TC, DMS-1100-10TS, DGS-F3008P; the first wrote DES3526. DCS
# is a camera.
_NAME = r"D[EGXMQ]S-?[A-Z]?\d\d"

PROFILE = Profile(
    family="dlink",
    vendor="D-Link",
    recognise=recogniser(
        Sign(roots=(_DLINK,), words=rf"(?i)\b{_NAME}"),
        Sign(words=rf"^(?:(?i:d-?link) )?{_NAME}"),
    ),
    model=(
        described(rf"(?i)\b({_NAME}[\w/.+-]*)"),
        chassis("model", "name"),
    ),
    serial=(
        instance(f"{_UNIT}.17.1"),
        instance(f"{_AGENT}.12.0"),
        below_product(_SMART_SERIAL, r"^(\w{6,})$"),
        chassis("serial"),
        described(r"\bSerialNo (\w+)"),
    ),
    firmware=(
        instance(f"{_EXT}.8.1.3.1"),
        instance(_PROBE_SOFTWARE),
        instance(f"{_UNIT}.11.1"),
        first(f"{_EXT}.8.1.3"),
        chassis("software", "firmware"),
        described(r"\sV?(\d+\.\d[\w.]*)"),
        below_product(_SMART_FIRMWARE, r"^(\d+\.\d\S*)$"),
    ),
    figures=(
        health.cpu(f"{_EXT}.7.1.4"),
        health.cpu(f"{_AGENT}.6.3"),
        health.MemoryShare(total=_DRAM_TOTAL, used=_DRAM_USED),
        health.memory(f"{_AGENT}.9.4"),
        health.temperature(f"{_EXT}.1.1.1.4", labels=oid(f"{_EXT}.1.1.1.3")),
        health.temperature(_TEMPERATURE),
    ),
    units=Units(serial=oid(f"{_UNIT}.17"), model=oid(f"{_UNIT}.5"), firmware=oid(f"{_UNIT}.11")),
)
READING = reading(PROFILE)
