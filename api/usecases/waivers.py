"""Waivers: a person's word that what a rule finds on a device is accepted, until a day."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory import clock
from inventory.errors import InvalidInput
from inventory.findings.finding import rules
from inventory.models import Device, Waiver
from inventory.sentences import Sentence


def subject_key(device: Device) -> str:
    """Return how a device is named as the subject of findings and waivers."""
    return f"device:{device.id}"


def waivers_in_force(
    session: Session, now: datetime, subjects: Sequence[str] | None = None
) -> dict[tuple[str, str], Waiver]:
    """Return the waivers that have not ended, of all or of `subjects`, by (rule id, subject)."""
    query = select(Waiver).where(col(Waiver.ends_at) > now).order_by(col(Waiver.id))
    if subjects is not None:
        query = query.where(col(Waiver.subject).in_(subjects))
    return {(row.rule_id, row.subject): row for row in session.exec(query)}


def waive(
    session: Session, device: Device, rule_id: str, *, reason: str, ends_at: datetime, actor: str
) -> Waiver:
    """Accept what a rule finds on a device until `ends_at` and return the waiver.

    Raises InvalidInput for an unknown rule, an empty reason or an end that is past.
    """
    if rule_id not in rules():
        raise InvalidInput(
            Sentence("La règle %(rule_id)s n’existe pas", rule_id=rule_id),
            todo=Sentence("lancez\u00a0: preau audit rules"),
        )
    if not reason.strip():
        raise InvalidInput(Sentence("Une dérogation demande une raison"), where=rule_id)
    now = clock.now()
    if ends_at <= now:
        raise InvalidInput(Sentence("Une dérogation finit dans le futur"), where=rule_id)
    waiver = Waiver(
        rule_id=rule_id,
        subject=subject_key(device),
        reason=reason.strip(),
        granted_by=actor,
        granted_at=now,
        ends_at=ends_at,
    )
    session.add(waiver)
    session.flush()
    return waiver
