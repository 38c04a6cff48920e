"""Which of what discovery finds is accepted without asking: rules as rows, and Préau's own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from inventory import clock
from inventory.errors import InvalidInput, NotFound
from inventory.models import DeviceRole, ProposalRule, ProposalSource, Site, Zone
from inventory.proposals import Criteria, Found
from inventory.vendors.family import family

ANSWERING = "answering"
"""Préau's own rule: what answers to a zone's own credential is a device at the zone's site."""

_BUILT_IN = {ANSWERING: Criteria(answered=True)}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that is in force. `site_id` None: where it is proposed; `role` None: as it is seen.

    `anywhere`: it accepts also what is proposed for no site.
    """

    name: str
    criteria: Criteria
    row_id: int | None = None
    site_id: int | None = None
    role: DeviceRole | None = None
    anywhere: bool = False


def rules_in_force(session: Session) -> list[Rule]:
    """Return the rules that accept, in the order in which they are tried: Préau's own last."""
    rows = session.exec(select(ProposalRule).order_by(col(ProposalRule.id))).all()
    own = [_rule(row) for row in rows if row.active and row.built_in is None]
    switched = {row.built_in: row.active for row in rows}
    return own + [
        Rule(name, criteria, anywhere=True)
        for name, criteria in _BUILT_IN.items()
        if switched.get(name, True)
    ]


def _rule(row: ProposalRule) -> Rule:
    return Rule(
        name=str(row.id),
        criteria=Criteria(row.zone_id, row.source, row.family, row.oui, row.name_pattern),
        row_id=row.id,
        site_id=row.site_id,
        role=row.role,
    )


def first_that_accepts(
    rules: Sequence[Rule], found: Found, zone: Zone, site_id: int | None
) -> Rule | None:
    """Return the first rule that makes `found` a device; None: a person is asked.

    `site_id` is the site that it is proposed for. A rule that would leave it without a site is
    passed over, but for Préau's own: a zone that several sites share has devices of no site.
    """
    for rule in rules:
        if rule.criteria.hold(found, zone.id or 0) and (
            rule.anywhere or rule.site_id or site_id is not None
        ):
            return rule
    return None


def add_rule(
    session: Session,
    *,
    actor: str,
    zone: Zone | None = None,
    source: ProposalSource | None = None,
    family_id: str | None = None,
    oui: str | None = None,
    name_pattern: str | None = None,
    site: Site | None = None,
    role: DeviceRole | None = None,
) -> ProposalRule:
    """Make a rule that accepts what is all of this, and return it.

    Raises InvalidInput when it says nothing of what it accepts or when the OUI is none, NotFound
    for an unknown family.
    """
    if not (zone or source or family_id or oui or name_pattern):
        raise InvalidInput(
            "a rule that asks nothing would accept everything",
            todo="give at least one of --zone, --source, --family, --oui and --name",
        )
    row = ProposalRule(
        zone_id=zone.id if zone else None,
        source=source,
        family=family(family_id).id if family_id else None,
        oui=_oui(oui) if oui else None,
        name_pattern=name_pattern or None,
        site_id=site.id if site else None,
        role=role,
        created_at=clock.now(),
        created_by=actor,
    )
    session.add(row)
    session.flush()
    return row


def _oui(text: str) -> str:
    bare = re.sub(r"[:.-]", "", text.strip().lower())
    if not re.fullmatch(r"[0-9a-f]{6}", bare):
        raise InvalidInput(
            f"{text} is no OUI", todo="write the first three octets of an address, as 00:1b:21"
        )
    return bare


def list_rules(session: Session) -> list[tuple[ProposalRule, str | None, str | None]]:
    """Return every rule with the names of its zone and site; Préau's own last, switched or not."""
    rows = session.exec(
        select(ProposalRule, Zone.name, Site.name)
        .join(Zone, col(Zone.id) == ProposalRule.zone_id, isouter=True)
        .join(Site, col(Site.id) == ProposalRule.site_id, isouter=True)
        .order_by(col(ProposalRule.built_in).is_not(None), col(ProposalRule.id))
    ).all()
    found = [(row, zone, site) for row, zone, site in rows]
    known = {row.built_in for row, _, _ in found}
    return found + [
        (ProposalRule(built_in=name, created_at=clock.now(), created_by="Préau"), None, None)
        for name in _BUILT_IN
        if name not in known
    ]


def switch_rule(session: Session, name: str, *, active: bool, actor: str) -> None:
    """Switch the rule with this number, or the one of Préau with this name, on or off.

    What it accepted stays accepted. Raises NotFound.
    """
    if name in _BUILT_IN:
        query = select(ProposalRule).where(ProposalRule.built_in == name)
        row = session.exec(query).first() or ProposalRule(
            built_in=name, created_at=clock.now(), created_by=actor
        )
    else:
        found = session.get(ProposalRule, int(name)) if re.fullmatch(r"[0-9]{1,9}", name) else None
        if found is None or found.built_in is not None:
            raise NotFound(f"there is no rule {name}", todo="run: preau proposal rule list")
        row = found
    row.active = active
    session.add(row)
