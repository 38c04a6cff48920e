"""A plan without an optimiser: the highest score first, into the earliest place that has room.

It is what is proposed when the optimiser found nothing in its time, and is told as such.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from inventory.programme.planning.breaches import loads, room_of
from inventory.programme.planning.problem import PlanLot, PlanSite, Problem, Quarter, Slot


@dataclass
class Rooms:
    """What is still free: by year, by lot and year, by lot and quarter, by source."""

    problem: Problem
    by_year: Counter[int] = field(default_factory=Counter)
    by_lot_year: Counter[tuple[int, int]] = field(default_factory=Counter)
    by_quarter: Counter[tuple[int, Quarter]] = field(default_factory=Counter)
    left: dict[int, Decimal | None] = field(default_factory=dict)
    lots_of: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        pinned = list(self.problem.pinned_sites)
        self.by_year, self.by_lot_year, self.by_quarter = loads(
            self.problem, [slot for _, slot in pinned]
        )
        self.left = {each.id: room_of(each, pinned) for each in self.problem.funding}
        self.lots_of.update((site.area, slot.lot_id) for site, slot in pinned)

    def take(self, site: PlanSite, slot: Slot) -> None:
        """Note that a site has a place."""
        self.by_year[slot.quarter.year] += 1
        self.by_lot_year[slot.lot_id, slot.quarter.year] += 1
        self.by_quarter[slot.lot_id, slot.quarter] += 1
        left = self.left[slot.funding_id]
        if left is not None:
            self.left[slot.funding_id] = left - site.cost
        self.lots_of[site.area, slot.lot_id] += 1

    def place_for(self, site: PlanSite) -> Slot | None:
        """Return the earliest free place of a site: a lot that knows its commune before others."""
        for quarter in self.problem.quarters:
            if quarter not in site.open_quarters:
                continue
            lot = self._lot(site, quarter)
            source = self._source(site, quarter)
            if lot is not None and source is not None:
                return Slot(quarter, lot.id, source)
        return None

    def _lot(self, site: PlanSite, quarter: Quarter) -> PlanLot | None:
        if self.by_year[quarter.year] >= self.problem.sites_per_year:
            return None
        free = [
            lot
            for lot in self.problem.lots
            if self.by_quarter[lot.id, quarter] < self.problem.in_quarter(lot)
            and self.by_lot_year[lot.id, quarter.year] < self.problem.in_year(lot)
        ]
        return max(
            free,
            key=lambda lot: (self.lots_of[site.area, lot.id], -self.by_quarter[lot.id, quarter]),
            default=None,
        )

    def _source(self, site: PlanSite, quarter: Quarter) -> int | None:
        """Return the source that ends first among those that can pay."""
        paying = [
            each
            for each in self.problem.funding
            if self.problem.pays_in(each, quarter)
            and ((left := self.left[each.id]) is None or left >= site.cost)
        ]
        first = min(paying, key=lambda each: (each.ends_on or date.max, each.id), default=None)
        return None if first is None else first.id


def place_greedily(
    problem: Problem, sites: Iterable[PlanSite], rooms: Rooms | None = None
) -> dict[int, Slot]:
    """Return the slots of those sites that found a place, the highest score placed first."""
    rooms = rooms or Rooms(problem)
    placed: dict[int, Slot] = {}
    for site in sorted(sites, key=lambda each: (-each.score, each.site_id)):
        slot = rooms.place_for(site)
        if slot is not None:
            rooms.take(site, slot)
            placed[site.site_id] = slot
    return placed
