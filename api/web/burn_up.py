"""How many schools are in service month after month, beside what the programme set out to. Pure.

Drawn as `api.web.charts` draws: positions across are thousandths, positions down are pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.web.charts import HEIGHT, WIDTH, Mark, scale

_TICKS_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Month:
    """One month: how many were in service at its end, and how many were to be by then."""

    start: date
    done: int | None  # None: still to come
    planned: int


@dataclass(frozen=True, slots=True)
class BurnUp:
    """The drawn chart. `ticks` are years: how far across, in percent, and which."""

    months: tuple[Month, ...]
    done_path: str
    planned_path: str
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, int], ...]

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
) -> BurnUp:
    """Return the chart from the programme's first month to its last.

    `put_in_service` are counts by first day of a month, in order; those before the programme began
    count from its beginning.
    """
    first = min([starts_on.replace(day=1), *(month for month, _ in put_in_service)])
    end = max(_later(starts_on, years * 12), _later(today, 1))
    counts = dict(put_in_service)
    months, done, here = [], 0, first
    while here < end:
        done += counts.get(here, 0)
        passed = max(0, _months_between(starts_on, here) + 1)
        planned = round(min(passed, years * 12) * sites_a_year / 12)
        months.append(Month(here, done if here <= today else None, planned))
        here = _later(here, 1)
    return _drawn(tuple(months))


def _drawn(months: tuple[Month, ...]) -> BurnUp:
    top = max(1, *(max(month.planned, month.done or 0) for month in months))
    values = scale(0, top)
    step = WIDTH / max(1, len(months) - 1)

    def path(figures: Sequence[int]) -> str:
        points = (
            f"{place * step:.1f},{HEIGHT * (1 - figure / values[-1]):.1f}"
            for place, figure in enumerate(figures)
        )
        return f"M{' '.join(points)}"

    januaries = [place for place, month in enumerate(months) if month.start.month == 1]
    every = max(1, -(-len(januaries) // _TICKS_AT_MOST))
    return BurnUp(
        months=months,
        done_path=path([month.done for month in months if month.done is not None]),
        planned_path=path([month.planned for month in months]),
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
