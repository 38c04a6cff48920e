"""What is left to pay for one computer, and what a school's solidarity fund receives. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from inventory.programme.parents.rules import LAST_SCHOOL_YEAR, Rules
from inventory.sentences import Sentence

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Contract:
    """What the parents would sign. `price` is in euros, VAT included.

    `rental_years` None: a purchase, whose price is paid once; else the price is what one year
    costs. `school_year` is the pupil's year of secondary education, 1 to 7.
    """

    school_year: int
    price: Decimal
    rental_years: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Euros in all, and in each year of a rental (of a purchase: once).

    `refused` says why the Federation pays nothing; its shares are then 0.
    """

    federation: Decimal
    parents: Decimal
    federation_a_year: Decimal
    parents_a_year: Decimal
    refused: Sentence | None = None


def estimate(rules: Rules, contract: Contract) -> Estimate:
    """Return who pays what: the Federation's share is taken off the price, never more than it."""
    years = contract.rental_years or 1
    price = _cents(contract.price)
    refused = _refused(rules, contract)
    share = Decimal(0)
    if refused is None:
        share = (
            rules.purchase_share
            if contract.rental_years is None
            else rules.rental_shares[contract.rental_years]
        )
    share = min(_cents(share), price)
    return Estimate(
        federation=share * years,
        parents=(price - share) * years,
        federation_a_year=share,
        parents_a_year=price - share,
        refused=refused,
    )


def solidarity_fund(rules: Rules, pupils: int, percent: Decimal) -> Decimal:
    """Return what a school receives for families in difficulty: (N x X %) x a device's amount."""
    return _cents(Decimal(pupils) * percent / 100 * rules.solidarity_per_device)


def _refused(rules: Rules, contract: Contract) -> Sentence | None:
    if not rules.first_school_year <= contract.school_year <= LAST_SCHOOL_YEAR:
        return Sentence(
            "L’aide va aux élèves à partir de la %(first)se année du secondaire.",
            first=rules.first_school_year,
        )
    if contract.rental_years is not None and contract.rental_years not in rules.rental_shares:
        return Sentence(
            "L’aide à la location vaut pour un contrat de %(lengths)s ans.",
            lengths=tuple(sorted(rules.rental_shares)),
        )
    return None


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
