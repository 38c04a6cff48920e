"""Which commune a name means, and the province or region that it lies in.

The names come from many hands: French, Dutch or both, with or without accents and hyphens, before
or after a merger of communes. `communes.csv` names its source and licence (Statbel, CC BY 4.0).
"""

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from math import cos, hypot, radians

from inventory.programme.spelling import plain

# The extreme points of Belgium (NGI), rounded outwards to a twentieth of a degree.
LATITUDES_DEG = (49.45, 51.55)
LONGITUDES_DEG = (2.5, 6.45)
_METRES_PER_DEGREE = 111_320.0

# "La Calamine / Kelmis", "La Calamine (Kelmis)", "Bruxelles - Brussel"; never a hyphen in a name.
_BILINGUAL = re.compile(r"\s+[-–—]\s+|[/()]")
_WHOLE_WORDS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


class Region(StrEnum):
    """The three regions; only Wallonia is in the programme."""

    WALLONIA = "wallonia"
    BRUSSELS = "brussels"
    FLANDERS = "flanders"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today. `refnis` is Statbel's code; `province` is told in Wallonia only."""

    refnis: str
    name: str
    region: Region
    province: str | None


@dataclass(frozen=True, slots=True)
class Position:
    """A point in WGS 84 degrees."""

    latitude: float
    longitude: float


@lru_cache(maxsize=4096)
def find_commune(name: str | None) -> Commune | None:
    """Return the commune of today that `name` means, or None when the name is not known."""
    if not name:
        return None
    names = _communes_by_name()
    whole = names.get(_key(name))
    if whole:
        return whole
    parts = {names.get(_key(part)) for part in _BILINGUAL.split(name) if part.strip()}
    # Two parts that mean two communes tell nothing.
    return parts.pop() if len(parts) == 1 else None


def all_communes() -> tuple[Commune, ...]:
    """Return every Belgian commune, by REFNIS code."""
    return tuple(commune for commune, _ in _read())


def in_belgium(latitude: float, longitude: float) -> bool:
    """Return whether a point in degrees lies in the rectangle around Belgium."""
    return (
        LATITUDES_DEG[0] <= latitude <= LATITUDES_DEG[1]
        and LONGITUDES_DEG[0] <= longitude <= LONGITUDES_DEG[1]
    )


def distance_m(one: Position, other: Position) -> float:
    """Return the distance in metres; flat, which is exact to 1 % within one commune."""
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * cos(radians(one.latitude))
    return hypot(north, east) * _METRES_PER_DEGREE


def _key(name: str) -> str:
    return " ".join(_WHOLE_WORDS.get(word, word) for word in plain(name).split())


@cache
def _read() -> tuple[tuple[Commune, tuple[str, ...]], ...]:
    text = files("inventory.programme").joinpath("communes.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(
        (
            Commune(row["refnis"], row["name"], Region(row["region"]), row["province"] or None),
            tuple(filter(None, row["other_names"].split("|"))),
        )
        for row in csv.DictReader(lines)
    )


@cache
def _communes_by_name() -> dict[str, Commune]:
    return {_key(name): commune for commune, others in _read() for name in (commune.name, *others)}
