"""What an edition of the register changes in what is known.

A value that an edition does not tell never erases one that is known: editions differ in what they
hold. Whatever an edition leaves out altogether is closed, never deleted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from inventory.programme.register.edition import Edition
from inventory.programme.register.entries import (
    AuthorityEntry,
    ImplantationEntry,
    OfferEntry,
    Pair,
    Register,
    SchoolEntry,
)
from inventory.programme.spelling import same_form

Entry = TypeVar("Entry", AuthorityEntry, SchoolEntry, ImplantationEntry, OfferEntry)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """What changes about one subject: `kind` is a table's name, `key` FASE numbers."""

    kind: str
    key: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edition changes. `after` is the register once it is applied."""

    after: Register
    new_authorities: tuple[int, ...]
    new_schools: tuple[int, ...]
    created: tuple[Pair, ...]
    changed: tuple[Changed, ...]
    closed: tuple[Pair, ...]
    reopened: tuple[Pair, ...]
    unchanged: int
    withheld: tuple[Pair, ...]
    """Left out by the edition, but not closed: a line of their school could not be taken."""
    closed_share: float
    """The share of the open implantations that this edition closes, 0 to 1."""

    @property
    def empty(self) -> bool:
        """Whether applying it would write nothing."""
        return not (
            self.new_authorities
            or self.new_schools
            or self.created
            or self.changed
            or self.closed
            or self.reopened
        )


def difference(known: Register, edition: Edition, *, partial: bool = False) -> Difference:
    """Return what `edition` changes in `known`; a `partial` edition closes nothing."""
    told = edition.register
    authorities = _merged_all(known.authorities, told.authorities)
    schools = {
        fase: _with_known_authority(school, known.schools.get(fase), authorities)
        for fase, school in _merged_all(known.schools, told.schools).items()
    }
    implantations = {
        pair: _with_told_province(entry, told.implantations.get(pair))
        for pair, entry in _merged_all(known.implantations, told.implantations).items()
    }
    absent = {
        pair
        for pair in known.implantations.keys() - told.implantations.keys() - known.closed
        if not partial
    }
    withheld = {pair for pair in absent if pair[0] in edition.damaged_schools}
    closed = absent - withheld
    reopened = known.closed & told.implantations.keys()
    offers, closed_offers = _offers(known, edition, partial=partial)
    after = Register(
        authorities=authorities,
        schools=schools,
        implantations=implantations,
        offers=offers,
        closed=(known.closed | closed) - reopened,
        closed_offers=closed_offers,
    )
    created = told.implantations.keys() - known.implantations.keys()
    changed = tuple(sorted(_changes(known, after), key=lambda each: (each.kind, each.key)))
    touched = {
        each.key.split(" ")[0]
        for each in changed
        if each.kind in ("implantation", "teaching_offer")
    }
    same = [
        pair
        for pair in told.implantations.keys() & known.implantations.keys()
        if pair not in reopened and shown_pair(pair) not in touched
    ]
    still_open = len(known.implantations) - len(known.closed)
    return Difference(
        after=after,
        new_authorities=tuple(sorted(authorities.keys() - known.authorities.keys())),
        new_schools=tuple(sorted(schools.keys() - known.schools.keys())),
        created=tuple(sorted(created)),
        changed=changed,
        closed=tuple(sorted(closed)),
        reopened=tuple(sorted(reopened)),
        unchanged=len(same),
        withheld=tuple(sorted(withheld)),
        closed_share=len(closed) / still_open if still_open else 0.0,
    )


def shown_pair(pair: Pair) -> str:
    """Return a FASE pair as people write it."""
    return f"{pair[0]}/{pair[1]}"


def changes_between(before: Entry, after: Entry) -> tuple[FieldChange, ...]:
    """Return the fields that differ between two entries of one subject."""
    pairs = ((f.name, getattr(before, f.name), getattr(after, f.name)) for f in fields(before))
    return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


Key = TypeVar("Key")


def _merged_all(known: Mapping[Key, Entry], told: Mapping[Key, Entry]) -> dict[Key, Entry]:
    merged = dict(known)
    for key, entry in told.items():
        merged[key] = _merged(known[key], entry) if key in known else entry
    return merged


def _merged(known: Entry, told: Entry) -> Entry:
    """Return `known` with what `told` says differently; typography alone is no difference."""
    values: dict[str, Any] = {}
    for field in fields(told):
        old, new = getattr(known, field.name), getattr(told, field.name)
        if new is None or old == new:
            continue
        if isinstance(old, str) and isinstance(new, str) and same_form(old) == same_form(new):
            continue
        values[field.name] = new
    return replace(known, **values)


def _with_known_authority(
    school: SchoolEntry, known: SchoolEntry | None, authorities: Mapping[int, AuthorityEntry]
) -> SchoolEntry:
    """Return `school`; a PO that nobody ever named is left as it was known."""
    if school.authority_fase is None or school.authority_fase in authorities:
        return school
    return replace(school, authority_fase=known.authority_fase if known else None)


def _with_told_province(
    merged: ImplantationEntry, told: ImplantationEntry | None
) -> ImplantationEntry:
    """Return `merged`; its province follows from the commune, also when it becomes unknown."""
    if told is None or told.commune is None:
        return merged
    return replace(merged, province=told.province)


def _offers(
    known: Register, edition: Edition, *, partial: bool
) -> tuple[dict[Pair, dict[str, OfferEntry]], frozenset[tuple[Pair, str]]]:
    offers = {pair: dict(entries) for pair, entries in known.offers.items()}
    closed = set(known.closed_offers)
    for pair, told in edition.register.offers.items():
        before = known.offers.get(pair, {})
        offers[pair] = _merged_all(before, told)
        closed -= {(pair, key) for key in told}
        # An edition without types of education says nothing about them.
        if told and not partial and pair[0] not in edition.damaged_schools:
            closed |= {(pair, key) for key in before.keys() - told.keys()}
    return offers, frozenset(closed)


def _changes(known: Register, after: Register) -> Iterator[Changed]:
    for fase, authority in known.authorities.items():
        if changes := changes_between(authority, after.authorities[fase]):
            yield Changed("organising_authority", str(fase), changes)
    for fase, school in known.schools.items():
        if changes := changes_between(school, after.schools[fase]):
            yield Changed("school", str(fase), changes)
    for pair, implantation in known.implantations.items():
        if changes := changes_between(implantation, after.implantations[pair]):
            yield Changed("implantation", shown_pair(pair), changes)
        yield from _offer_changes(pair, known, after)


def _offer_changes(pair: Pair, known: Register, after: Register) -> Iterator[Changed]:
    before = known.offers.get(pair, {})
    for key, offer in after.offers.get(pair, {}).items():
        subject = f"{shown_pair(pair)} {offer.kind}"
        was_open = key in before and (pair, key) not in known.closed_offers
        is_open = (pair, key) not in after.closed_offers
        changes = changes_between(before[key], offer) if key in before else ()
        if was_open != is_open:
            changes = (*changes, FieldChange("open", was_open, is_open))
        if changes:
            yield Changed("teaching_offer", subject, changes)
