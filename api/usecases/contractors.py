"""The companies that were awarded lots (adjudicataires)."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.locks import lock_on
from api.usecases.programme_names import checked_name, checked_reason, choice
from inventory.changes import because
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import Contractor, Lot
from inventory.sentences import Sentence

_BCE = re.compile(r"(?:BE)?\s?([01][0-9]{3})[. ]?([0-9]{3})[. ]?([0-9]{3})")


@dataclass(frozen=True, slots=True)
class ContractorValues:
    """What people tell of a contractor; `company_number` None: not told."""

    name: str
    company_number: str | None = None


def contractor_named(session: Session, name: str) -> int:
    """Return the id of the contractor of that name; raises InvalidInput for an unknown one."""
    found = session.exec(select(Contractor.id).where(Contractor.name == name)).first()
    if found is None:
        known = session.exec(select(Contractor.name).order_by(Contractor.name)).all()
        raise InvalidInput(
            Sentence("Il n’y a pas d’adjudicataire %(name)s", name=name),
            todo=choice(known, "preau contractor add"),
        )
    return found


def find_contractor(session: Session, contractor_id: int, *, to_change: bool = False) -> Contractor:
    """Return a contractor, locked `to_change` it; raises NotFound."""
    row = session.get(Contractor, contractor_id, with_for_update=to_change)
    if row is None:
        raise NotFound(Sentence("Il n’y a pas d’adjudicataire n°\u00a0%(id)s", id=contractor_id))
    return row


def contractor_values(row: Contractor) -> ContractorValues:
    """Return what people told of a contractor."""
    return ContractorValues(row.name, row.company_number)


def contractor_lock(row: Contractor) -> str:
    """Return what stands for the state of a contractor that a change is about."""
    return lock_on(asdict(contractor_values(row)))


def create_contractor(
    session: Session, values: ContractorValues, *, reason: str | None = None
) -> Contractor:
    """Make a contractor; raises Conflict for a name that is taken, InvalidInput."""
    because(session, checked_reason(reason))
    return _written(session, Contractor(name=""), values)


def change_contractor(
    session: Session, row: Contractor, values: ContractorValues, *, reason: str | None
) -> Contractor:
    """Change a contractor, and record why; raises Conflict, InvalidInput."""
    because(session, checked_reason(reason, needed=True))
    return _written(session, row, values)


def define_contractor(
    session: Session, name: str, *, company_number: str | None = None, reason: str | None = None
) -> Contractor:
    """Make a contractor, or change in it what is told; raises InvalidInput for a name too long."""
    because(session, checked_reason(reason))
    row = session.exec(select(Contractor).where(Contractor.name == name)).first()
    values = contractor_values(row) if row else ContractorValues(name)
    if company_number is not None:
        values = replace(values, company_number=company_number)
    return _written(session, row or Contractor(name=""), values)


def list_contractors(
    session: Session, *, after: str | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return the contractors by name, those after the name `after`, with the names of their lots.

    One more than `limit` are returned where there are more.
    """
    query = select(Contractor).order_by(Contractor.name)
    if after is not None:
        query = query.where(Contractor.name > after)
    if limit is not None:
        query = query.limit(limit + 1)
    rows = session.exec(query).all()
    lots = _lots_of(session, [row.id or 0 for row in rows])
    return [{**row.model_dump(), "lots": lots.get(row.id, [])} for row in rows]


def contractor_line(session: Session, row: Contractor) -> dict[str, Any]:
    """Return a contractor as the list tells it."""
    return {**row.model_dump(), "lots": _lots_of(session, [row.id or 0]).get(row.id, [])}


def _lots_of(session: Session, ids: Sequence[int]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    query = select(Lot.contractor_id, Lot.name).where(col(Lot.contractor_id).in_(ids))
    for contractor_id, name in session.exec(query.order_by(Lot.name)):
        found.setdefault(contractor_id, []).append(name)
    return found


def _written(session: Session, row: Contractor, values: ContractorValues) -> Contractor:
    name = checked_name(values.name)
    taken = session.exec(select(Contractor.id).where(Contractor.name == name)).first()
    if taken not in {None, row.id}:
        raise Conflict(Sentence("Il y a déjà un adjudicataire %(name)s", name=name))
    row.name, row.company_number = name, _company_number(values.company_number)
    session.add(row)
    session.flush()
    return row


def _company_number(text: str | None) -> str | None:
    """Return a BCE number as its ten digits; raises InvalidInput for what is none.

    The last two digits are 97 less the remainder of the first eight by 97 (Banque-Carrefour des
    Entreprises, structure of the enterprise number).
    """
    told = (text or "").strip()
    if not told:
        return None
    match = _BCE.fullmatch(told)
    digits = "".join(match.groups()) if match else ""
    if not digits or 97 - int(digits[:8]) % 97 != int(digits[8:]):
        raise InvalidInput(
            Sentence("Ceci n’est pas un numéro d’entreprise"),
            where=told[:20],
            todo=Sentence("ses dix chiffres, comme 0202.239.951"),
        )
    return digits
