"""Reads VOSS: RAPID-CITY for the chassis, its load (KHI) and temperatures, RC-VLAN for VLANs."""

from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import health, rapidcity
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, chassis, described, instance, recogniser
from inventory.vendors.xos.reading import PRODUCTS, VOSS_WORDS

# RAPID-CITY rapidCity; VSP and ERS 8000 answer below it, Universal Hardware below Extreme's number.
_RAPID_CITY = "1.3.6.1.4.1.2272"
# rcSysVersion, rcChasSerialNumber.
_VERSION, _SERIAL = f"{_RAPID_CITY}.1.1.7.0", f"{_RAPID_CITY}.1.4.2.0"
# rcKhiSlotPerfTable, index slot: rcKhiSlotCpu5MinAve (per cent), MemUsed, MemFree (kB).
_CPU = f"{_RAPID_CITY}.1.85.10.1.1.3"
_MEMORY_USED, _MEMORY_FREE = (oid(f"{_RAPID_CITY}.1.85.10.1.1.{column}") for column in (6, 7))
# rcVossSystemTemperatureTable: sensor's description, temperature (°C).
_SENSOR = f"{_RAPID_CITY}.1.101.1.1.2.1"
# rcSysCpuUtil of the ERS 8000 (per cent).
_OLD_CPU = f"{_RAPID_CITY}.1.1.20"


def _refine(view: MibView, read: Observation) -> Observation:
    return replace(read, vlans=rapidcity.vlans(view) or read.vlans)


PROFILE = Profile(
    family="voss",
    vendor="Extreme Networks",
    recognise=recogniser(
        Sign(roots=(_RAPID_CITY,)),
        Sign(roots=(PRODUCTS,), words=VOSS_WORDS),
    ),
    # sysDescr is the product and, in brackets, the version.
    model=(described(r"(\S+) \([^)]+\)"), chassis("model", "description")),
    serial=(instance(_SERIAL), chassis("serial")),
    firmware=(
        instance(_VERSION, r"(\d+\.\d+\S*)"),
        described(r"\S+ \(v?([^)]+)\)"),
        chassis("software"),
    ),
    figures=(
        health.cpu(_CPU),
        health.cpu(_OLD_CPU),
        health.MemoryShare(used=_MEMORY_USED, free=_MEMORY_FREE),
        health.temperature(f"{_SENSOR}.3", labels=oid(f"{_SENSOR}.2")),
    ),
    columns=rapidcity.COLUMNS,
    refine=_refine,
)
READING = reading(PROFILE)
