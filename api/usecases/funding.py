"""Funding sources: who pays, up to which ceiling, from when to when."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.lots import checked_name
from inventory.errors import InvalidInput
from inventory.models import Dossier, FundingSource

_MOST = Decimal(10) ** 12


def funding_named(session: Session, code: str | None) -> int | None:
    """Return the id of the funding source of that code, None for no code.

    Raises InvalidInput for an unknown one, naming those that there are.
    """
    if code is None:
        return None
    found = session.exec(select(FundingSource.id).where(FundingSource.code == code)).first()
    if found is None:
        known = session.exec(select(FundingSource.code).order_by(FundingSource.code)).all()
        there = f"one of: {', '.join(known)}" if known else "there is none yet: preau funding add"
        raise InvalidInput(f"there is no funding source {code}", todo=there)
    return found


def define_funding(
    session: Session,
    code: str,
    *,
    name: str | None = None,
    ceiling: Decimal | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> FundingSource:
    """Make a funding source, or change in it what is told.

    Raises InvalidInput for a ceiling that is no amount in euros and cents, or an end before the
    start.
    """
    row = session.exec(select(FundingSource).where(FundingSource.code == code)).first()
    row = row or FundingSource(code=checked_name(code), name=checked_name(name or code))
    if name is not None:
        row.name = checked_name(name)
    if ceiling is not None:
        row.ceiling = _amount(ceiling, code)
    row.starts_on = starts_on or row.starts_on
    row.ends_on = ends_on or row.ends_on
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        raise InvalidInput("the funding source ends before it starts", where=code)
    session.add(row)
    session.flush()
    return row


def list_funding(session: Session) -> list[dict[str, Any]]:
    """Return the funding sources by code, each with how many dossiers it pays for."""
    dossiers = dict(
        session.exec(
            select(Dossier.funding_source_id, func.count())
            .where(col(Dossier.funding_source_id).is_not(None))
            .group_by(col(Dossier.funding_source_id))
        ).all()
    )
    rows = session.exec(select(FundingSource).order_by(FundingSource.code))
    return [{**row.model_dump(), "dossiers": dossiers.get(row.id, 0)} for row in rows]


def _amount(value: Decimal, where: str) -> Decimal:
    cents = value * 100 if value.is_finite() else Decimal("0.5")
    if cents != cents.to_integral_value() or not 0 <= value < _MOST:
        raise InvalidInput("a ceiling is an amount in euros with two decimals", where=where)
    return value.quantize(Decimal("0.01"))
