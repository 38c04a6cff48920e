"""What each constraint costs: the plan's bound again, with that constraint alone taken away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from inventory.programme.planning.problem import Problem
from inventory.programme.planning.years import Relaxed, relaxed_years
from inventory.sentences import Sentence

_MUCH = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a plan without one constraint would be: more points, sites earlier, sites more.

    `points` are those of the plan's sites; `earlier`: how many more sites would be placed by the
    end of the year in which that differs most; `more`: how many more at all.
    """

    constraint: str
    name: Sentence
    points: float
    earlier: int
    more: int


def prices(
    problem: Problem, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> tuple[Price, ...] | None:
    """Return what each constraint costs, the dearest first; None when the time was too short.

    All figures are of the relaxation, where parts of sites may be placed: it is near exact, and
    the same on both sides of the comparison.
    """
    base = relaxed_years(problem)
    if base is None:
        return None
    relaxations = list(_relaxations(problem))
    found = []
    for number, (constraint, name, without) in enumerate(relaxations):
        tell(number, len(relaxations))
        other = relaxed_years(without)
        if other is None:
            continue
        found.append(_price(constraint, name, other, base))
    return tuple(sorted(found, key=lambda each: (-each.points, each.constraint)))


def _price(constraint: str, name: Sentence, other: Relaxed, base: Relaxed) -> Price:
    if other.worth - base.worth < 1e-6 * max(1.0, abs(base.worth)):
        return Price(constraint, name, 0.0, 0, 0)  # another plan of the same worth
    ahead = [
        one - two
        for one, two in zip(accumulate(other.by_year), accumulate(base.by_year), strict=True)
    ]
    return Price(
        constraint,
        name,
        max(0.0, round(other.points - base.points, 1)),
        max(0, round(max(ahead))),
        round(ahead[-1]),
    )


def _relaxations(problem: Problem) -> Iterator[tuple[str, Sentence, Problem]]:
    yield (
        "programme_year",
        Sentence("Le nombre de sites par an du programme (%(n)s)", n=problem.sites_per_year),
        replace(
            problem,
            sites_per_year=_MUCH,
            # A lot without a capacity of its own still takes what the programme took.
            lots=tuple(replace(lot, sites_per_year=problem.in_year(lot)) for lot in problem.lots),
        ),
    )
    for lot in problem.lots:
        free = replace(lot, sites_per_year=_MUCH)
        lots = tuple(free if each is lot else each for each in problem.lots)
        yield (
            f"lot:{lot.id}",
            Sentence("La capacité de %(lot)s", lot=lot.name),
            replace(problem, lots=lots),
        )
    for source in problem.funding:
        if source.left is not None:
            free_source = replace(source, left=None)
            sources = tuple(free_source if each is source else each for each in problem.funding)
            yield (
                f"ceiling:{source.id}",
                Sentence("Le plafond de %(code)s", code=source.code),
                replace(problem, funding=sources),
            )
        if source.ends_on is not None:
            longer = replace(source, ends_on=None)
            sources = tuple(longer if each is source else each for each in problem.funding)
            yield (
                f"ends_on:{source.id}",
                Sentence("La date de fin de %(code)s", code=source.code),
                replace(problem, funding=sources),
            )
    every = frozenset(problem.quarters)
    yield (
        "access",
        Sentence("Les fermetures et les fenêtres d’accès des écoles"),
        replace(problem, sites=tuple(replace(each, open_quarters=every) for each in problem.sites)),
    )
    if problem.optimiser.campaign_points:
        yield (
            "campaigns",
            Sentence("Le regroupement des écoles d’une même commune"),
            replace(
                problem, optimiser=problem.optimiser.model_copy(update={"campaign_points": 0.0})
            ),
        )
