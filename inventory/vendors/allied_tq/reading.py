"""Reads Allied Telesis access points: sysDescr tells who they are, the standard MIBs more."""

from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading

READING = reading(
    Profile(
        family="allied_tq",
        vendor="Allied Telesis",
        # AT-PRODUCT-MIB wireless products; those that run AlliedWare Plus are another family.
        recognise=words.recogniser(words.Sign(("1.3.6.1.4.1.207.1.13",), without=r"AW\+")),
        model=(words.described(r"(\S+) version "), words.described(r"^(AT-\S+)")),
        serial=(words.chassis("serial"),),
        firmware=(words.described(r" version (\S+)"),),
    )
)
