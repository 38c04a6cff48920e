"""Reads OmniStack LS (Radlan's MIBs), and OmniSwitch AOS 7 and 8 (ALCATEL-IND1's)."""

from dataclasses import replace

from inventory.vendors.aos6.profile import omniswitch
from inventory.vendors.standard import health, radlan
from inventory.vendors.standard.profile import reading
from inventory.vendors.standard.words import Sign, described, recogniser

# ALCATEL-IND1-DEVICES: OmniStack LS; the OmniSwitches since AOS 7.
_OMNISTACK = "1.3.6.1.4.1.6486.800.1.1.2.2.4"
_ROOT = "1.3.6.1.4.1.6486.801"
# ALCATEL-IND1-HEALTH-MIB healthModuleTable, slot 0 the whole device: memory and CPU in the last
# minute, per cent.
_HEALTH = f"{_ROOT}.1.2.1.16.1.1.1.1.1"
_RADLAN = radlan.Radlan("1.3.6.1.4.1.89", temperature=9)

_OMNISWITCH = omniswitch(
    "aos",
    recognise=recogniser(Sign(roots=(_OMNISTACK, f"{_ROOT}.1.1.2.1"))),
    root=_ROOT,
    figures=(
        health.cpu(f"{_HEALTH}.11"),
        health.memory(f"{_HEALTH}.7"),
        *_RADLAN.figures,
    ),
    temperature_column=8,  # chasCPMAHardwareBoardTemp
)
PROFILE = replace(
    _OMNISWITCH,
    model=(_RADLAN.stack_product, *_OMNISWITCH.model, described(r"(OmniStack \S+ \S+)")),
    serial=(*_OMNISWITCH.serial, _RADLAN.serial),
    firmware=(_RADLAN.firmware, *_OMNISWITCH.firmware),
    units=_RADLAN.units,
)
READING = reading(PROFILE)
