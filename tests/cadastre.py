"""Answers to the cadastre that are complete, and a campaign to give them in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from api.usecases.brussels import today
from api.usecases.cadastre_decisions import Signer, document_of, submit
from api.usecases.cadastre_editions import add_edition, edition_of, shipped_edition
from api.usecases.cadastre_filling import FieldWrite, write_fields
from api.usecases.cadastre_responses import read_form
from inventory.programme.cadastre.documents import sha256_of
from lab.programme_cadastre import NETWORK, SCHOOL

COMPLETE: Mapping[str, Any] = {
    **NETWORK,
    **SCHOOL,
    "contact_name": "Denise Lambert",
    "contact_email": "direction@tilleuls.example",
}
"""Every needed answer of the questionnaire 2026-1, in canonical form."""


def campaign(session: Session, code: str = "INCOR26") -> None:
    """Add an edition that is open today, whatever day it is."""
    shipped = shipped_edition(code)
    days = {"opens_on": today() - timedelta(days=30), "closes_on": today() + timedelta(days=60)}
    add_edition(session, shipped.model_copy(update=days), actor="test")


def fill(
    session: Session,
    site_id: int,
    answers: Mapping[str, Any] = COMPLETE,
    *,
    code: str = "INCOR26",
    actor: str = "user:denise",
) -> None:
    """Write answers into the response of a site."""
    writes = [FieldWrite(name, value) for name, value in answers.items()]
    write_fields(session, edition_of(session, code), site_id, writes, actor=actor)


def sign(session: Session, site_id: int, *, code: str = "INCOR26") -> None:
    """Sign and submit a response as its head sees it."""
    edition = edition_of(session, code)
    shown = document_of(session, read_form(session, edition, site_id))
    signer = Signer("user:denise", "Denise Lambert")
    submit(session, edition, site_id, signer, sha256=sha256_of(shown))
