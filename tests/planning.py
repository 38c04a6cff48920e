"""Problems of planning, for tests: small, and with names that say what they are."""

from datetime import date
from decimal import Decimal
from typing import Any

from inventory.programme.planning.problem import (
    PlanFunding,
    PlanLot,
    PlanSite,
    Problem,
    Quarter,
    Slot,
)
from inventory.programme.planning.rules import DEFAULT_RULES, planning_rules

YEAR = 2027
EVERY = frozenset(Quarter(year, number) for year in range(YEAR, YEAR + 4) for number in range(1, 5))


def site(site_id: int, score: float = 50, **more: Any) -> PlanSite:
    """Return a site that can be worked on at any time, for 10,000 EUR."""
    values: dict[str, Any] = {
        "name": f"École {site_id}",
        "area": "Namur",
        "cost": Decimal(10_000),
        "open_quarters": EVERY,
        **more,
    }
    return PlanSite(site_id=site_id, score=score, **values)


def problem(*sites: PlanSite, **more: Any) -> Problem:
    """Return a problem of two years, two lots of two sites a year, one source without a ceiling."""
    values: dict[str, Any] = {
        "first_year": YEAR,
        "years": 2,
        "lots": (PlanLot(1, "Lot 1", 2), PlanLot(2, "Lot 2", 2)),
        "funding": (PlanFunding(1, "PRR", None),),
        "sites_per_year": 4,
        "quarter_share": 0.5,
        "days_to_acceptance": 45,
        "optimiser": planning_rules(DEFAULT_RULES).optimiser.model_copy(
            update={"gap": 0.0, "time_limit_s": 20.0, "lots_time_limit_s": 20.0}
        ),
        **more,
    }
    return Problem(sites=sites, **values)


def slot(year: int = YEAR, number: int = 1, lot: int = 1, funding: int = 1) -> Slot:
    """Return a place."""
    return Slot(Quarter(year, number), lot, funding)


def source(number: int, *, left: int | None = None, ends_on: date | None = None) -> PlanFunding:
    """Return a funding source of a ceiling and an end."""
    return PlanFunding(number, f"F{number}", None if left is None else Decimal(left), None, ends_on)
