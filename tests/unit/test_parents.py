"""Operation 2: what the Federation pays for a pupil's computer, and the page that calculates it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.database import Database
from inventory.programme.parents import (
    Contract,
    estimate,
    rules_on,
    solidarity_fund,
    versions,
)
from inventory.settings import Settings
from tests.webapp import web_client

NOW, FIRST = date(2026, 12, 1), date(2021, 9, 1)
YEARS = st.integers(1, 7)
PRICES = st.decimals("0.01", "5000", places=2)
FORMULAS = st.sampled_from([None, 3, 4])


@pytest.mark.parametrize(
    ("day", "contract", "parents", "federation"),
    [
        (NOW, Contract(4, Decimal("499.90")), "349.90", "150.00"),
        (NOW, Contract(1, Decimal(180), 3), "390.00", "150.00"),
        (NOW, Contract(1, Decimal(140), 4), "410.00", "150.00"),
        (FIRST, Contract(4, Decimal("499.90")), "424.90", "75.00"),
        (FIRST, Contract(4, Decimal(140), 4), "485.00", "75.00"),
    ],
)
def test_the_share_is_that_of_the_rules_on_the_day_of_the_contract(
    day: date, contract: Contract, parents: str, federation: str
) -> None:
    rules = rules_on(day)
    assert rules is not None
    found = estimate(rules, contract)
    assert (found.parents, found.federation) == (Decimal(parents), Decimal(federation))
    assert found.refused is None


def test_the_first_rules_began_with_the_third_year_and_the_rules_of_2023_with_the_first() -> None:
    first, now = versions()
    refused = estimate(first, Contract(2, Decimal(500)))
    assert refused.federation == 0
    assert refused.refused == "L’aide va aux élèves à partir de la 3e année du secondaire."
    assert estimate(now, Contract(2, Decimal(500))).federation == 150
    assert rules_on(date(2020, 12, 31)) is None


def test_a_rental_of_another_length_is_refused_with_those_that_count() -> None:
    refused = estimate(versions()[-1], Contract(4, Decimal(100), 2)).refused
    assert refused == "L’aide à la location vaut pour un contrat de 3, 4 ans."


@given(st.sampled_from(versions()), YEARS, PRICES, FORMULAS)
def test_nobody_pays_less_than_nothing_and_together_they_pay_the_price(
    rules: object, year: int, price: Decimal, years: int | None
) -> None:
    found = estimate(rules, Contract(year, price, years))  # type: ignore[arg-type]
    assert found.parents >= 0
    assert found.federation >= 0
    assert found.parents + found.federation == price * (years or 1)


def test_the_solidarity_fund_is_so_many_percent_of_the_pupils_by_a_devices_amount() -> None:
    assert solidarity_fund(versions()[-1], 640, Decimal("8.5")) == Decimal("27200.00")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("annee=4&formule=achat&prix=499%2C90&date=2026-12-01", "349,90"),
        ("annee=4&formule=location-3&prix=180&date=01%2F12%2F2026", "390,00"),
        ("annee=4&prix=abc", "Écrivez un montant en euros, comme 499,90."),
        ("annee=&prix=10", "Choisissez l’année de l’élève."),
        ("annee=4&prix=10&formule=x", "Choisissez l’achat ou une durée de location."),
        ("annee=4&prix=NaN", "Écrivez un montant en euros, comme 499,90."),
        ("date=hier", "Écrivez la date comme 15/01/2027."),
        ("annee=4&prix=300&date=2020-01-01", "L’opération n’avait pas commencé à cette date"),
        ("eleves=640&pourcent=8%2C5", "27"),
        ("eleves=x&pourcent=101", "Écrivez un pourcentage entre 0 et 100."),
    ],
)
def test_parents_are_answered_without_an_account_or_a_cookie(
    settings: Settings, database: Database, query: str, shown: str
) -> None:
    with web_client(settings, database) as client:
        answer = client.get(f"/parents?{query}")
    assert answer.status_code == 200
    assert shown in answer.text
    assert "set-cookie" not in answer.headers
