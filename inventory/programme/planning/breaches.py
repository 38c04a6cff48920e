"""What a plan breaks, in sentences. A plan that breaks nothing can be applied."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from inventory.programme.planning.problem import (
    PlanFunding,
    PlanLot,
    PlanSite,
    Problem,
    Quarter,
    Slot,
)
from inventory.sentences import Sentence


class Constraint(StrEnum):
    """What a plan must respect."""

    PROGRAMME_YEAR = "programme_year"
    LOT_YEAR = "lot_year"
    LOT_QUARTER = "lot_quarter"
    CEILING = "ceiling"
    FUNDING_DATES = "funding_dates"
    ACCESS = "access"
    HORIZON = "horizon"


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that a plan breaks. `site_id`: the site that alone breaks it, None: the whole."""

    constraint: Constraint
    sentence: Sentence
    site_id: int | None = None


def breaches(problem: Problem, placed: Mapping[int, Slot]) -> tuple[Breach, ...]:
    """Return what a plan breaks: `placed` maps site ids to their slots. Gravest kinds first."""
    sites = {each.site_id: each for each in problem.sites}
    found = [(sites[site_id], slot) for site_id, slot in placed.items() if site_id in sites]
    return (
        *_ceilings(problem, found),
        *_capacities(problem, found),
        *(breach for site, slot in found for breach in of_site(problem, site, slot)),
    )


def of_site(problem: Problem, site: PlanSite, slot: Slot) -> Iterator[Breach]:
    """Yield what one site alone breaks at its place."""
    source = next((each for each in problem.funding if each.id == slot.funding_id), None)
    if slot.quarter not in problem.quarters or source is None:
        yield Breach(
            Constraint.HORIZON,
            Sentence(
                "%(site)s\u00a0: le trimestre %(quarter)s ou sa source est hors de ce plan.",
                site=site.name,
                quarter=str(slot.quarter),
            ),
            site.site_id,
        )
        return
    if not problem.pays_in(source, slot.quarter):
        yield Breach(
            Constraint.FUNDING_DATES,
            Sentence(
                "%(site)s\u00a0: la source %(code)s ne couvre pas une réception après des travaux "
                "au trimestre %(quarter)s.",
                site=site.name,
                code=source.code,
                quarter=str(slot.quarter),
            ),
            site.site_id,
        )
    if slot.quarter not in site.open_quarters:
        yield Breach(
            Constraint.ACCESS,
            Sentence(
                "%(site)s\u00a0: les travaux ne tiennent pas dans les jours accessibles du "
                "trimestre %(quarter)s.",
                site=site.name,
                quarter=str(slot.quarter),
            ),
            site.site_id,
        )


def _ceilings(problem: Problem, found: list[tuple[PlanSite, Slot]]) -> Iterator[Breach]:
    spent: defaultdict[int, Decimal] = defaultdict(Decimal)
    for site, slot in found:
        spent[slot.funding_id] += site.cost
    for source in problem.funding:
        if source.left is not None and spent[source.id] > source.left:
            yield Breach(
                Constraint.CEILING,
                Sentence(
                    "Le plafond de la source %(code)s est dépassé de %(over)s €.",
                    code=source.code,
                    over=float(spent[source.id] - source.left),
                ),
            )


def _capacities(problem: Problem, found: list[tuple[PlanSite, Slot]]) -> Iterator[Breach]:
    by_year, by_lot_year, by_lot_quarter = loads(problem, [slot for _, slot in found])
    for year, count in sorted(by_year.items()):
        if count > problem.sites_per_year:
            yield _over(
                Constraint.PROGRAMME_YEAR,
                Sentence("Le programme"),
                str(year),
                count,
                problem.sites_per_year,
            )
    lots: dict[int, PlanLot] = {lot.id: lot for lot in problem.lots}
    for (lot_id, year), count in sorted(by_lot_year.items()):
        lot = lots.get(lot_id)
        most = problem.in_year(lot) if lot else 0
        if count > most:
            yield _over(Constraint.LOT_YEAR, lot.name if lot else "?", str(year), count, most)
    for (lot_id, quarter), count in sorted(by_lot_quarter.items()):
        lot = lots.get(lot_id)
        most = problem.in_quarter(lot) if lot else 0
        if count > most:
            yield _over(Constraint.LOT_QUARTER, lot.name if lot else "?", str(quarter), count, most)


def loads(
    problem: Problem, slots: list[Slot]
) -> tuple[Counter[int], Counter[tuple[int, int]], Counter[tuple[int, Quarter]]]:
    """Return how many sites fall into each year, lot and year, and lot and quarter."""
    by_quarter: Counter[tuple[int, Quarter]] = Counter(
        {key: count for key, count in problem.load.items() if key[1] in problem.quarters}
    )
    by_quarter.update((slot.lot_id, slot.quarter) for slot in slots)
    by_year: Counter[int] = Counter()
    by_lot_year: Counter[tuple[int, int]] = Counter()
    for (lot_id, quarter), count in by_quarter.items():
        by_year[quarter.year] += count
        by_lot_year[lot_id, quarter.year] += count
    return by_year, by_lot_year, by_quarter


def _over(constraint: Constraint, who: str, when: str, count: int, most: int) -> Breach:
    return Breach(
        constraint,
        Sentence(
            "%(who)s\u00a0: %(count)s sites en %(when)s, pour %(most)s au plus.",
            who=who,
            when=when,
            count=count,
            most=most,
        ),
    )


def room_of(source: PlanFunding, pinned: list[tuple[PlanSite, Slot]]) -> Decimal | None:
    """Return what a source has left once the pinned sites are paid; None: no ceiling."""
    if source.left is None:
        return None
    return source.left - sum(
        (site.cost for site, slot in pinned if slot.funding_id == source.id), Decimal(0)
    )
