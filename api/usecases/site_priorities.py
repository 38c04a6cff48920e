"""What is told of a site's priority: by the administration, the adviser, and its cadastre."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.lookup import find_site
from inventory import clock
from inventory.errors import InvalidInput, NotFound
from inventory.models import CadastreAnswer, CadastreEdition, CadastreResponse, SitePriority
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.planning.cost import estimate
from inventory.programme.planning.facts import Connection, SiteFacts
from inventory.programme.planning.from_cadastre import FIELDS, with_cadastre
from inventory.programme.planning.rules import DEFAULT_RULES, planning_rules
from inventory.programme.planning.score import score

_NUMBERS = {
    "pupils": (0, 20_000),
    "classes": (0, 2_000),
    "ise_class": (1, 20),
    "adviser_urgency": (0, 3),
}
_MAX_NOTE = 1000
_FIELDS = (*_NUMBERS, "connection", "holidays_only", "adviser_note")
_YES = {"oui": True, "yes": True, "true": True, "1": True}
_NO = {"non": False, "no": False, "false": False, "0": False}


def tell_priority(
    session: Session, site_id: int, told: Mapping[str, str | None], *, actor: str
) -> SitePriority:
    """Keep what is told of a site and return its row; an empty value takes a fact back.

    Raises InvalidInput for an unknown fact or a value that does not fit; nothing is kept then.
    """
    values = {name: _value(name, text) for name, text in told.items()}
    row = session.get(SitePriority, site_id) or SitePriority(
        site_id=site_id, updated_by=actor, updated_at=clock.now()
    )
    changed = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    if changed:
        row.updated_by, row.updated_at = actor, clock.now()
        session.add(row)
        session.flush()
    return row


def import_priorities(session: Session, path: Path, *, actor: str) -> int:
    """Keep what a CSV file tells (`site` and columns named as the facts); return how many rows.

    `site` is a FASE pair or name. Raises InvalidInput with the line that does not fit; then
    nothing is kept.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("the file cannot be read as UTF-8 text", where=str(path)) from error
    sample = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=";" if ";" in sample else ",")
    columns = [each.strip() for each in reader.fieldnames or ()]
    unknown = [each for each in columns if each != "site" and each not in _FIELDS]
    if "site" not in columns or unknown or len(columns) < 2:
        raise InvalidInput(
            "the first line names the columns: site and facts",
            where=str(path),
            todo=f"facts are {', '.join(_FIELDS)}",
        )
    reader.fieldnames = columns
    count = 0
    for number, line in enumerate(reader, start=2):
        try:
            site = find_site(session, line["site"] or "")
            told = {name: line[name] for name in columns if name != "site"}
            assert site.id is not None
            tell_priority(session, site.id, told, actor=actor)
        except (InvalidInput, NotFound) as error:
            raise InvalidInput(error.what, where=f"{path}, line {number}") from error
        count += 1
    return count


def score_of_site(session: Session, site_id: int) -> dict[str, Any]:
    """Return a site's score by today's rules with its parts, and what it will cost (EUR)."""
    rules = planning_rules(DEFAULT_RULES)
    facts = facts_of_sites(session, [site_id])[site_id]
    points, cost = score(facts, rules), estimate(facts, rules)
    return {
        "rules": rules.version,
        "points": points.points,
        "at_most": round(points.at_most, 1),
        "missing": list(points.missing),
        "parts": [asdict(part) for part in points.parts],
        "access_points": cost.access_points,
        "cost": str(cost.amount),
        "vat_percent": str(cost.vat_percent),
        "size_assumed": cost.assumed,
    }


def facts_of_sites(session: Session, site_ids: Iterable[int]) -> dict[int, SiteFacts]:
    """Return what is known of sites; one of which nothing is told has facts that are all None.

    The newest validated cadastre goes before what the administration told.
    """
    wanted = list(site_ids)
    found: dict[int, SiteFacts] = dict.fromkeys(wanted, SiteFacts())
    for part in _parts(wanted):
        for row in session.exec(select(SitePriority).where(col(SitePriority.site_id).in_(part))):
            found[row.site_id] = SiteFacts(
                pupils=row.pupils,
                classes=row.classes,
                connection=Connection(row.connection) if row.connection else None,
                ise_class=row.ise_class,
                adviser_urgency=row.adviser_urgency,
                holidays_only=row.holidays_only,
            )
        for site_id, answers in _validated(session, part).items():
            found[site_id] = with_cadastre(found[site_id], answers)
    return found


def _validated(session: Session, site_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the answers of the newest validated cadastre of each site that has one."""
    rows = session.exec(
        select(CadastreResponse.site_id, CadastreResponse.id)
        .join(CadastreEdition, col(CadastreEdition.id) == col(CadastreResponse.edition_id))
        .where(col(CadastreResponse.site_id).in_(site_ids))
        .where(CadastreResponse.state == ResponseState.VALIDATED)
        .order_by(col(CadastreEdition.opens_on))
    )
    newest = dict(rows.all())
    found: dict[int, dict[str, Any]] = {site_id: {} for site_id in newest}
    places = {response_id: site_id for site_id, response_id in newest.items()}
    told = session.exec(
        select(CadastreAnswer)
        .where(col(CadastreAnswer.response_id).in_([each for each in places if each is not None]))
        .where(col(CadastreAnswer.field_id).in_(FIELDS))
    )
    for answer in told:
        found[places[answer.response_id]][answer.field_id] = answer.value
    return found


def _parts(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[first : first + size] for first in range(0, len(ids), size))


def _value(name: str, text: str | None) -> Any:
    if name not in _FIELDS:
        raise InvalidInput(f"there is no fact {name}", todo=f"one of {', '.join(_FIELDS)}")
    given = (text or "").replace("\0", "").strip()
    if not given:
        return None
    if name in _NUMBERS:
        least, most = _NUMBERS[name]
        if not (given.isascii() and given.isdigit() and least <= int(given[:9]) <= most):
            raise InvalidInput(f"{name} is a number from {least} to {most}", where=given[:40])
        return int(given)
    if name == "connection":
        if given not in set(Connection):
            raise InvalidInput(f"connection is one of {', '.join(Connection)}", where=given[:40])
        return given
    if name == "holidays_only":
        answer = (_YES | _NO).get(given.lower())
        if answer is None:
            raise InvalidInput("holidays_only is yes or no", where=given[:40])
        return answer
    if len(given) > _MAX_NOTE:
        raise InvalidInput(f"a note has at most {_MAX_NOTE} characters")
    return given
