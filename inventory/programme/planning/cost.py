"""What a site will cost, estimated from its size until there is a quote."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from inventory.programme.planning.facts import SiteFacts
from inventory.programme.planning.rules import Rules

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An amount in EUR with VAT at `vat_percent`; `assumed`: the site's size is not told."""

    access_points: int
    amount: Decimal
    vat_percent: Decimal
    assumed: bool


def estimate(facts: SiteFacts, rules: Rules) -> Estimate:
    """Return what a site will cost by `rules`, and by how many access points."""
    cost = rules.cost
    classes: float | None = facts.classes
    if classes is None and facts.pupils is not None:
        classes = facts.pupils / cost.pupils_per_class
    assumed = classes is None
    points = (
        cost.access_points_when_untold
        if classes is None
        else max(cost.minimum_access_points, ceil(classes / cost.classes_per_access_point))
    )
    net = cost.fixed + points * cost.per_access_point
    amount = net * (1 + cost.vat_percent / 100)
    return Estimate(points, amount.quantize(_CENT, ROUND_HALF_UP), cost.vat_percent, assumed)
