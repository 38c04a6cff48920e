"""The priority of a site: points by criterion, each shown; what is not told gives none."""

from dataclasses import dataclass

from inventory.programme.planning.facts import SiteFacts
from inventory.programme.planning.rules import Criterion, Rules


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion gave. `told` is the fact, None: not told; `points` of at most `weight`."""

    criterion: str
    weight: float
    told: str | float | None
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """Points out of 100 with their parts. `at_most`: what they could be if all were told."""

    points: float
    parts: tuple[Part, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the criteria of which nothing is told."""
        return tuple(part.criterion for part in self.parts if part.told is None)

    @property
    def at_most(self) -> float:
        """Return the points that the site could have, were all told."""
        return self.points + sum(part.weight for part in self.parts if part.told is None)


def score(facts: SiteFacts, rules: Rules) -> Score:
    """Return the score of a site by the criteria of `rules`."""
    parts = tuple(_part(facts, each) for each in rules.criteria)
    return Score(round(sum(part.points for part in parts), 1), parts)


def _part(facts: SiteFacts, criterion: Criterion) -> Part:
    told = getattr(facts, criterion.id, None)
    share = None if told is None else criterion.share(told)
    if share is None:
        return Part(criterion.id, criterion.weight, None, 0.0)
    shown = told if isinstance(told, int | float) else str(told)
    return Part(criterion.id, criterion.weight, shown, round(share * criterion.weight, 1))
