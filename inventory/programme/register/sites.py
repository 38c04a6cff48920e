"""Which implantations share a building, and how a site is called.

The rule and what it was checked against: docs/decisions/0010-sites-and-implantations.md.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.programme.geography import Position, distance_m, find_commune
from inventory.programme.register.difference import shown_pair
from inventory.programme.register.entries import ImplantationEntry, Pair, Register
from inventory.programme.spelling import plain

SAME_DOOR_M = 25.0
"""Without a house number, two implantations of one street share a site within this distance."""
DOUBTFUL_M = 500.0
"""One address, yet farther apart than this: still one site, but a person is told."""
_SEARCH_KEY_LENGTH = 600  # An index entry of PostgreSQL holds 2,704 bytes.

_ABBREVIATIONS = {
    "av": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "ch": "chaussee",
    "chee": "chaussee",
    "pl": "place",
    "r": "rue",
    "rte": "route",
    "st": "saint",
    "ste": "sainte",
}
_NUMBER_WORDS = frozenset({"n", "no", "nr", "num", "numero", "boite", "bte"})
_HOUSE_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """What the register says of a site through the implantations that it serves."""

    name: str
    address: str | None
    postal_code: str | None
    locality: str | None
    commune: str | None
    province: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """New implantations that share a site: the existing `site_id`, or a new one where None."""

    site_id: int | None
    pairs: tuple[Pair, ...]


def assign_sites(
    new: Sequence[ImplantationEntry], existing: Mapping[int, Sequence[ImplantationEntry]]
) -> tuple[Assignment, ...]:
    """Return the site of every new implantation.

    `existing` gives the implantations of the sites that there are; none of those ever moves. A new
    implantation at the address of an existing site joins it, at that of several the oldest.
    """
    members = [
        *(_Member(entry, site_id) for site_id in sorted(existing) for entry in existing[site_id]),
        *(_Member(entry, None) for entry in sorted(new, key=lambda e: e.pair)),
    ]
    by_address: dict[str, list[_Member]] = defaultdict(list)
    assignments = []
    for member in members:
        key = _address_key(member.entry)
        if key is not None:
            by_address[key].append(member)
        elif member.site_id is None:
            assignments.append(Assignment(None, (member.entry.pair,)))
    for together in by_address.values():
        for building in _buildings(together):
            pairs = tuple(member.entry.pair for member in building if member.site_id is None)
            sites = [member.site_id for member in building if member.site_id is not None]
            if pairs:
                assignments.append(Assignment(min(sites, default=None), pairs))
    return tuple(sorted(assignments, key=lambda each: each.pairs))


def far_apart(entries: Sequence[ImplantationEntry]) -> float | None:
    """Return the greatest distance in metres within one site where it is doubtful, else None."""
    points = [point for entry in entries if (point := _position(entry))]
    farthest = max((distance_m(a, b) for a in points for b in points), default=0.0)
    return farthest if farthest > DOUBTFUL_M else None


def site_entry(pairs: Sequence[Pair], register: Register) -> SiteEntry:
    """Return what the register says of the site that serves `pairs` (at least one)."""
    ordered = sorted(pairs, key=lambda pair: (pair in register.closed, pair))
    first = register.implantations[ordered[0]]
    names = dict.fromkeys(
        register.schools[pair[0]].name
        for pair in ordered
        if pair not in register.closed or ordered[0] in register.closed
    )
    return SiteEntry(
        name=" / ".join(names),
        address=first.address,
        postal_code=first.postal_code,
        locality=first.locality,
        commune=first.commune,
        province=first.province,
        latitude=first.latitude,
        longitude=first.longitude,
    )


def search_key(name: str, commune: str | None, pairs: Sequence[Pair]) -> str:
    """Return what a site is searched by: unaccented lower-case name, commune, FASE numbers."""
    numbers = " ".join(f"{shown_pair(pair)} {pair[1]}" for pair in sorted(pairs))
    words = f"{plain(name)} {plain(commune or '')}".strip()
    return f"{words[: _SEARCH_KEY_LENGTH // 2]} {numbers}"[:_SEARCH_KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class _Member:
    entry: ImplantationEntry
    site_id: int | None


def _address_key(entry: ImplantationEntry) -> str | None:
    """Return commune and address in one form, or None where the address is not told."""
    words = [w for w in plain(entry.address or "").split() if w not in _NUMBER_WORDS]
    if not words:
        return None
    commune = find_commune(entry.commune)
    place = commune.refnis if commune else plain(entry.commune or entry.locality or "")
    return f"{place}: {' '.join(_ABBREVIATIONS.get(word, word) for word in words)}"


def _buildings(together: Sequence[_Member]) -> Iterator[list[_Member]]:
    """Yield the members of one address by building."""
    numbered = _HOUSE_NUMBER.search(plain(together[0].entry.address or "")) is not None
    for group in _by_postal_code(together):
        if numbered:
            yield group
        else:
            yield from _by_position(group)


def _by_postal_code(together: Sequence[_Member]) -> list[list[_Member]]:
    """Part members by postal code: merged communes hold one street name several times."""
    codes = sorted({code for member in together if (code := member.entry.postal_code)})
    if len(codes) <= 1:
        return [list(together)]
    return [
        group
        for code in (*codes, None)
        if (group := [member for member in together if member.entry.postal_code == code])
    ]


def _by_position(together: Sequence[_Member]) -> list[list[_Member]]:
    groups: list[list[_Member]] = []
    for member in together:
        near = next(
            (group for group in groups if any(_at_one_door(member, m) for m in group)), None
        )
        if near is None:
            groups.append([member])
        else:
            near.append(member)
    return groups


def _at_one_door(one: _Member, other: _Member) -> bool:
    a, b = _position(one.entry), _position(other.entry)
    return a is not None and b is not None and distance_m(a, b) <= SAME_DOOR_M


def _position(entry: ImplantationEntry) -> Position | None:
    if entry.latitude is None or entry.longitude is None:
        return None
    return Position(entry.latitude, entry.longitude)
