"""What is to be planned: sites, lots, funding sources and quarters. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Self

from inventory.programme.planning.rules import Optimiser


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, `number` 1 to 4."""

    year: int
    number: int

    @property
    def first_day(self) -> date:
        """Return its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """Return its last day."""
        return (self.first_day + timedelta(days=100)).replace(day=1) - timedelta(days=1)

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}-T{self.number}"


@dataclass(frozen=True, slots=True)
class Slot:
    """When a site is worked on, by which lot, paid by which source (ids of rows)."""

    quarter: Quarter
    lot_id: int
    funding_id: int


@dataclass(frozen=True, slots=True)
class PlanSite:
    """A site to plan. `cost` is in EUR with VAT; `pinned` is a person's decision, never moved."""

    site_id: int
    name: str
    area: str
    score: float
    cost: Decimal
    open_quarters: frozenset[Quarter]
    pinned: Slot | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class PlanLot:
    """A lot; `sites_per_year` None: not told, only the programme's own limit holds."""

    id: int
    name: str
    sites_per_year: int | None


@dataclass(frozen=True, slots=True)
class PlanFunding:
    """A funding source: what is left of its ceiling (EUR), None: no ceiling is told."""

    id: int
    code: str
    left: Decimal | None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Problem:
    """All that a plan must respect. `load`: sites that other decisions put there already."""

    first_year: int
    years: int
    sites: tuple[PlanSite, ...]
    lots: tuple[PlanLot, ...]
    funding: tuple[PlanFunding, ...]
    sites_per_year: int
    quarter_share: float
    days_to_acceptance: int
    optimiser: Optimiser
    load: Mapping[tuple[int, Quarter], int] = field(default_factory=dict)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Return every quarter of the plan, in order."""
        return tuple(
            Quarter(self.first_year + year, number)
            for year in range(self.years)
            for number in (1, 2, 3, 4)
        )

    @cached_property
    def open_sites(self) -> tuple[PlanSite, ...]:
        """Return the sites that the optimiser may place."""
        return tuple(each for each in self.sites if not each.excluded and each.pinned is None)

    @cached_property
    def pinned_sites(self) -> tuple[tuple[PlanSite, Slot], ...]:
        """Return the sites whose place a person decided, with it."""
        return tuple((each, each.pinned) for each in self.sites if each.pinned is not None)

    def in_quarter(self, lot: PlanLot) -> int:
        """Return how many sites a lot takes in one quarter."""
        return round(self.in_year(lot) * self.quarter_share)

    def in_year(self, lot: PlanLot) -> int:
        """Return how many sites a lot takes in one year."""
        return self.sites_per_year if lot.sites_per_year is None else lot.sites_per_year

    def pays_in(self, source: PlanFunding, quarter: Quarter) -> bool:
        """Return whether works of a quarter start after a source does and are accepted in time."""
        accepted = quarter.last_day + timedelta(days=self.days_to_acceptance)
        return (source.starts_on is None or quarter.first_day >= source.starts_on) and (
            source.ends_on is None or accepted <= source.ends_on
        )

    def points(self, site: PlanSite, year: int) -> float:
        """Return what a site is worth in a year: its score, the earlier the more.

        Being placed at all is worth something too, so that no site is left out for being alone.
        """
        earliness = (self.first_year + self.years - year) / self.years
        return (site.score + 1) * earliness + self.optimiser.placing_points
