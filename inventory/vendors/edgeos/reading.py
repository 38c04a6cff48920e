"""Reads EdgeOS (EdgeRouter): UBNT-EdgeMAX-MIB, and net-snmp's own MIBs."""

from dataclasses import replace

from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import NOT_OURS
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import (
    Sign,
    chassis,
    described,
    first,
    instance,
    recogniser,
)

# UBNT-EdgeMAX-MIB ubntEdgeMax: ubntModel, ubntSerialNumber, ubntVersion; ubntThermTemperature.
_EDGE_MAX = "1.3.6.1.4.1.41112.1.5"
_MODEL = oid(f"{_EDGE_MAX}.1.1.0")
# HOST-RESOURCES-MIB hrSWRunParameters: the LLDP daemon is told what product it speaks for.
_RUN_PARAMETERS = "1.3.6.1.2.1.25.4.2.1.5"

_BY_SIGNS = recogniser(Sign(roots=(_EDGE_MAX,)), Sign(words="^Edge(?:OS|Router)"))


def _recognise(view: MibView) -> int:
    """Tell a router; UFiber, whose GPON terminals serve this MIB too, is none."""
    return NOT_OURS if "UFiber" in (view.text(_MODEL) or "") else _BY_SIGNS(view)


PROFILE = Profile(
    family="edgeos",
    vendor="Ubiquiti",
    recognise=_recognise,
    model=(
        instance(f"{_EDGE_MAX}.1.1.0"),
        described(r"^(EdgeRouter \S+)"),
        first(_RUN_PARAMETERS, r"UBNT (.+?) running on"),
        chassis("model"),
    ),
    serial=(instance(f"{_EDGE_MAX}.1.2.0"), chassis("serial")),
    firmware=(
        instance(f"{_EDGE_MAX}.1.3.0"),
        described(r"\bv(\d+\.\d+\.\d+\S*)"),
    ),
    # Thousandths of degrees Celsius.
    figures=(health.temperature(f"{_EDGE_MAX}.4.2.1.3", scale=0.001),),
)
READING = replace(reading(PROFILE), probes=(_MODEL,))
