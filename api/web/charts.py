"""Histories as charts: what a template draws as SVG, and the same figures as a table. Pure.

A chart is as wide as the screen: positions across are thousandths, positions down are pixels, and
texts keep their size. What was not told is a gap in the line, never a bridge over it.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.usecases.series import Stretch
from api.web.chart_times import Tick, time_ticks
from collectors.series import Figure, History, Point
from collectors.series.tiers import DAY_S, HOUR_S

HEIGHT = 140
WIDTH = 1000
_LINES_AT_MOST = 4  # more cannot be told apart
_DBM_AT_LEAST = 12.0
_POINTS_AT_MOST = 360  # a phone is so many pixels wide, and every point is to be sent to it
_BUCKETS_S = (300, 600, 900, 1800, HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S, DAY_S)


@dataclass(frozen=True, slots=True)
class Trace:
    """What one line is to show. `label` is in the reader's language.

    It is `metric` times `times`, or in percent of the metric `per`.
    """

    label: str
    history: History
    metric: str
    times: float = 1.0
    per: str = ""

    def value(self, point: Point) -> Figure | None:
        """Return the figure of one point; None: not told."""
        figure = point.figures.get(self.metric)
        if figure is None:
            return None
        if self.per:
            whole = point.figures.get(self.per)
            if whole is None or not whole.mean:
                return None
            percent = 100 * figure.mean / whole.mean
            return Figure(figure.count, percent, percent, percent)
        if self.times == 1.0:
            return figure
        each = (value * self.times for value in (figure.mean, figure.low, figure.high))
        return Figure(figure.count, *each)


@dataclass(frozen=True, slots=True)
class Line:
    """One drawn line. `path` and `band` are SVG path data; the band spans lowest to highest."""

    trace: Trace
    path: str
    band: str
    last: float
    low: float
    high: float

    @property
    def label(self) -> str:
        """Return what the reader calls it."""
        return self.trace.label


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the chart: how far down it is in pixels, and the value that it stands for."""

    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `divisor` is what figures were divided by to be in `unit`."""

    id: str
    title: str
    unit: str
    divisor: float
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]

    @property
    def single(self) -> bool:
        """Return whether it has one line only, which then needs no legend."""
        return len(self.lines) == 1


def make_chart(
    chart_id: str,
    title: str,
    traces: Iterable[Trace],
    stretch: Stretch,
    *,
    unit: str,
    gap_s: float,
    bounds: tuple[float, float] | None = None,
) -> Chart | None:
    """Return a chart of the traces that tell anything; None when none does.

    `bounds` fixes the scale, as 0 to 100 for percent; else it holds all figures, and 0 with them
    where they are not negative. `unit` "bit/s" is told in thousands or millions where it is better.
    """
    told = [trace for trace in traces if any(trace.value(p) for p in trace.history.points)]
    told = told[:_LINES_AT_MOST]
    if not told:
        return None
    figures = [f for trace in told for point in trace.history.points if (f := trace.value(point))]
    low, high = min(f.low for f in figures), max(f.high for f in figures)
    if unit == "dBm" and high - low < _DBM_AT_LEAST:
        # A radio's noise always flickers by a decibel or two; that should look like nothing.
        middle = (low + high) / 2
        low, high = middle - _DBM_AT_LEAST / 2, middle + _DBM_AT_LEAST / 2
    divisor, unit = _readable(unit, high)
    lowest = low if low < 0 or unit == "dBm" else 0.0
    marks = scale(*(bounds or (lowest, high)), divisor=divisor)
    down = _Down(marks[0] * divisor, marks[-1] * divisor)
    with_band = len(told) == 1
    return Chart(
        id=chart_id,
        title=title,
        unit=unit,
        divisor=divisor,
        lines=tuple(_line(trace, stretch, down, gap_s, with_band=with_band) for trace in told),
        marks=tuple(Mark(down(value * divisor), value) for value in marks),
        ticks=time_ticks(stretch.start, stretch.end),
    )


def scale(low: float, high: float, *, divisor: float = 1.0, steps: int = 4) -> list[float]:
    """Return round values, from one at or below `low` to one at or above `high`."""
    low, high = low / divisor, high / divisor
    if high <= low:
        high = low + 1
    high = max(high, low + max(0.1, abs(low) * 1e-6))
    rough = (high - low) / steps
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 2.5, 5, 10) if nice * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 6) for place in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _Down:
    """How far down a value is, in pixels."""

    low: float
    high: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT * (1 - min(1.0, max(0.0, share))), 1)


def _readable(unit: str, high: float) -> tuple[float, str]:
    if unit != "bit/s":
        return 1.0, unit
    for divisor, name in ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s")):
        if high >= divisor:
            return divisor, name
    return 1.0, unit


def shown(trace: Trace, length: timedelta) -> tuple[list[tuple[datetime, Figure | None]], int]:
    """Return the figures that a line is drawn of, and how many seconds each tells of.

    More than a screen can show are gathered; lowest and highest stay what they are.
    """
    bucket_s = trace.history.tier.bucket_s
    points = [(point.at, trace.value(point)) for point in trace.history.points]
    if len(points) <= _POINTS_AT_MOST:
        return points, bucket_s
    least_s = length.total_seconds() / _POINTS_AT_MOST
    wider_s = next((each for each in _BUCKETS_S if each >= least_s and each >= bucket_s), DAY_S)
    found: dict[int, Figure | None] = {}
    for at, figure in points:
        start_s = int(at.timestamp()) // wider_s * wider_s
        before = found.get(start_s)
        found[start_s] = _plus(before, figure) if before and figure else figure or before
    return [(datetime.fromtimestamp(at_s, UTC), found[at_s]) for at_s in sorted(found)], wider_s


def segments(
    points: Iterable[tuple[datetime, Figure | None]], bucket_s: int, gap_s: float
) -> list[list[tuple[datetime, Figure]]]:
    """Return the runs of points without a gap: neither untold, nor further apart than expected."""
    # A bucket that has figures may be followed by the next one only, whatever the polls' interval.
    apart_s = gap_s if bucket_s == 1 else max(1.5 * bucket_s, gap_s)
    runs: list[list[tuple[datetime, Figure]]] = []
    before: datetime | None = None
    for at, figure in points:
        if figure is None:
            before = None
            continue
        if before is None or (at - before).total_seconds() > apart_s:
            runs.append([])
        runs[-1].append((at, figure))
        before = at
    return runs


def _line(trace: Trace, stretch: Stretch, down: _Down, gap_s: float, *, with_band: bool) -> Line:
    length = stretch.end - stretch.start
    points, bucket_s = shown(trace, length)
    runs = segments(points, bucket_s, gap_s)
    whole_s = length.total_seconds()
    # A bucket stands in the middle of the time that it tells of.
    middle_s = bucket_s / 2 if bucket_s > 1 else 0.0

    def across(at: datetime) -> float:
        share = ((at - stretch.start).total_seconds() + middle_s) / whole_s
        return round(WIDTH * min(1.0, max(0.0, share)), 1)

    figures = [figure for run in runs for _, figure in run]
    return Line(
        trace=trace,
        path=" ".join(_run([(across(at), down(f.mean)) for at, f in run]) for run in runs),
        band=_band(runs, across, down) if with_band else "",
        last=figures[-1].mean,
        low=min(figure.low for figure in figures),
        high=max(figure.high for figure in figures),
    )


def _run(places: Sequence[tuple[float, float]]) -> str:
    first, *others = (f"{x:g},{y:g}" for x, y in places)
    # A point alone is drawn as a dot: a line of no length with round ends.
    return f"M{first}L{' '.join(others)}" if others else f"M{first}h0"


def _band(
    runs: Iterable[Sequence[tuple[datetime, Figure]]],
    across: Callable[[datetime], float],
    down: _Down,
) -> str:
    parts = []
    for run in runs:
        if len(run) < 2 or all(figure.low == figure.high for _, figure in run):
            continue
        there = [f"{across(at):g},{down(figure.high):g}" for at, figure in run]
        back = [f"{across(at):g},{down(figure.low):g}" for at, figure in reversed(run)]
        parts.append(f"M{' '.join((*there, *back))}Z")
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart's table: when it begins, and for each trace its figure or None."""

    at: datetime
    figures: tuple[Figure | None, ...]


def table(chart: Chart, bucket_of: Callable[[datetime], datetime]) -> list[Row]:
    """Return a chart's figures by longer stretches of time, the newest first."""
    columns = [gathered(line.trace, bucket_of) for line in chart.lines]
    starts = sorted({start for column in columns for start in column}, reverse=True)
    return [Row(start, tuple(column.get(start) for column in columns)) for start in starts]


def gathered(trace: Trace, bucket_of: Callable[[datetime], datetime]) -> Mapping[datetime, Figure]:
    """Return one figure for each of the buckets into which `bucket_of` sorts the points."""
    found: dict[datetime, Figure] = {}
    for point in trace.history.points:
        figure = trace.value(point)
        if figure is not None:
            start = bucket_of(point.at)
            found[start] = _plus(found[start], figure) if start in found else figure
    return found


def _plus(one: Figure, other: Figure) -> Figure:
    count = one.count + other.count
    mean = (one.mean * one.count + other.mean * other.count) / count
    return Figure(count, mean, min(one.low, other.low), max(one.high, other.high))
