"""Serial numbers as labels show them and scanners read them."""

import re

from inventory.errors import InvalidInput
from inventory.sentences import Sentence

_FORM = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,59}")
# What stands before the number on many labels, and what a scanner of GS1 codes may add.
_PREFIX = re.compile(r"^(?:S/N|SN|SERIAL(?: NO)?)[ :.]+")


def clean_serial(text: str) -> str:
    """Return a serial number in upper case, without its label; raises InvalidInput."""
    serial = _PREFIX.sub("", " ".join(text.upper().split())).replace(" ", "")
    if not _FORM.fullmatch(serial):
        raise InvalidInput(
            Sentence("«\u00a0%(text)s\u00a0» n’est pas un numéro de série", text=text[:60])
        )
    return serial
