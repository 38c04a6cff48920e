"""What adopting a running configuration needs whatever the family: names for what is found."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.intent import Purpose

_MAX_SLUG = 31
_PURPOSES = {
    Purpose.ADMINISTRATION: r"admin|direction|secretariat|personnel|staff",
    Purpose.GUEST: r"invite|guest|visit|public|parents",
    Purpose.DEVICES: r"iot|print|imprim|device|objets|technique|tbi",
}


def slug(text: str, otherwise: str = "x") -> str:
    """Return a name of the intent made of any text: a-z, 0-9, - and _, 31 at most."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:_MAX_SLUG].strip("-_")
    return kept or otherwise


def guessed_purpose(ssid: str) -> Purpose:
    """Return whom a network is for, from the words of its SSID: pedagogical if none tells."""
    words = slug(ssid)
    told = (purpose for purpose, pattern in _PURPOSES.items() if re.search(pattern, words))
    return next(told, Purpose.PEDAGOGICAL)


@dataclass
class FoundSecrets:
    """The secrets found so far, by the names that they are given; one value has one name."""

    values: dict[str, str] = field(default_factory=dict, repr=False)

    def name(self, wanted: str, value: str) -> str:
        """Return the name under which `value` is kept, `wanted` if it has none yet."""
        for name, known in self.values.items():
            if known == value:
                return name
        name, number = wanted, 2
        while name in self.values:
            name, number = f"{wanted}-{number}", number + 1
        self.values[name] = value
        return name

    def found(self) -> Mapping[str, str]:
        """Return all values by name."""
        return dict(self.values)
