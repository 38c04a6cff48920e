"""Lots and the contractors that build them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.errors import InvalidInput
from inventory.models import Contractor, Dossier, Lot

_MAX_NAME = 100


def lot_named(session: Session, name: str | None) -> int | None:
    """Return the id of the lot of that name, None for no name.

    Raises InvalidInput for an unknown one, naming those that there are.
    """
    if name is None:
        return None
    found = session.exec(select(Lot.id).where(Lot.name == name)).first()
    if found is None:
        known = session.exec(select(Lot.name).order_by(Lot.name)).all()
        raise InvalidInput(f"there is no lot {name}", todo=_choice(known, "preau lot add"))
    return found


def contractor_named(session: Session, name: str) -> int:
    """Return the id of the contractor of that name; raises InvalidInput for an unknown one."""
    found = session.exec(select(Contractor.id).where(Contractor.name == name)).first()
    if found is None:
        known = session.exec(select(Contractor.name).order_by(Contractor.name)).all()
        raise InvalidInput(
            f"there is no contractor {name}", todo=_choice(known, "preau contractor add")
        )
    return found


def define_contractor(
    session: Session, name: str, *, company_number: str | None = None
) -> Contractor:
    """Make a contractor, or change in it what is told; raises InvalidInput for a name too long."""
    row = session.exec(select(Contractor).where(Contractor.name == name)).first()
    row = row or Contractor(name=checked_name(name))
    if company_number is not None:
        row.company_number = company_number.strip() or None
    session.add(row)
    session.flush()
    return row


def define_lot(
    session: Session,
    name: str,
    *,
    contractor: str | None = None,
    sites_per_year: int | None = None,
) -> Lot:
    """Make a lot, or change in it what is told; an empty contractor takes it back.

    Raises InvalidInput for an unknown contractor, a name too long or a number below 0.
    """
    row = session.exec(select(Lot).where(Lot.name == name)).first() or Lot(name=checked_name(name))
    if contractor is not None:
        row.contractor_id = contractor_named(session, contractor) if contractor else None
    if sites_per_year is not None:
        if not 0 <= sites_per_year <= 100_000:
            raise InvalidInput("a lot takes 0 to 100,000 sites a year", where=name)
        row.sites_per_year = sites_per_year
    session.add(row)
    session.flush()
    return row


def list_contractors(session: Session) -> list[dict[str, Any]]:
    """Return the contractors by name, each with the names of its lots."""
    lots: dict[int | None, list[str]] = {}
    for contractor_id, name in session.exec(select(Lot.contractor_id, Lot.name).order_by(Lot.name)):
        lots.setdefault(contractor_id, []).append(name)
    rows = session.exec(select(Contractor).order_by(Contractor.name))
    return [{**row.model_dump(), "lots": lots.get(row.id, [])} for row in rows]


def list_lots(session: Session) -> list[dict[str, Any]]:
    """Return the lots by name, each with its contractor and how many dossiers it holds."""
    dossiers = dict(
        session.exec(
            select(Dossier.lot_id, func.count())
            .where(col(Dossier.lot_id).is_not(None))
            .group_by(col(Dossier.lot_id))
        ).all()
    )
    rows = session.exec(
        select(Lot, Contractor.name)
        .join(Contractor, col(Contractor.id) == col(Lot.contractor_id), isouter=True)
        .order_by(Lot.name)
    )
    return [
        {**lot.model_dump(), "contractor": contractor, "dossiers": dossiers.get(lot.id, 0)}
        for lot, contractor in rows
    ]


def checked_name(name: str) -> str:
    """Return a name without its outer spaces; raises InvalidInput for none or one too long."""
    shown = name.strip()
    if not shown or len(shown) > _MAX_NAME or not shown.isprintable():
        raise InvalidInput(f"a name has 1 to {_MAX_NAME} characters", where=name[:_MAX_NAME])
    return shown


def _choice(known: Sequence[str], command: str) -> str:
    return f"one of: {', '.join(known)}" if known else f"there is none yet: {command}"
