"""Reads EOS: the standard MIBs tell all of it (ENTITY-MIB, ENTITY-SENSOR-MIB, HOST-RESOURCES)."""

from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, chassis, described, recogniser

# ARISTA-PRODUCTS-MIB aristaProducts.
_PRODUCTS = "1.3.6.1.4.1.30065.1"

PROFILE = Profile(
    family="arista_eos",
    vendor="Arista",
    recognise=recogniser(Sign(roots=(_PRODUCTS,)), Sign(words="Arista Networks EOS")),
    model=(chassis("model"), described(r"running on an? Arista (?:Networks )?(\S+)")),
    firmware=(chassis("software"), described(r"EOS version (\S+)")),
)
READING = reading(PROFILE)
