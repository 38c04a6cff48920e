"""Charts: gaps stay gaps, round times on Brussels' clocks, and figures that are the store's own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.usecases.series import Span, Stretch
from api.web.chart_times import bucket_of, time_ticks, zone_name
from api.web.charts import HEIGHT, Trace, make_chart, scale, shown, table
from api.web.histories import device_view, moment_text
from api.web.language import BRUSSELS, tongue
from collectors.series import Figure, History, Point, Subject, SubjectKind
from collectors.series.tiers import HOUR, RAW, Tier

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
STRETCH = Stretch(START, START + timedelta(hours=10))
FRENCH = tongue("fr")
AP = Subject(SubjectKind.DEVICE, 1)


def history(values: dict[float, float], tier: Tier = RAW, name: str = "clients") -> History:
    points = tuple(
        Point(START + timedelta(hours=hours), {name: Figure(2, value, value - 1, value + 1)})
        for hours, value in values.items()
    )
    return History(AP, tier, points)


def chart(told: History, **more: object):  # type: ignore[no-untyped-def]
    trace = Trace("Clients", told, "clients")
    return make_chart("c", "Clients", [trace], STRETCH, unit="", gap_s=2250, **more)  # type: ignore[arg-type]


def test_a_line_breaks_where_nothing_was_told_and_a_point_alone_is_a_dot() -> None:
    drawn = chart(history({0: 1, 0.25: 2, 0.5: 3, 2: 4, 4: 5, 4.5: 6}))
    assert drawn is not None
    path = drawn.lines[0].path
    assert path.count("M") == 3
    assert path.split("M")[2].strip().endswith("h0")


def test_an_hour_without_figures_is_a_gap_too() -> None:
    drawn = chart(history({0: 1, 1: 2, 3: 3, 4: 4}, HOUR))
    assert drawn is not None
    assert drawn.lines[0].path.count("M") == 2
    assert drawn.lines[0].band.count("Z") == 2


def test_a_point_that_does_not_tell_the_metric_breaks_the_line() -> None:
    whole = history({0: 1, 0.25: 2, 0.5: 3})
    holed = History(AP, RAW, (whole.points[0], Point(whole.points[1].at, {}), whole.points[2]))
    drawn = chart(holed)
    assert drawn is not None
    assert drawn.lines[0].path.count("h0") == 2


def test_without_a_figure_there_is_no_chart() -> None:
    assert chart(history({})) is None
    assert chart(history({0: 1}, name="poe_w")) is None


def test_bits_are_told_in_the_unit_that_a_person_reads() -> None:
    trace = Trace("", history({0: 2.5e6, 1: 1.25e6}), "clients")
    drawn = make_chart("t", "Trafic", [trace], STRETCH, unit="bit/s", gap_s=9999)
    assert drawn is not None
    assert (drawn.unit, drawn.divisor, drawn.lines[0].last) == ("Mbit/s", 1e6, 1.25e6)
    assert [mark.value for mark in drawn.marks] == [0, 1, 2, 3]


def test_a_share_is_of_the_means_and_of_nothing_it_is_none() -> None:
    both = {"a": Figure(1, 9, 9, 9), "b": Figure(1, 10, 10, 10)}
    share = Trace("", history({}), "a", per="b").value
    figure = share(Point(START, both))
    assert figure is not None
    assert figure.mean == 90
    assert share(Point(START, {"a": both["a"]})) is None
    assert share(Point(START, {"a": both["a"], "b": Figure(1, 0, 0, 0)})) is None


@given(low=st.floats(-200, 1e11), span=st.floats(0, 1e11))
def test_a_scale_holds_all_figures_in_few_round_steps(low: float, span: float) -> None:
    marks = scale(low, low + span)
    assert marks == sorted(set(marks))
    assert 2 <= len(marks) <= 7
    slack = 1e-6 * max(1.0, abs(low), span)
    assert marks[0] <= low + slack
    assert marks[-1] >= low + span - slack


def test_lines_stay_inside_the_chart() -> None:
    drawn = chart(history({-1: 5, 0.5: 250, 9: 30}), bounds=(0.0, 100.0))
    assert drawn is not None
    assert all(0 <= mark.y <= HEIGHT for mark in drawn.marks)
    for place in drawn.lines[0].path.replace("M", " ").replace("L", " ").replace("h0", "").split():
        x, y = map(float, place.split(","))
        assert 0 <= x <= 1000
        assert 0 <= y <= HEIGHT


def test_the_table_holds_means_by_count_newest_first() -> None:
    points = (
        Point(START, {"clients": Figure(1, 10, 10, 10)}),
        Point(START + timedelta(minutes=30), {"clients": Figure(3, 2, 1, 4)}),
        Point(START + timedelta(hours=2), {"clients": Figure(1, 7, 7, 7)}),
    )
    drawn = chart(History(AP, RAW, points))
    assert drawn is not None
    newest, oldest = table(drawn, bucket_of(timedelta(days=1))[1])
    assert (newest.at, oldest.at) == (START + timedelta(hours=2), START)
    assert oldest.figures == (Figure(4, 4, 1, 10),)


def test_a_day_of_the_table_is_a_day_on_brussels_clocks_when_summer_time_ends() -> None:
    _, bucket = bucket_of(timedelta(days=7))
    midnight = datetime(2026, 10, 25, 0, 0, tzinfo=BRUSSELS)  # this day has 25 hours
    inside = [midnight.astimezone(UTC) + timedelta(hours=hours) for hours in range(25)]
    assert {bucket(at) for at in inside} == {midnight}
    assert bucket(inside[-1] + timedelta(hours=1)) != midnight


def test_the_hour_that_happens_twice_has_two_rows() -> None:
    _, bucket = bucket_of(timedelta(days=1))
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Brussels, and again an hour later
    assert bucket(twice) != bucket(twice + timedelta(hours=1))


@pytest.mark.parametrize("span", list(Span))
@pytest.mark.parametrize("end", [datetime(2026, 10, 26, 12, tzinfo=UTC), START])
def test_ticks_are_round_times_inside_the_chart(span: Span, end: datetime) -> None:
    start = end - span.length
    ticks = time_ticks(start, end)
    assert 3 <= len(ticks) <= 8
    for tick in ticks:
        local = tick.at.astimezone(BRUSSELS)
        assert start <= tick.at < end
        assert 0 <= tick.x <= 100
        assert local.minute == 0
        assert tick.form == "hour" or local.hour == 0
        assert tick.form != "month" or local.day == 1


def test_the_zone_is_named_and_both_where_it_changes() -> None:
    assert zone_name(START, START) == "CET"
    summer = datetime(2026, 10, 24, tzinfo=UTC)
    assert zone_name(summer, summer + timedelta(days=7)) == "CEST/CET"


def test_moments_are_written_as_short_as_they_can_be() -> None:
    assert moment_text(START, "hour", FRENCH) == "07:00"
    assert moment_text(START, "weekday", FRENCH) == "lun. 23"
    assert moment_text(START, "month", FRENCH) == "nov. 2026"
    assert moment_text(START, "weekday", tongue("nl")) == "ma 23"


def test_who_never_answered_was_available_0_percent_and_who_was_never_asked_tells_none() -> None:
    silent = History(AP, RAW, (Point(START, {"reachable": Figure(3, 0, 0, 0)}),))
    none: list[History] = []
    for histories, expected in (([silent], 0.0), (none, None)):
        view = device_view(histories, None, Span.DAY, STRETCH, FRENCH, gap_s=2250, port=None)
        assert view.availability_percent == expected


def test_more_points_than_a_screen_has_are_gathered_and_their_extremes_stay() -> None:
    month = Stretch(START, START + timedelta(days=30))
    values = {float(hour): float(hour % 24) for hour in range(720) if not 300 <= hour < 312}
    trace = Trace("", history(values, HOUR), "clients")
    points, bucket_s = shown(trace, timedelta(days=30))
    assert bucket_s == 3 * 3600
    assert len(points) <= 241
    figures = [figure for _, figure in points if figure is not None]
    assert (min(f.low for f in figures), max(f.high for f in figures)) == (-1, 24)
    assert sum(figure.count for figure in figures) == 2 * len(values)
    drawn = make_chart("c", "", [trace], month, unit="", gap_s=2250)
    assert drawn is not None
    assert drawn.lines[0].path.count("M") == 2
    assert len(drawn.lines[0].path) < 4000


def test_a_poll_every_few_seconds_draws_no_longer_a_line_than_one_every_quarter() -> None:
    trace = Trace("", history({second / 360: 1.0 for second in range(8640)}), "clients")
    points, bucket_s = shown(trace, timedelta(days=1))
    assert (bucket_s, len(points)) == (300, 288)


def test_clients_that_radios_do_not_tell_are_told_of_the_whole() -> None:
    own = history({0: 3, 0.25: 4})
    radio = Subject(SubjectKind.RADIO, 1, "radio0")
    noise = Point(START, {"noise_floor_dbm": Figure(1, -91, -91, -91)})
    view = device_view(
        [own, History(radio, RAW, (noise,))],
        None,
        Span.DAY,
        STRETCH,
        FRENCH,
        gap_s=2250,
        port=None,
    )
    clients, noise_chart = view.charts
    assert (clients.id, clients.lines[0].last, noise_chart.id) == ("clients", 4, "bruit")
    assert noise_chart.marks[-1].value - noise_chart.marks[0].value >= 12
