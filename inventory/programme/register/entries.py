"""What the register says of authorities, schools, implantations and their offers, as values.

The same values are made from an edition and from the database, so that comparing the two is
comparing values. None is "not told". Keys are FASE numbers; names are as written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

Pair = tuple[int, int]  # FASE of the établissement, FASE of the implantation


@dataclass(frozen=True, slots=True)
class AuthorityEntry:
    """A pouvoir organisateur."""

    fase: int
    name: str
    company_number: str | None = None
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class SchoolEntry:
    """An établissement."""

    fase: int
    name: str
    company_number: str | None = None
    education_network: str | None = None
    authority_fase: int | None = None
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class OfferEntry:
    """One type of education at an implantation."""

    kind: str
    level: str | None = None
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class ImplantationEntry:
    """An implantation. `province` follows from the commune. Degrees are WGS 84."""

    school_fase: int
    fase: int
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    commune: str | None = None
    province: str | None = None
    district: str | None = None
    basin: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def pair(self) -> Pair:
        """The FASE pair that identifies it."""
        return self.school_fase, self.fase


@dataclass(frozen=True, slots=True)
class Register:
    """A whole register. Offers are by pair, then by `offer_key`; `closed` holds closed pairs."""

    authorities: Mapping[int, AuthorityEntry] = field(default_factory=dict)
    schools: Mapping[int, SchoolEntry] = field(default_factory=dict)
    implantations: Mapping[Pair, ImplantationEntry] = field(default_factory=dict)
    offers: Mapping[Pair, Mapping[str, OfferEntry]] = field(default_factory=dict)
    closed: frozenset[Pair] = frozenset()
    closed_offers: frozenset[tuple[Pair, str]] = frozenset()


def values_of(
    entry: AuthorityEntry | SchoolEntry | ImplantationEntry | OfferEntry,
) -> dict[str, Any]:
    """Return an entry's fields by name; unlike `dataclasses.asdict` it copies no value."""
    return {each.name: getattr(entry, each.name) for each in fields(entry)}
