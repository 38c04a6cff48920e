"""Reads Cisco Small Business switches: the standard MIBs, and CISCOSB's editions of Radlan's."""

import re

from inventory.vendors.mib import MibView, dotted
from inventory.vendors.reading import SYS_OBJECT_ID
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.radlan import Radlan
from inventory.vendors.standard.words import Sign, Word, chassis, described, recogniser

_CISCO = "1.3.6.1.4.1.9"
# CISCO-SMI's linksys (9.6.1) holds other products too: routers, phones' gateways, access points
# and controllers.
_SMALL_BUSINESS = f"{_CISCO}.6.1"
_LINKSYS = "1.3.6.1.4.1.3955.6"
_OTHER_PRODUCTS = tuple(
    f"{_SMALL_BUSINESS}.{series}" for series in ("23.1.1.1", "31", "32", "34", "37")
)
# CISCO-PRODUCTS-MIB: SG, SF and ESW models that stand among the other Cisco products.
_AMONG_PRODUCTS = tuple(f"{_CISCO}.1.{number}" for number in (*range(1058, 1065), 1176, 1177))
# Linksys' switches, and the first of Cisco's, have the modules at Radlan's own number.
_FIRST_RADLAN = Radlan("1.3.6.1.4.1.89")
_RADLAN = Radlan(f"{_SMALL_BUSINESS}.101", temperature=10)


def _product(view: MibView) -> str | None:
    """Return the model where only sysObjectID tells it, as for 9.6.1.72.2010 the SGE2010."""
    answered = view.get(SYS_OBJECT_ID)
    if not isinstance(answered, tuple):
        return None
    written = dotted(answered)
    found = re.match(re.escape(_SMALL_BUSINESS) + r"\.72\.(\d{4})", written)
    if found:
        return f"SGE{found[1]}"
    return "SG220-26" if written == f"{_SMALL_BUSINESS}.89.26.1" else None


PROFILE = Profile(
    family="ciscosb",
    vendor="Cisco",
    recognise=recogniser(
        Sign(roots=(_SMALL_BUSINESS, _LINKSYS), not_roots=_OTHER_PRODUCTS),
        Sign(roots=_AMONG_PRODUCTS),
        Sign(words="Catalyst 1[23]00 Series|^Linksys SLM"),
    ),
    model=(
        chassis("model"),
        _RADLAN.model,
        _FIRST_RADLAN.model,
        Word(_product),
        described(r"^([SC]\S+-\d\S*|(?:SRW|SLM|ESW|SFE|SGE)\S*\d\S*)"),
        described(r"Cisco Small Business (\w+)"),
        described(r"\((C1[23]00-[\w-]+)\)"),
        chassis("description"),
    ),
    serial=(chassis("serial"), _RADLAN.serial, _FIRST_RADLAN.serial),
    firmware=(
        _RADLAN.firmware,
        _FIRST_RADLAN.firmware,
        chassis("software", "firmware"),
        described(r"Version (\d[\w.]*)"),
    ),
    figures=_RADLAN.figures,
    units=_RADLAN.units,
    port_power=_RADLAN.port_power,
)
READING = reading(PROFILE)
