"""Reads EdgeSwitch and UniFi switches: FASTPATH's MIBs, else ENTITY-MIB."""

from inventory.vendors.standard.fastpath import FastPath
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, chassis, described, recogniser

# Broadcom's number; the MIBs are called EdgeSwitch-*-MIB.
_FASTPATH = FastPath("1.3.6.1.4.1.4413.1.1")
_NET_SNMP = ("1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.27282.3.2.10")
# "EdgeSwitch 24-Port 250W, 1.7.0.4922887, Linux 3.6.5…", "US-8-60W, 4.0.42.10433, Linux 3.6.5",
# "USW-Flex-XG, 6.2.14.13855", "EdgePoint Switch 16, firmware 1.8.1".
_NAMES = (
    r"^(?:EdgeSwitch|EdgePoint|USW[ -]|UBNT (?:US|Edge)|US[ -](?!Robotics)\w|Ubiquiti UniFi UCG-)"
)
_SMALL_AGENT = "Linux UBNT|RTL8380"

PROFILE = Profile(
    family="edgeswitch",
    vendor="Ubiquiti",
    recognise=recogniser(
        Sign(words=_NAMES),
        Sign(roots=_NET_SNMP, words=f"^(?:{_SMALL_AGENT})"),
    ),
    model=(
        described(
            r"^((?:(?:UBNT )?Edge(?:Switch|Point)|UBNT US|US|Ubiquiti UniFi UCG-)[^,]*?)"
            r"(?:,| \d+\.\d+|$)"
        ),
        _FASTPATH.model,
        chassis("model", "name"),
    ),
    serial=(chassis("serial"), _FASTPATH.serial),
    firmware=(
        # What the small ones' agent writes is the kernel's release.
        described(rf"^(?!{_SMALL_AGENT})[^,]+?,? (?:firmware )?v?(\d+\.\d+[\w.]*)"),
        _FASTPATH.firmware,
        chassis("software", "firmware"),
    ),
    figures=(_FASTPATH.memory,),
    units=_FASTPATH.units,
    port_power=_FASTPATH.port_power,
    columns=_FASTPATH.columns,
    refine=_FASTPATH.refine,
)
READING = reading(PROFILE)
