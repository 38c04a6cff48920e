"""Reads FortiSwitch: FORTINET-FORTISWITCH-MIB, and ENTITY-MIB's serial number."""

from inventory.vendors.mib import oid
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, first, instance, recogniser

_FORTINET = "1.3.6.1.4.1.12356"
_SWITCH = f"{_FORTINET}.106"
# fsSystemInfo: fsSysVersion ("FortiSwitch-424E-Fiber v7.4.0,build0767,230602 (GA)"), fsSysCpuUsage
# (per cent), fsSysMemUsage and fsSysMemCapacity (kB).
_SYSTEM = f"{_SWITCH}.4.1"
# FORTINET-CORE-MIB fnSysSerial.
_SERIAL = f"{_FORTINET}.100.1.1.1.0"
# ENTITY-MIB entPhysicalSerialNum: FortiSwitch answers this column without entPhysicalClass.
_ENT_SERIAL = "1.3.6.1.2.1.47.1.1.1.1.11"

PROFILE = Profile(
    family="fortiswitch",
    vendor="Fortinet",
    recognise=recogniser(Sign(roots=(_SWITCH,))),
    # The first releases write a dash before the version: "S124DP-v3.6.4-build0392".
    model=(instance(f"{_SYSTEM}.1.0", r"^(\S+?)(?:-v\d|\s|$)"),),
    serial=(instance(_SERIAL), instance(f"{_ENT_SERIAL}.1"), first(_ENT_SERIAL)),
    firmware=(instance(f"{_SYSTEM}.1.0", r"v(\d[\d.]*)"),),
    figures=(
        health.cpu(f"{_SYSTEM}.2"),
        health.MemoryShare(total=oid(f"{_SYSTEM}.4"), used=oid(f"{_SYSTEM}.3")),
    ),
)
READING = reading(PROFILE)
