"""The second decision, year by year: which quarter and which lot, communes kept in few lots.

Sites of one commune with the same quarters open are alike here: an integer variable counts how
many of them a lot works on in a quarter. Within them the highest scores come first.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from inventory.programme.planning.breaches import loads
from inventory.programme.planning.problem import PlanSite, Problem, Quarter, Slot
from inventory.programme.planning.years import mask_of

_NUMBERS = (1, 2, 3, 4)
_FAMILIAR = 0.5  # what a lot costs in a commune where it worked in another year


@dataclass(frozen=True, slots=True)
class _Group:
    """Sites of one commune with one mask, the highest score first, with their sources."""

    area: str
    mask: int
    members: tuple[tuple[PlanSite, int], ...]


def place_in_quarters(
    problem: Problem, years: Mapping[int, tuple[int, int]]
) -> tuple[dict[int, Slot], float | None]:
    """Return the slots of sites whose year and source are chosen, and the worst gap of a year.

    A site that no whole lot can take is left out. None: the time of one year was too short for
    any answer, and its sites are left out.
    """
    slots: dict[int, Slot] = {}
    known: set[tuple[str, int]] = {(site.area, slot.lot_id) for site, slot in problem.pinned_sites}
    worst: float | None = 0.0
    for year in range(problem.first_year, problem.first_year + problem.years):
        groups = _groups(problem, years, year)
        if not groups or not problem.lots:
            continue
        counts, gap = _counts(problem, groups, year, known)
        if counts is None:
            worst = None
            continue
        if worst is not None and gap is not None:
            worst = max(worst, gap)
        for group, by_place in zip(groups, counts, strict=True):
            members = iter(group.members)
            for quarter, lot_place in sorted(by_place):
                lot = problem.lots[lot_place]
                known.add((group.area, lot.id))
                for _ in range(by_place[quarter, lot_place]):
                    site, source = next(members)
                    slots[site.site_id] = Slot(
                        Quarter(year, quarter), lot.id, problem.funding[source].id
                    )
    return slots, worst


def _groups(problem: Problem, years: Mapping[int, tuple[int, int]], year: int) -> list[_Group]:
    found: defaultdict[tuple[str, int], list[tuple[PlanSite, int]]] = defaultdict(list)
    for site in problem.open_sites:
        chosen, source = years.get(site.site_id, (None, 0))
        if chosen == year:
            found[site.area, mask_of(problem, site.open_quarters, year, source)].append(
                (site, source)
            )
    return [
        _Group(area, mask, tuple(sorted(members, key=_highest_first)))
        for (area, mask), members in sorted(found.items(), key=lambda each: each[0])
    ]


def _highest_first(member: tuple[PlanSite, int]) -> tuple[float, int]:
    return -member[0].score, member[0].site_id


def _counts(
    problem: Problem, groups: list[_Group], year: int, known: set[tuple[str, int]]
) -> tuple[list[dict[tuple[int, int], int]] | None, float | None]:
    """Return for each group how many of its sites go to (quarter, lot), and the gap."""
    lots = problem.lots
    _, by_lot_year, by_quarter = loads(problem, [slot for _, slot in problem.pinned_sites])
    room = np.array(
        [
            [max(0, problem.in_quarter(lot) - by_quarter[lot.id, Quarter(year, n)]) for lot in lots]
            for n in _NUMBERS
        ]
    )
    in_year = [max(0, problem.in_year(lot) - by_lot_year[lot.id, year]) for lot in lots]
    areas = sorted({group.area for group in groups})
    size = len(_NUMBERS) * len(lots)
    count = len(groups) * size
    width = count + len(areas) * len(lots)
    objective = np.zeros(width)
    upper = np.ones(width)
    rows: list[tuple[Any, Any, float]] = []
    for place, group in enumerate(groups):
        mean = sum(site.score + 1 for site, _ in group.members) / len(group.members)
        for n in _NUMBERS:
            first = place * size + (n - 1) * len(lots)
            here = slice(first, first + len(lots))
            upper[here] = len(group.members) if group.mask & (1 << (n - 1)) else 0
            # A placed site is worth its year whole; a later quarter of it somewhat less.
            objective[here] = -mean * (1 - (n - 1) / 16) - 100
        whole = np.arange(place * size, (place + 1) * size)
        rows.append((whole, np.ones(size), len(group.members)))
    grid = np.arange(count).reshape(len(groups), len(_NUMBERS), len(lots))
    for lot in range(len(lots)):
        rows += [(grid[:, n - 1, lot], np.ones(len(groups)), room[n - 1, lot]) for n in _NUMBERS]
        own = grid[:, :, lot].ravel()
        rows.append((own, np.ones(len(own)), in_year[lot]))
    for number, area in enumerate(areas):
        inside = [place for place, group in enumerate(groups) if group.area == area]
        members = sum(len(groups[place].members) for place in inside)
        for lot, row in enumerate(lots):
            opened = count + number * len(lots) + lot
            familiar = (area, row.id) in known
            objective[opened] = problem.optimiser.lot_points * (_FAMILIAR if familiar else 1)
            own = grid[inside, :, lot].ravel()
            most = min(members, in_year[lot])
            rows.append((np.append(own, opened), np.append(np.ones(len(own)), -most), 0))
    return _solved(problem, objective, upper, rows, (len(groups), len(_NUMBERS), len(lots)))


def _solved(
    problem: Problem,
    objective: Any,
    upper: Any,
    rows: list[tuple[Any, Any, float]],
    shape: tuple[int, int, int],
) -> tuple[list[dict[tuple[int, int], int]] | None, float | None]:
    places = np.concatenate([np.full(len(each[0]), number) for number, each in enumerate(rows)])
    matrix = coo_array(
        (
            np.concatenate([each[1] for each in rows]),
            (places, np.concatenate([each[0] for each in rows])),
        ),
        shape=(len(rows), len(objective)),
    ).tocsc()
    found = milp(
        objective,
        constraints=LinearConstraint(matrix, -np.inf, np.array([float(each[2]) for each in rows])),
        bounds=Bounds(0, upper),
        integrality=np.ones(len(objective)),
        options={
            "time_limit": problem.optimiser.lots_time_limit_s / problem.years,
            "mip_rel_gap": problem.optimiser.gap,
        },
    )
    if found.x is None:
        return None, None
    counts = np.rint(found.x[: shape[0] * shape[1] * shape[2]]).astype(int).reshape(shape)
    return [
        {(q + 1, lot): int(each[q, lot]) for q, lot in np.argwhere(each).tolist()}
        for each in counts
    ], float(found.mip_gap)
