"""A plan proposed: years and sources, then quarters and lots, then whatever room is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inventory.programme.planning.breaches import Breach, breaches
from inventory.programme.planning.problem import Problem, Slot


class Method(StrEnum):
    """How a plan was found. `greedy`: the optimiser found none in its time."""

    MILP = "milp"
    GREEDY = "greedy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan: slots of the placed sites, pinned ones too.

    `points` are those of `Problem.points`, less what campaigns cost; no plan reaches more than
    `bound` (None: not known). `gap` is the part of the bound that the plan may lie below the best
    one, in years and sources; `lots_gap` the same of quarters and lots, the worst year's.
    `conflicts`: what the pinned sites alone break; then nothing is placed but they.
    """

    method: Method
    placed: Mapping[int, Slot]
    points: float
    bound: float | None
    gap: float | None
    lots_gap: float | None
    conflicts: tuple[Breach, ...] = ()


def propose(problem: Problem) -> Proposal:
    """Return the plan that is worth the most points, as far as it was found in the rules' time."""
    pinned = {site.site_id: slot for site, slot in problem.pinned_sites}
    conflicts = breaches(problem, pinned)
    if conflicts:
        # Without the pinned sites everything can wait, so that nothing else can be in conflict.
        return Proposal(Method.NONE, pinned, 0.0, None, None, None, conflicts)
    from inventory.programme.planning.quarters import place_in_quarters  # noqa: PLC0415 - scipy
    from inventory.programme.planning.years import choose_years  # noqa: PLC0415

    years = choose_years(problem)
    if years is None:
        return _greedy(problem, pinned)
    slots, lots_gap = place_in_quarters(problem, years.placed)
    placed = _filled(problem, {**pinned, **slots})
    points = worth(problem, {each: slot for each, slot in placed.items() if each not in pinned})
    bound = max(years.bound, points)
    gap = (bound - points) / bound if bound > 0 else 0.0
    return Proposal(Method.MILP, placed, points, bound, gap, lots_gap)


def worth(problem: Problem, placed: Mapping[int, Slot]) -> float:
    """Return the points of sites placed by the optimiser, less what their campaigns cost."""
    sites = {each.site_id: each for each in problem.sites}
    made = {(site.area, slot.quarter.year) for site, slot in problem.pinned_sites}
    campaigns = {(sites[each].area, slot.quarter.year) for each, slot in placed.items()} - made
    points = sum(problem.points(sites[each], slot.quarter.year) for each, slot in placed.items())
    return points - problem.optimiser.campaign_points * len(campaigns)


def _greedy(problem: Problem, pinned: Mapping[int, Slot]) -> Proposal:
    from inventory.programme.planning.greedy import place_greedily  # noqa: PLC0415

    placed = place_greedily(problem, problem.open_sites)
    points = worth(problem, placed)
    return Proposal(Method.GREEDY, {**pinned, **placed}, points, None, None, None)


def _filled(problem: Problem, placed: dict[int, Slot]) -> dict[int, Slot]:
    """Return `placed` with the sites that the optimiser left out and for which there is room.

    Its answer is only within the gap of the best one, and a year whose lots it found in no time is
    empty.
    """
    from inventory.programme.planning.greedy import Rooms, place_greedily  # noqa: PLC0415

    rooms = Rooms(problem)
    sites = {each.site_id: each for each in problem.open_sites}
    for site_id, slot in placed.items():
        if site_id in sites:
            rooms.take(sites[site_id], slot)
    left = [each for each in problem.open_sites if each.site_id not in placed]
    return {**placed, **place_greedily(problem, left, rooms)}
