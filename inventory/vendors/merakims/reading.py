"""Reads Meraki MS: they tell little over SNMP; sysDescr is the product's name."""

from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, chassis, described, first, recogniser

# CISCO-MERAKI's products.
_PRODUCTS = "1.3.6.1.4.1.29671.2"
# A switch's number, as devices answer; Meraki publishes no list.
_SWITCH = f"{_PRODUCTS}.388"

PROFILE = Profile(
    family="merakims",
    vendor="Cisco Meraki",
    recognise=recogniser(
        Sign(words="^(?:Cisco )?Meraki MS"),
        Sign(roots=(_SWITCH,)),
        Sign(roots=(_PRODUCTS,), words=r"(?i)\bswitch\b"),
    ),
    model=(described(r"^([\w\-. ]+)"), chassis("model")),
    serial=(chassis("serial"), first("1.3.6.1.2.1.47.1.1.1.1.11")),
)
READING = reading(PROFILE)
