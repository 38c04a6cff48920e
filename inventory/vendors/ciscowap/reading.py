"""Reads Cisco Small Business access points: sysDescr tells who they are, the standard MIBs more."""

from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading

READING = reading(
    Profile(
        family="ciscowap",
        vendor="Cisco",
        # Access points of Small Business's product numbers; its switches are another family.
        recognise=words.recogniser(
            words.Sign(
                tuple(f"1.3.6.1.4.1.9.6.1.{number}" for number in (31, 32, 34)), sureness=90
            ),
            # Industrial access points in bridge mode (CISCO-PRODUCTS-MIB ciscoIW9165…, IW9167…)
            words.Sign(tuple(f"1.3.6.1.4.1.9.1.{number}" for number in (3280, 3281, 3282))),
            words.Sign(words=r"Cisco Small Business WAP", sureness=90),
        ),
        model=(
            words.described(r"\b(WAP[\w-]+)"),
            words.chassis("model"),
            words.described(r"Cisco Small Business ([A-Z]+\d\w*)"),
        ),
        serial=(words.chassis("serial"),),
        firmware=(words.described(r", Version (?:\w+-)*(\d[\w.()]*)"), words.chassis("software")),
    )
)
