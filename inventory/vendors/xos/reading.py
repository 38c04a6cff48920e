"""Reads EXOS: EXTREME-SYSTEM-MIB, -SOFTWARE-MONITOR-MIB, -POE-MIB, -EDP-MIB and -VLAN-MIB."""

from dataclasses import replace

from inventory.observation import Neighbour, Observation
from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import (
    Sign,
    Word,
    chassis,
    described,
    instance,
    recogniser,
)
from inventory.vendors.xos import products
from inventory.vendors.xos.vlans import COLUMNS as VLAN_COLUMNS
from inventory.vendors.xos.vlans import vlans

_EXTREME = "1.3.6.1.4.1.1916"
# EXTREME-BASE-MIB extremeProduct.
PRODUCTS = f"{_EXTREME}.2"
# Words of the other systems that answer below the same number: VOSS, and ExtremeWare before EXOS.
VOSS_WORDS = "Fabric ?Engine|VSP|VOSS|XA14[48]0"
# EXTREME-SYSTEM-MIB extremePrimarySoftwareRev, extremeSystemID (the serial number of releases
# without ENTITY-MIB), extremeCurrentTemperature (0..100 °C).
_SOFTWARE = f"{_EXTREME}.1.1.1.13.0"
_SYSTEM_ID = f"{_EXTREME}.1.1.1.16.0"
_TEMPERATURE = f"{_EXTREME}.1.1.1.8"
# EXTREME-SOFTWARE-MONITOR-MIB: extremeCpuMonitorTotalUtilization; extremeMemoryMonitorSystemTable.
_CPU = f"{_EXTREME}.1.32.1.2"
_MEMORY_TOTAL, _MEMORY_FREE = (oid(f"{_EXTREME}.1.32.2.2.1.{column}") for column in (2, 3))
# EXTREME-POE-MIB extremePethPortMeasuredPower (mW), indexed as pethPsePortTable.
_PORT_POWER = oid(f"{_EXTREME}.1.27.2.1.1.6")
# EXTREME-EDP-MIB extremeEdpTable, index (ifIndex, id): name, version, slot, port.
_EDP_NAME, _EDP_VERSION, _EDP_SLOT, _EDP_PORT = (
    oid(f"{_EXTREME}.1.13.2.1.{column}") for column in (3, 4, 5, 6)
)


def _refine(view: MibView, read: Observation) -> Observation:
    """Add the neighbours that Extreme's discovery protocol hears, and EXOS' own VLANs."""
    names = {port.index: port.name for port in read.interfaces}
    slots, ports = view.integers(_EDP_SLOT), view.integers(_EDP_PORT)
    own = tuple(
        Neighbour(
            local_interface=names.get(index[0]),
            protocol="edp",
            system_name=name,
            port_id=f"{slots.get(index, 1)}:{ports[index]}" if index in ports else None,
            platform=view.text((*_EDP_VERSION, *index)),
        )
        for index, name in view.texts(_EDP_NAME).items()
    )
    return replace(
        read,
        neighbours=(*read.neighbours, *own),
        vlans=vlans(view, names) or read.vlans,
    )


PROFILE = Profile(
    family="xos",
    vendor="Extreme Networks",
    recognise=recogniser(
        Sign(roots=(PRODUCTS,), words="XOS|Switch ?Engine", without=VOSS_WORDS),
        Sign(words=r"^Extreme(?:XOS| Networks Switch Engine)"),
    ),
    # sysDescr names the product in brackets before the version.
    model=(
        described(r"\(([^)]+)\) version"),
        chassis("model", "description"),
        Word(products.name),
    ),
    serial=(chassis("serial"), instance(_SYSTEM_ID)),
    firmware=(described(r"version (\d[\w.]*)"), instance(_SOFTWARE), chassis("software")),
    figures=(
        health.cpu(_CPU),
        health.MemoryShare(total=_MEMORY_TOTAL, free=_MEMORY_FREE),
        health.temperature(_TEMPERATURE),
    ),
    port_power=_PORT_POWER,
    columns=(_EDP_NAME, _EDP_VERSION, _EDP_SLOT, _EDP_PORT, *VLAN_COLUMNS),
    refine=_refine,
)
READING = reading(PROFILE)
