"""The first decision: which year each site is worked on, and who pays (scipy's HiGHS).

A binary variable stands for a site in a year paid by a source; the quarters of the year that both
leave open are its mask. That the lots can take the sites in their quarters is a flow from masks
through quarters to lots; by the theorem of maximum flow and minimum cut it holds when it does for
each of the 15 sets of quarters, so that lots and quarters need no variables here. A commune worked
on in a year costs points (a campaign), which keeps communes together.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from inventory.programme.planning.breaches import loads, room_of
from inventory.programme.planning.problem import Problem, Quarter

_SETS = range(1, 16)
_OPTIMAL, _LIMIT = 0, 1
_THOUSAND = 1000.0  # euros: the solver keeps tolerances of 1e-6 beside coefficients of about 1
_SCALE_SAFETY = 1e-6
_WORTH_IT = 0.25  # the part of a campaign in the relaxation from which it is made


@dataclass(frozen=True, slots=True)
class Years:
    """Year and source of each placed site. `bound`: no plan is worth more points than this."""

    placed: Mapping[int, tuple[int, int]]
    points: float
    bound: float


@dataclass(frozen=True, slots=True)
class _Choices:
    """The variables, one for each row: indices of its site, year and source, and its mask."""

    site: Any
    year: Any
    source: Any
    mask: Any


def mask_of(problem: Problem, open_quarters: frozenset[Quarter], year: int, source: int) -> int:
    """Return the quarters of a year (bits, 1 = first) that are open and that a source pays."""
    payer = problem.funding[source]
    return sum(
        1 << (number - 1)
        for number in (1, 2, 3, 4)
        if (quarter := Quarter(year, number)) in open_quarters and problem.pays_in(payer, quarter)
    )


def choose_years(problem: Problem) -> Years | None:
    """Return years and sources worth the most points, or None when the time was too short.

    The relaxation gives the bound, and says which campaigns are worth it: whole sites are then
    placed in those alone, which takes seconds where all campaigns would take minutes. Without it in
    half of the time, sites are placed as if campaigns cost nothing.
    """
    choices = _choices(problem)
    if not len(choices.site):
        return Years({}, 0.0, 0.0)
    limit = problem.optimiser.time_limit_s
    started = time.monotonic()
    model = _Model(problem, choices)
    relaxed = _solved(problem, model, limit / 2, whole=False)
    upper = np.ones(model.width)
    if relaxed is None or relaxed.status != _OPTIMAL:
        relaxed = None
        model = _Model(problem, choices, campaigns=False)
    else:
        upper[model.campaigns] = relaxed.x[model.campaigns] >= _WORTH_IT
    left = max(limit / 4, limit - (time.monotonic() - started))
    found = _solved(problem, model, left, whole=True, upper=upper)
    if found is None:
        return None
    points = -float(found.fun)
    bound = -float(found.mip_dual_bound if relaxed is None else relaxed.fun)
    chosen = np.nonzero(found.x[: len(choices.site)] > 0.5)[0]
    sites = problem.open_sites
    placed = {
        sites[choices.site[each]].site_id: (
            problem.first_year + int(choices.year[each]),
            int(choices.source[each]),
        )
        for each in chosen
    }
    return Years(placed, points, max(points, bound))


def _solved(
    problem: Problem, model: "_Model", limit_s: float, *, whole: bool, upper: Any = 1
) -> Any | None:
    """Return what HiGHS found, None: nothing in its time. `whole`: no part of a site."""
    found = milp(
        model.objective,
        constraints=LinearConstraint(*model.constraints()),
        bounds=Bounds(0, upper),
        integrality=np.full(model.width, 1 if whole else 0),
        options={"time_limit": limit_s, "mip_rel_gap": problem.optimiser.gap},
    )
    return found if found.x is not None and found.status in (_OPTIMAL, _LIMIT) else None


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The best plan where parts of sites may be placed. `worth`: its objective, a bound.

    `points`: of its sites alone, without what campaigns cost; `by_year`: how many sites are placed
    in each year.
    """

    worth: float
    points: float
    by_year: tuple[float, ...]


def relaxed_years(problem: Problem) -> Relaxed | None:
    """Return the relaxation of a problem, or None when the time was too short."""
    choices = _choices(problem)
    if not len(choices.site):
        return Relaxed(0.0, 0.0, (0.0,) * problem.years)
    model = _Model(problem, choices)
    found = _solved(problem, model, problem.optimiser.time_limit_s, whole=False)
    if found is None or found.status != _OPTIMAL:
        return None
    placed = found.x[: len(choices.site)]
    by_year = np.bincount(choices.year, weights=placed, minlength=problem.years)
    points = -float(placed @ model.objective[: len(placed)])
    return Relaxed(-float(found.fun), points, tuple(float(each) for each in by_year))


def _choices(problem: Problem) -> _Choices:
    rows = [
        (place, year, source, mask)
        for place, site in enumerate(problem.open_sites)
        for year in range(problem.years)
        for source in range(len(problem.funding))
        if (mask := mask_of(problem, site.open_quarters, problem.first_year + year, source))
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return _Choices(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


class _Model:
    """The matrix: choices first, then one variable for each commune and year (a campaign)."""

    def __init__(self, problem: Problem, choices: _Choices, *, campaigns: bool = True) -> None:
        self._problem = problem
        self._with_campaigns = campaigns and problem.optimiser.campaign_points > 0
        self._choices = choices
        self._sites = problem.open_sites
        names = sorted({each.area for each in problem.sites})
        places = {name: place for place, name in enumerate(names)}
        self._area = np.array([places[each.area] for each in self._sites])
        count = len(choices.site)
        self.campaigns = count + np.arange(len(names) * problem.years)
        self.width = count + len(self.campaigns)
        self._rows: list[Any] = []
        self._columns: list[Any] = []
        self._values: list[Any] = []
        self._upper: list[Any] = []
        self._height = 0
        self.objective = np.concatenate([-self._points(), self._campaign_costs(names)])

    def constraints(self) -> tuple[Any, Any, Any]:
        """Return the matrix with the lower and upper ends of its rows."""
        self._rows, self._columns, self._values, self._upper = [], [], [], []
        self._height = 0
        self._each_site_once()
        self._ceilings()
        self._capacities()
        self._campaigns()
        matrix = coo_array(
            (
                np.concatenate(self._values),
                (np.concatenate(self._rows), np.concatenate(self._columns)),
            ),
            shape=(self._height, self.width),
        )
        upper = np.concatenate(self._upper)
        return matrix.tocsc(), np.full(len(upper), -np.inf), upper

    def _points(self) -> Any:
        score = np.array([each.score + 1 for each in self._sites])[self._choices.site]
        earliness = (self._problem.years - self._choices.year) / self._problem.years
        return score * earliness + self._problem.optimiser.placing_points

    def _campaign_costs(self, names: list[str]) -> Any:
        """Return what each campaign costs; one that a pinned site makes anyway costs nothing."""
        costs = np.full((len(names), self._problem.years), self._problem.optimiser.campaign_points)
        for site, slot in self._problem.pinned_sites:
            year = slot.quarter.year - self._problem.first_year
            if 0 <= year < self._problem.years:
                costs[names.index(site.area), year] = 0.0
        return costs.ravel()

    def _add(self, rows: Any, columns: Any, values: Any, upper: Any) -> None:
        self._rows.append(np.asarray(rows) + self._height)
        self._columns.append(np.asarray(columns))
        self._values.append(np.asarray(values, dtype=float))
        self._upper.append(np.asarray(upper, dtype=float))
        self._height += len(upper)

    def _each_site_once(self) -> None:
        count = len(self._choices.site)
        self._add(self._choices.site, np.arange(count), np.ones(count), np.ones(len(self._sites)))

    def _ceilings(self) -> None:
        pinned = list(self._problem.pinned_sites)
        cost = np.array([float(each.cost) for each in self._sites]) / _THOUSAND
        for place, source in enumerate(self._problem.funding):
            room = room_of(source, pinned)
            paid = np.nonzero(self._choices.source == place)[0]
            if room is not None and len(paid):
                self._add(
                    np.zeros(len(paid), dtype=int),
                    paid,
                    cost[self._choices.site[paid]],
                    [max(0.0, float(room) / _THOUSAND - _SCALE_SAFETY)],
                )

    def _capacities(self) -> None:
        problem = self._problem
        by_year, by_lot_year, by_quarter = loads(
            problem, [slot for _, slot in problem.pinned_sites]
        )
        for place in range(problem.years):
            year = problem.first_year + place
            this = self._choices.year == place
            self._at_most(this, problem.sites_per_year - by_year[year])
            for chosen in _SETS:
                room = 0
                for lot in problem.lots:
                    in_quarters = sum(
                        max(0, problem.in_quarter(lot) - by_quarter[lot.id, Quarter(year, n)])
                        for n in (1, 2, 3, 4)
                        if chosen & (1 << (n - 1))
                    )
                    left = max(0, problem.in_year(lot) - by_lot_year[lot.id, year])
                    room += min(left, in_quarters)
                self._at_most(this & ((self._choices.mask & ~chosen) == 0), room)

    def _at_most(self, which: Any, most: int) -> None:
        columns = np.nonzero(which)[0]
        if len(columns):
            self._add(
                np.zeros(len(columns), dtype=int), columns, np.ones(len(columns)), [max(0, most)]
            )

    def _campaigns(self) -> None:
        """Let a site be placed in a year only where its commune has a campaign in it.

        One row for each site and year: a row for each commune would let a relaxation place half a
        commune in half a campaign.
        """
        if not self._with_campaigns:
            return
        years, sites = self._problem.years, len(self._sites)
        key = self._choices.site * years + self._choices.year
        every = np.arange(sites * years)
        campaign = self.campaigns[self._area[every // years] * years + every % years]
        self._add(
            np.concatenate([key, every]),
            np.concatenate([np.arange(len(key)), campaign]),
            np.concatenate([np.ones(len(key)), -np.ones(len(every))]),
            np.zeros(len(every)),
        )
