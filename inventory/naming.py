"""How names of devices and ports are put in order."""

import re

_NUMBER = re.compile(r"([0-9]+)")


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that puts ap2 before ap10, whatever the case of the letters."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in _NUMBER.split(name.lower())
        if part
    )
