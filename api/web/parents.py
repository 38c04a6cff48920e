"""The calculator of operation 2, for parents: no account, no cookie, nothing kept of what is asked.

A form that only asks (GET) needs no script. What is written stands in the address alone, and the
log holds addresses without their query (`api.http.middleware`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.needs import Anybody
from api.web import typed
from api.web.templating import page
from inventory import clock
from inventory.programme.dossier.machine import BRUSSELS
from inventory.programme.parents import (
    Contract,
    Estimate,
    Rules,
    estimate,
    rules_on,
    solidarity_fund,
    versions,
)
from inventory.programme.parents.rules import LAST_SCHOOL_YEAR
from inventory.sentences import N_

router = APIRouter(include_in_schema=False, dependencies=[Anybody("parents have no account")])

_MAX_PRICE, _MAX_PUPILS = Decimal(100_000), 100_000
_Field = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was written in the form, as it was written, and what does not fit, by field."""

    prix: str = ""
    formule: str = ""
    annee: str = ""
    date: str = ""
    eleves: str = ""
    pourcent: str = ""
    problems: dict[str, str] = field(default_factory=dict)


@router.get("/parents")
def calculator(
    request: Request,
    *,
    prix: _Field = "",
    formule: _Field = "achat",
    annee: _Field = "",
    jour: Annotated[str, Query(alias="date", max_length=40)] = "",
    eleves: _Field = "",
    pourcent: _Field = "",
) -> Response:
    """Show the calculator, and what it answers to what was asked."""
    asked = _Asked(prix, formule, annee, jour, eleves, pourcent)
    today = clock.now().astimezone(BRUSSELS).date()
    signed = typed.day(jour) if jour else today
    if signed is None:
        asked.problems["date"] = N_("Écrivez la date comme 15/01/2027.")
    rules = rules_on(signed) if signed else None
    return page(
        request,
        "parents.html",
        asked=asked,
        rules=rules,
        versions=versions(),
        signed=signed,
        years=range(1, LAST_SCHOOL_YEAR + 1),
        lengths=sorted(rules.rental_shares) if rules else (),
        result=_family(rules, asked),
        fund=_fund(rules, asked),
    )


def _family(rules: Rules | None, asked: _Asked) -> Estimate | None:
    if not asked.prix and not asked.annee:
        return None
    price = typed.amount(asked.prix)
    if price is None or not 0 < price <= _MAX_PRICE:
        asked.problems["prix"] = N_("Écrivez un montant en euros, comme 499,90.")
    school_year = typed.whole(asked.annee, LAST_SCHOOL_YEAR)
    if not school_year:
        asked.problems["annee"] = N_("Choisissez l’année de l’élève.")
    lengths: Mapping[str, int | None] = {"achat": None} | {
        f"location-{years}": years for years in (rules.rental_shares if rules else ())
    }
    if asked.formule not in lengths:
        asked.problems["formule"] = N_("Choisissez l’achat ou une durée de location.")
    if rules is None or price is None or not school_year or asked.problems:
        return None
    return estimate(rules, Contract(school_year, price, lengths[asked.formule]))


def _fund(rules: Rules | None, asked: _Asked) -> Decimal | None:
    if not asked.eleves and not asked.pourcent:
        return None
    pupils = typed.whole(asked.eleves, _MAX_PUPILS)
    if pupils is None:
        asked.problems["eleves"] = N_("Écrivez un nombre d’élèves.")
    percent = typed.amount(asked.pourcent)
    if percent is None or not 0 <= percent <= 100:
        asked.problems["pourcent"] = N_("Écrivez un pourcentage entre 0 et 100.")
    if rules is None or pupils is None or percent is None or "pourcent" in asked.problems:
        return None
    return solidarity_fund(rules, pupils, percent)
