"""Whether a configuration follows a standard: pure functions over its sections."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from inventory.standards.standard import Check, Standard

Sections = Mapping[str, Sequence[str]]


class Wrong(StrEnum):
    """How a section breaks a check."""

    MISSING = "missing"
    FORBIDDEN = "forbidden"
    DISORDERED = "disordered"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One place where a configuration breaks a check. `header` is empty for global lines.

    `line` is the pattern that is missing, or the line that must not be there.
    """

    check: Check
    wrong: Wrong
    header: str
    line: str


def in_force(versions: Sequence[Standard], today: date) -> tuple[Standard, Standard | None]:
    """Return the version that counts today and, in its grace, the one before it.

    `versions` are those of one standard of which at least one has started.
    """
    started = sorted(
        (each for each in versions if each.starts_on <= today), key=lambda each: each.version
    )
    newest = started[-1]
    grace = newest.grace_until is not None and today <= newest.grace_until
    return newest, started[-2] if grace and len(started) > 1 else None


def deviations(
    standard: Standard, sections: Sections, *, role: str, family: str, tags: tuple[str, ...]
) -> Iterator[Deviation]:
    """Yield where a device's configuration breaks the checks that are for it."""
    for check in standard.checks:
        if check.is_for(role, family, tags):
            yield from _deviations(check, sections)


def _deviations(check: Check, sections: Sections) -> Iterator[Deviation]:
    if check.section is None:
        yield from _in_section(check, "", list(sections))
        return
    header_of = _pattern(check.section)
    found = [header for header in sections if header_of.fullmatch(header.strip())]
    if not found and check.needed:
        yield Deviation(check, Wrong.ABSENT, "", check.section)
    for header in found:
        yield from _in_section(check, header, sections[header])


def _in_section(check: Check, header: str, lines: Sequence[str]) -> Iterator[Deviation]:
    words = [line.strip() for line in lines]
    places = []
    for pattern in check.require:
        place = next((n for n, w in enumerate(words) if _pattern(pattern).fullmatch(w)), None)
        if place is None:
            yield Deviation(check, Wrong.MISSING, header, pattern)
        else:
            places.append((place, pattern))
    if check.ordered:
        for (before, _), (after, pattern) in pairwise(places):
            if after < before:
                yield Deviation(check, Wrong.DISORDERED, header, pattern)
    for pattern in check.forbid:
        for word in words:
            if _pattern(pattern).fullmatch(word):
                yield Deviation(check, Wrong.FORBIDDEN, header, word)


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
