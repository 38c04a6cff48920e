"""The cantons of Wallonia on a map: the judicial ones, those of one city together.

A commune lies in one of them, so that a school is placed by its commune alone. `cantons.json` names
its source and licence (NGI and Statbel, CC BY 4.0); `python -m tests.geography.cantons` makes it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from inventory.programme.geography import find_commune


@dataclass(frozen=True, slots=True)
class Canton:
    """A canton. `names` are by language, French always; `communes` are REFNIS codes.

    `rings` are closed outlines: x, y, x, y … in units of 50 m from the north-western corner of
    Wallonia, y growing to the south.
    """

    id: str
    names: Mapping[str, str]
    communes: frozenset[str]
    rings: tuple[tuple[int, ...], ...]

    def name(self, language: str) -> str:
        """Return its name in a language, or in French where it has none."""
        return self.names.get(language, self.names["fr"])


@cache
def cantons() -> Mapping[str, Canton]:
    """Return every canton by its id."""
    text = files("inventory.programme").joinpath("cantons.json").read_text(encoding="utf-8")
    return {
        each["id"]: Canton(
            each["id"],
            each["name"],
            frozenset(each["communes"]),
            tuple(tuple(ring) for ring in each["rings"]),
        )
        for each in json.loads(text)["cantons"]
    }


@lru_cache(maxsize=2048)  # more than there are names of communes
def canton_of(commune: str | None) -> Canton | None:
    """Return the canton of a commune by any of its names; None outside Wallonia, or unknown."""
    known = find_commune(commune)
    return _by_refnis().get(known.refnis) if known else None


@cache
def _by_refnis() -> Mapping[str, Canton]:
    return {refnis: canton for canton in cantons().values() for refnis in canton.communes}
