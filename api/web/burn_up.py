"""How many schools are in service month after month, beside what the programme set out to. Pure.

Drawn as `api.web.charts` draws: positions across are thousandths, positions down are pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.web.charts import HEIGHT, WIDTH, Mark, scale

_TICKS_AT_MOST = 8
_QUARTER = 3  # months


@dataclass(frozen=True, slots=True)
class Month:
    """One month: how many were in service at its end, and how many were to be by then."""

    start: date
    done: int | None  # None: still to come
    planned: int


@dataclass(frozen=True, slots=True)
class BurnUp:
    """The drawn chart. `ticks` are years: how far across, in percent, and which.

    From `plan_from` on, what is planned is that of the applied plans; None: there is none.
    """

    months: tuple[Month, ...]
    done_path: str
    planned_path: str
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, int], ...]
    plan_from: date | None = None

    @property
    def last(self) -> Month:
        """Return the last month that is told of."""
        return [month for month in self.months if month.done is not None][-1]


def burn_up(
    put_in_service: Sequence[tuple[date, int]],
    *,
    today: date,
    starts_on: date,
    years: int,
    sites_a_year: int,
    applied: Mapping[date, int] | None = None,
) -> BurnUp:
    """Return the chart from the programme's first month to its last.

    `put_in_service` are counts by first day of a month, in order; those before the programme began
    count from its beginning. `applied` are the sites of the applied plans by first day of a
    quarter: from the first of them on, what is planned is what was in service by then and theirs;
    before, and without any, it is `sites_a_year`.
    """
    first = min([starts_on.replace(day=1), *(month for month, _ in put_in_service)])
    end = max(_later(starts_on, years * 12), _later(today, 1))
    plan_from = min(applied) if applied else None
    if applied:
        end = max(end, _later(max(applied), _QUARTER))
    counts = dict(put_in_service)
    before = sum(number for month, number in put_in_service if month < (plan_from or month))
    months, done, here = [], 0, first
    while here < end:
        done += counts.get(here, 0)
        if applied and plan_from is not None and here >= plan_from:
            planned = before + _by_then(applied, here)
        else:
            passed = max(0, _months_between(starts_on, here) + 1)
            planned = round(min(passed, years * 12) * sites_a_year / 12)
        months.append(Month(here, done if here <= today else None, planned))
        here = _later(here, 1)
    return _drawn(tuple(months), plan_from)


def _by_then(applied: Mapping[date, int], month: date) -> int:
    """Return how many sites of the plans are to be in service at the end of a month.

    Those of a quarter are spread over its three months.
    """
    return sum(
        round(sites * min(_QUARTER, _months_between(quarter, month) + 1) / _QUARTER)
        for quarter, sites in applied.items()
        if quarter <= month
    )


def _drawn(months: tuple[Month, ...], plan_from: date | None) -> BurnUp:
    top = max(1, *(max(month.planned, month.done or 0) for month in months))
    values = scale(0, top)
    step = WIDTH / max(1, len(months) - 1)

    def path(figures: Sequence[int], begin: int = 0) -> str:
        points = (
            f"{place * step:.1f},{HEIGHT * (1 - figure / values[-1]):.1f}"
            for place, figure in enumerate(figures, begin)
        )
        return f"M{' '.join(points)}" if figures else ""

    # Two lines: where a plan begins, what is planned begins anew from what was in service.
    planned = [month.planned for month in months]
    turn = next((place for place, month in enumerate(months) if month.start == plan_from), 0)

    januaries = [place for place, month in enumerate(months) if month.start.month == 1]
    every = max(1, -(-len(januaries) // _TICKS_AT_MOST))
    return BurnUp(
        months=months,
        done_path=path([month.done for month in months if month.done is not None]),
        planned_path=path(planned[:turn]) + path(planned[turn:], turn),
        plan_from=plan_from,
        marks=tuple(Mark(HEIGHT * (1 - value / values[-1]), value) for value in values),
        ticks=tuple(
            (round(100 * place * step / WIDTH, 2), months[place].start.year)
            for place in januaries[::every]
        ),
    )


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _later(month: date, count: int) -> date:
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)
