"""The register in the database: its rows as entries, and entries back into rows, all in bulk."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from inventory.models import (
    Implantation,
    OrganisingAuthority,
    School,
    Site,
    SiteImplantation,
    TeachingOffer,
)
from inventory.programme.register.difference import Difference
from inventory.programme.register.edition import offer_key
from inventory.programme.register.entries import (
    AuthorityEntry,
    ImplantationEntry,
    OfferEntry,
    Pair,
    Register,
    SchoolEntry,
    values_of,
)


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """Every row of the register, by its FASE numbers; `members` are the pairs of each site."""

    authorities: dict[int, OrganisingAuthority]
    schools: dict[int, School]
    implantations: dict[Pair, Implantation]
    offers: dict[tuple[Pair, str], TeachingOffer]
    sites: dict[int, Site]
    members: dict[int, list[Pair]]


def load_rows(session: Session) -> RegisterRows:
    """Return the whole register; six queries, whatever its size."""
    authorities = {row.fase: row for row in session.exec(select(OrganisingAuthority))}
    schools = {row.fase: row for row in session.exec(select(School))}
    fase_of_school = {row.id: row.fase for row in schools.values()}
    pairs: dict[int | None, Pair] = {}
    implantations: dict[Pair, Implantation] = {}
    for row in session.exec(select(Implantation)):
        pair = (fase_of_school[row.school_id], row.fase)
        pairs[row.id] = pair
        implantations[pair] = row
    offers = {
        (pairs[row.implantation_id], offer_key(row.kind)): row
        for row in session.exec(select(TeachingOffer))
    }
    sites = {row.id: row for row in session.exec(select(Site)) if row.id is not None}
    members: dict[int, list[Pair]] = defaultdict(list)
    for link in session.exec(select(SiteImplantation).order_by(col(SiteImplantation.site_id))):
        members[link.site_id].append(pairs[link.implantation_id])
    return RegisterRows(authorities, schools, implantations, offers, sites, members)


def as_register(rows: RegisterRows) -> Register:
    """Return the rows as the entries that an edition is compared with."""
    fase_of_authority = {row.id: row.fase for row in rows.authorities.values()}
    offers: dict[Pair, dict[str, OfferEntry]] = defaultdict(dict)
    for (pair, key), offer in rows.offers.items():
        offers[pair][key] = _entry(OfferEntry, offer)
    return Register(
        authorities={f: _entry(AuthorityEntry, row) for f, row in rows.authorities.items()},
        schools={
            fase: _entry(
                SchoolEntry, row, authority_fase=fase_of_authority.get(row.organising_authority_id)
            )
            for fase, row in rows.schools.items()
        },
        implantations={
            pair: _entry(ImplantationEntry, row, school_fase=pair[0])
            for pair, row in rows.implantations.items()
        },
        offers=dict(offers),
        closed=frozenset(pair for pair, row in rows.implantations.items() if row.closed_on),
        closed_offers=frozenset(key for key, row in rows.offers.items() if row.closed_on),
    )


def write_register(
    session: Session, rows: RegisterRows, known: Register, difference: Difference, today: date
) -> None:
    """Write what `difference` changes into `rows` and add what it creates, in FASE order.

    Rows are added in that order whatever the order of the file's lines, so that their ids do not
    depend on it.
    """
    after = difference.after
    _write(
        session, rows.authorities, known.authorities, after.authorities, table=OrganisingAuthority
    )
    ids = {fase: row.id for fase, row in rows.authorities.items()}
    _write(
        session,
        rows.schools,
        known.schools,
        after.schools,
        table=School,
        foreign_key=lambda entry: {"organising_authority_id": ids.get(entry.pop("authority_fase"))},
    )
    school_ids = {fase: row.id for fase, row in rows.schools.items()}
    _write(
        session,
        rows.implantations,
        known.implantations,
        after.implantations,
        table=Implantation,
        foreign_key=lambda entry: {"school_id": school_ids[entry.pop("school_fase")]},
    )
    for pair in difference.closed:
        rows.implantations[pair].closed_on = today
    for pair in difference.reopened:
        rows.implantations[pair].closed_on = None
    _write_offers(session, rows, known, after, today)


def _write_offers(
    session: Session, rows: RegisterRows, known: Register, after: Register, today: date
) -> None:
    before = {
        (pair, key): offer for pair, all_of in known.offers.items() for key, offer in all_of.items()
    }
    entries = {
        (pair, key): offer for pair, all_of in after.offers.items() for key, offer in all_of.items()
    }
    for key in sorted(entries):
        if key not in rows.offers:
            implantation = rows.implantations[key[0]]
            assert implantation.id is not None
            row = TeachingOffer(implantation_id=implantation.id, **values_of(entries[key]))
            rows.offers[key] = row
            session.add(row)
        elif entries[key] != before[key]:
            _set(rows.offers[key], values_of(entries[key]))
    for key in after.closed_offers - known.closed_offers:
        rows.offers[key].closed_on = today
    for key in known.closed_offers - after.closed_offers:
        rows.offers[key].closed_on = None
    session.flush()


def _write(
    session: Session,
    rows: dict[Any, Any],
    before: Mapping[Any, Any],
    after: Mapping[Any, Any],
    *,
    table: type[SQLModel],
    foreign_key: Any = lambda _: {},
) -> None:
    for key in sorted(after):
        if after[key] == before.get(key):
            continue
        values = values_of(after[key])
        values |= foreign_key(values)
        if key in rows:
            _set(rows[key], values)
        else:
            rows[key] = table(**values)
            session.add(rows[key])
    session.flush()


def _set(row: SQLModel, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _entry(kind: type[Any], row: SQLModel, **given: Any) -> Any:
    names = [field.name for field in fields(kind) if field.name not in given]
    return kind(**{name: getattr(row, name) for name in names}, **given)
