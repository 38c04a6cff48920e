"""Reads OmniSwitch AOS 6: ALCATEL-IND1-HEALTH-MIB, -CHASSIS-MIB and -VLAN-MGR-MIB."""

from inventory.vendors.aos6.profile import omniswitch
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import reading
from inventory.vendors.standard.words import Sign, recogniser

# ALCATEL-IND1-DEVICES: the OmniSwitches before AOS 7.
_ROOT = "1.3.6.1.4.1.6486.800"
# ALCATEL-IND1-HEALTH-MIB healthDeviceInfo: healthDeviceMemory1MinAvg, healthDeviceCpu1MinAvg.
_HEALTH = f"{_ROOT}.1.2.1.16.1.1.1"

PROFILE = omniswitch(
    "aos6",
    recognise=recogniser(Sign(roots=(f"{_ROOT}.1.1.2.1",))),
    root=_ROOT,
    figures=(health.cpu(f"{_HEALTH}.14"), health.memory(f"{_HEALTH}.10")),
    temperature_column=4,  # chasHardwareBoardTemp
)
READING = reading(PROFILE)
