"""Reads EnGenius access points: SENAO-ENTERPRISE-INDOOR-AP-CB-MIB."""

import re

from inventory.vendors.mib import MibView
from inventory.vendors.reading import SYS_NAME
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading

_SENAO = "1.3.6.1.4.1.14125"
_SYSTEM = f"{_SENAO}.100.1"  # 7 serial, 8 kernel, 9 applications
_LINUX = "1.3.6.1.4.1.8072.3.2.10"
_PRODUCT = r"(?:EnGenius )?\b(E[A-Z]{2,3}\d{3,4}\w*)"


def _named(view: MibView) -> str | None:
    """Return the product's name where sysName still is one: the MIB has no object for it."""
    found = re.search(_PRODUCT, view.text(SYS_NAME) or "")
    return found[1] if found else None


READING = reading(
    Profile(
        family="engenius",
        vendor="EnGenius",
        recognise=words.recogniser(
            words.Sign((f"{_SENAO}.100.1.3", f"{_SENAO}.101.1.3")),
            words.Sign((_LINUX, _SENAO), r"Wireless Access Point"),
        ),
        model=(words.described(_PRODUCT), words.Word(_named)),
        serial=(words.instance(f"{_SYSTEM}.7.0"),),
        firmware=(
            words.instance(f"{_SYSTEM}.9.0"),
            words.instance(f"{_SENAO}.2.1.1.5.0"),
            words.instance(f"{_SENAO}.3.1.1.5.0"),
        ),
    )
)
