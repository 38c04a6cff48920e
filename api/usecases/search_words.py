"""What is looked for by words, and which sites and devices have each of them, asked beforehand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    literal,
    or_,
    union_all,
)
from sqlalchemy import select as sa_select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from inventory.models import (
    Device,
    Implantation,
    OrganisingAuthority,
    School,
    Site,
    SiteImplantation,
)

MAX_FEW = 100
_NAMED, _SERVED, _BEGUN = "named", "served", "begun"  # how a row has a word
_END = "\U0010ffff"  # after every text that begins as the one before it


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and what is known of each of its words."""

    text: str
    terms: tuple[str, ...]
    """Its words: letters and digits alone, so that LIKE takes each as it is."""
    of_authorities: frozenset[str]
    """Those of the terms that stand in the name of an organising authority."""
    few_sites: Mapping[str, tuple[int, ...]]
    """The sites that have a term, for each term that few have."""
    few_devices: Mapping[str, tuple[int, ...]]
    """The devices whose names begin with a term, for each term of which there are few."""

    def is_nowhere(self, terms: Iterable[str]) -> bool:
        """Return whether there is one among the terms that no site has."""
        return any(self.few_sites.get(term) == () for term in terms)


def look_up(session: Session, text: str, terms: tuple[str, ...]) -> Wanted:
    """Return what is wanted, with all that the lists ask of each of its words.

    Asked once, beforehand, and in one statement: each list would look through all sites, and all
    names of authorities, for a word that few have or none. One that many have soon fills a page.
    """
    told: dict[str, Any] = {"most": MAX_FEW + 1}
    for number, term in enumerate(terms):
        told |= {f"term{number}": term, f"end{number}": term + _END}
    found: dict[tuple[int, str], list[int]] = {}
    for number, part, row_id in session.connection().execute(_query(len(terms)), told).all():
        found.setdefault((number, part), []).append(row_id)

    def few(number: int, *parts: str) -> tuple[int, ...] | None:
        ids = [found.get((number, part), []) for part in parts]
        if any(len(each) > MAX_FEW for each in ids):
            return None
        return tuple(sorted(set().union(*ids)))

    numbered = list(enumerate(terms))
    sites = {term: few(number, _NAMED, _SERVED) for number, term in numbered}
    devices = {term: few(number, _BEGUN) for number, term in numbered}
    return Wanted(
        text,
        terms,
        frozenset(term for number, term in numbered if (number, _SERVED) in found),
        {term: ids for term, ids in sites.items() if ids is not None},
        {term: ids for term, ids in devices.items() if ids is not None},
    )


@cache
def _query(count: int) -> CompoundSelect[Any]:
    """Return the query of which rows have which of so many words: its number, how, the row."""
    parts = []
    for number in range(count):
        term = bindparam(f"term{number}", type_=String)
        end = bindparam(f"end{number}", type_=String)
        name = col(Device.search_name)
        for how, rows in (
            (_NAMED, sa_select(col(Site.id)).where(col(Site.search_key).contains(term))),
            (_SERVED, _served_by(term)),
            (_BEGUN, sa_select(col(Device.id)).where(name >= term, name < end)),
        ):
            some = rows.limit(bindparam("most", type_=Integer)).subquery()
            parts.append(sa_select(literal(number), literal(how), some.c[0]))
    return union_all(*parts)


def _served_by(term: str | ColumnElement[str]) -> Select[Any]:
    """Return the query of the sites of the schools of the authorities whose names have a term."""
    named = col(OrganisingAuthority.search_key).contains(term)
    authorities = sa_select(col(OrganisingAuthority.id)).where(named)
    return (
        sa_select(col(SiteImplantation.site_id))
        .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
        .join(School, col(School.id) == col(Implantation.school_id))
        .where(col(School.organising_authority_id).in_(authorities))
    )


def site_has(wanted: Wanted, term: str) -> ColumnElement[bool]:
    """Return whether a site has a word in its name, commune, FASE numbers or PO's name."""
    if (few := wanted.few_sites.get(term)) is not None:
        return col(Site.id).in_(few)
    has = col(Site.search_key).contains(term)
    if term not in wanted.of_authorities:
        return has
    return or_(has, col(Site.id).in_(_served_by(term)))


def begins(column: Mapped[Any], text: str) -> ColumnElement[bool]:
    """Return whether a text begins so, as a range: both databases then use the column's index."""
    return and_(column >= text, column < text + _END)
