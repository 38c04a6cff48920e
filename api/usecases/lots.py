"""Lots: the parts of the programme that one contractor builds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.contractors import contractor_named, find_contractor
from api.usecases.locks import lock_on
from api.usecases.programme_names import checked_name, checked_reason, choice
from inventory.changes import because
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import Contractor, Dossier, Lot
from inventory.sentences import Sentence

MAX_SITES_PER_YEAR = 100_000


@dataclass(frozen=True, slots=True)
class LotValues:
    """What people tell of a lot; None: nobody builds it yet, or a number that is not told."""

    name: str
    contractor_id: int | None = None
    sites_per_year: int | None = None


def lot_named(session: Session, name: str | None) -> int | None:
    """Return the id of the lot of that name, None for no name.

    Raises InvalidInput for an unknown one, naming those that there are.
    """
    if name is None:
        return None
    found = session.exec(select(Lot.id).where(Lot.name == name)).first()
    if found is None:
        known = session.exec(select(Lot.name).order_by(Lot.name)).all()
        raise InvalidInput(
            Sentence("Il n’y a pas de lot %(name)s", name=name), todo=choice(known, "preau lot add")
        )
    return found


def find_lot(session: Session, lot_id: int, *, to_change: bool = False) -> Lot:
    """Return a lot, locked `to_change` it; raises NotFound."""
    row = session.get(Lot, lot_id, with_for_update=to_change)
    if row is None:
        raise NotFound(Sentence("Il n’y a pas de lot n°\u00a0%(id)s", id=lot_id))
    return row


def lot_values(row: Lot) -> LotValues:
    """Return what people told of a lot."""
    return LotValues(row.name, row.contractor_id, row.sites_per_year)


def lot_lock(row: Lot) -> str:
    """Return what stands for the state of a lot that a change is about."""
    return lock_on(asdict(lot_values(row)))


def create_lot(session: Session, values: LotValues, *, reason: str | None = None) -> Lot:
    """Make a lot; raises Conflict for a name that is taken, NotFound, InvalidInput."""
    because(session, checked_reason(reason))
    return _written(session, Lot(name=""), values)


def change_lot(session: Session, row: Lot, values: LotValues, *, reason: str | None) -> Lot:
    """Change a lot, and record why; raises Conflict, InvalidInput, NotFound."""
    because(session, checked_reason(reason, needed=True))
    return _written(session, row, values)


def define_lot(
    session: Session,
    name: str,
    *,
    contractor: str | None = None,
    sites_per_year: int | None = None,
    reason: str | None = None,
) -> Lot:
    """Make a lot, or change in it what is told; an empty contractor takes it back.

    Raises InvalidInput for an unknown contractor, a name too long or a number below 0.
    """
    because(session, checked_reason(reason))
    row = session.exec(select(Lot).where(Lot.name == name)).first()
    values = lot_values(row) if row else LotValues(name)
    if contractor is not None:
        found = contractor_named(session, contractor) if contractor else None
        values = replace(values, contractor_id=found)
    if sites_per_year is not None:
        values = replace(values, sites_per_year=sites_per_year)
    return _written(session, row or Lot(name=""), values)


def list_lots(
    session: Session, *, after: str | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return the lots by name, those after the name `after`, each with its contractor and dossiers.

    One more than `limit` are returned where there are more.
    """
    query = (
        select(Lot, Contractor.name)
        .join(Contractor, col(Contractor.id) == col(Lot.contractor_id), isouter=True)
        .order_by(Lot.name)
    )
    if after is not None:
        query = query.where(Lot.name > after)
    if limit is not None:
        query = query.limit(limit + 1)
    rows = session.exec(query).all()
    dossiers = _dossiers_of(session, [lot.id or 0 for lot, _ in rows])
    return [
        {**lot.model_dump(), "contractor": contractor, "dossiers": dossiers.get(lot.id, 0)}
        for lot, contractor in rows
    ]


def lot_line(session: Session, row: Lot) -> dict[str, Any]:
    """Return a lot as the list tells it."""
    contractor = find_contractor(session, row.contractor_id).name if row.contractor_id else None
    dossiers = _dossiers_of(session, [row.id or 0]).get(row.id, 0)
    return {**row.model_dump(), "contractor": contractor, "dossiers": dossiers}


def _dossiers_of(session: Session, ids: Sequence[int]) -> dict[int | None, int]:
    return dict(
        session.exec(
            select(Dossier.lot_id, func.count())
            .where(col(Dossier.lot_id).in_(ids))
            .group_by(col(Dossier.lot_id))
        ).all()
    )


def _written(session: Session, row: Lot, values: LotValues) -> Lot:
    name = checked_name(values.name)
    taken = session.exec(select(Lot.id).where(Lot.name == name)).first()
    if taken not in {None, row.id}:
        raise Conflict(Sentence("Il y a déjà un lot %(name)s", name=name))
    if values.contractor_id is not None:
        find_contractor(session, values.contractor_id)
    yearly = values.sites_per_year
    if yearly is not None and not 0 <= yearly <= MAX_SITES_PER_YEAR:
        raise InvalidInput(
            Sentence("Un lot prend de 0 à %(most)s sites par an", most=MAX_SITES_PER_YEAR),
            where=name,
        )
    row.name, row.contractor_id, row.sites_per_year = name, values.contractor_id, yearly
    session.add(row)
    session.flush()
    return row
