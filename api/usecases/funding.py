"""Funding sources: who pays, up to which ceiling, from when to when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.locks import lock_on
from api.usecases.programme_names import checked_name, checked_reason, choice
from inventory.changes import because
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import Dossier, FundingSource
from inventory.sentences import Sentence

_MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class FundingValues:
    """What people tell of a funding source; None: not told. The ceiling in EUR with VAT."""

    code: str
    name: str
    ceiling: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def funding_named(session: Session, code: str | None) -> int | None:
    """Return the id of the funding source of that code, None for no code.

    Raises InvalidInput for an unknown one, naming those that there are.
    """
    if code is None:
        return None
    found = session.exec(select(FundingSource.id).where(FundingSource.code == code)).first()
    if found is None:
        known = session.exec(select(FundingSource.code).order_by(FundingSource.code)).all()
        raise InvalidInput(
            Sentence("Il n’y a pas de source de financement %(code)s", code=code),
            todo=choice(known, "preau funding add"),
        )
    return found


def find_funding(session: Session, source_id: int, *, to_change: bool = False) -> FundingSource:
    """Return a funding source, locked `to_change` it; raises NotFound."""
    row = session.get(FundingSource, source_id, with_for_update=to_change)
    if row is None:
        raise NotFound(
            Sentence("Il n’y a pas de source de financement n°\u00a0%(id)s", id=source_id)
        )
    return row


def funding_values(row: FundingSource) -> FundingValues:
    """Return what people told of a funding source."""
    return FundingValues(row.code, row.name, row.ceiling, row.starts_on, row.ends_on)


def funding_lock(row: FundingSource) -> str:
    """Return what stands for the state of a funding source that a change is about."""
    return lock_on(asdict(funding_values(row)))


def create_funding(
    session: Session, values: FundingValues, *, reason: str | None = None
) -> FundingSource:
    """Make a funding source; raises Conflict for a code that is taken, InvalidInput."""
    because(session, checked_reason(reason))
    return _written(session, FundingSource(code="", name=""), values)


def change_funding(
    session: Session, row: FundingSource, values: FundingValues, *, reason: str | None
) -> FundingSource:
    """Change a funding source, and record why; raises Conflict, InvalidInput."""
    because(session, checked_reason(reason, needed=True))
    return _written(session, row, values)


def define_funding(
    session: Session,
    code: str,
    *,
    name: str | None = None,
    ceiling: Decimal | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    reason: str | None = None,
) -> FundingSource:
    """Make a funding source, or change in it what is told.

    Raises InvalidInput for a ceiling that is no amount in euros and cents, or an end before the
    start.
    """
    because(session, checked_reason(reason))
    row = session.exec(select(FundingSource).where(FundingSource.code == code)).first()
    values = funding_values(row) if row else FundingValues(code, name or code)
    values = replace(
        values,
        name=values.name if name is None else name,
        ceiling=values.ceiling if ceiling is None else ceiling,
        starts_on=starts_on or values.starts_on,
        ends_on=ends_on or values.ends_on,
    )
    return _written(session, row or FundingSource(code="", name=""), values)


def list_funding(
    session: Session, *, after: str | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return the funding sources by code, those after the code `after`, each with its dossiers.

    One more than `limit` are returned where there are more.
    """
    query = select(FundingSource).order_by(FundingSource.code)
    if after is not None:
        query = query.where(FundingSource.code > after)
    if limit is not None:
        query = query.limit(limit + 1)
    rows = session.exec(query).all()
    dossiers = _dossiers_of(session, [row.id or 0 for row in rows])
    return [{**row.model_dump(), "dossiers": dossiers.get(row.id, 0)} for row in rows]


def payers(session: Session) -> Sequence[FundingSource]:
    """Return the funding sources by code, for who notes hours on them."""
    return session.exec(select(FundingSource).order_by(FundingSource.code)).all()


def funding_line(session: Session, row: FundingSource) -> dict[str, Any]:
    """Return a funding source as the list tells it."""
    return {**row.model_dump(), "dossiers": _dossiers_of(session, [row.id or 0]).get(row.id, 0)}


def _dossiers_of(session: Session, ids: Sequence[int]) -> dict[int | None, int]:
    return dict(
        session.exec(
            select(Dossier.funding_source_id, func.count())
            .where(col(Dossier.funding_source_id).in_(ids))
            .group_by(col(Dossier.funding_source_id))
        ).all()
    )


def _written(session: Session, row: FundingSource, values: FundingValues) -> FundingSource:
    code = checked_name(values.code)
    taken = session.exec(select(FundingSource.id).where(FundingSource.code == code)).first()
    if taken not in {None, row.id}:
        raise Conflict(Sentence("Il y a déjà une source de financement %(code)s", code=code))
    if values.starts_on and values.ends_on and values.ends_on < values.starts_on:
        raise InvalidInput(
            Sentence("La source de financement finit avant de commencer"), where=code
        )
    row.code, row.name = code, checked_name(values.name)
    row.ceiling = None if values.ceiling is None else _amount(values.ceiling, code)
    row.starts_on, row.ends_on = values.starts_on, values.ends_on
    session.add(row)
    session.flush()
    return row


def _amount(value: Decimal, where: str) -> Decimal:
    cents = value * 100 if value.is_finite() else Decimal("0.5")
    if cents != cents.to_integral_value() or not 0 <= value < _MOST:
        raise InvalidInput(
            Sentence("Un plafond est un montant en euros avec deux décimales"), where=where
        )
    return value.quantize(Decimal("0.01"))
