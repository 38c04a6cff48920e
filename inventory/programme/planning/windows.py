"""In which quarters works fit at a site: the school calendar, closures, and the days they take."""

from functools import lru_cache
from math import ceil

from inventory.programme.planning.calendar import is_school_day, working_days
from inventory.programme.planning.facts import Closure, SiteFacts
from inventory.programme.planning.problem import Quarter
from inventory.programme.planning.rules import Rules


def works_days(access_points: int, rules: Rules) -> int:
    """Return how many days the works last on site."""
    return rules.works.fixed_days + ceil(access_points / rules.works.access_points_per_day)


def works_fit(facts: SiteFacts, days: int, quarter: Quarter) -> bool:
    """Return whether `days` days of works fit into a quarter.

    A contractor works outside lessons on any working day, or only while pupils are away where the
    site says so. A closure without access takes its days away; one with access counts as pupils
    away.
    """
    return _fitting_days(quarter, bool(facts.holidays_only), facts.closures) >= days


@lru_cache(maxsize=4096)
def _fitting_days(quarter: Quarter, holidays_only: bool, closures: tuple[Closure, ...]) -> int:
    fitting = 0
    for day in working_days(quarter.first_day, quarter.last_day):
        closed = [each for each in closures if each.first <= day <= each.last]
        if any(not each.works for each in closed):
            continue
        fitting += not holidays_only or bool(closed) or not is_school_day(day)
    return fitting
