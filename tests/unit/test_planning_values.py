"""Scores, costs, calendars and windows: what a site is worth, costs, and when it can be built."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from inventory.errors import InvalidInput, NotFound
from inventory.programme.planning.calendar import (
    by_rhythm,
    is_school_day,
    provisional_years,
    public_holidays,
    school_year,
)
from inventory.programme.planning.cost import estimate
from inventory.programme.planning.facts import Closure, Connection, SiteFacts
from inventory.programme.planning.problem import Quarter
from inventory.programme.planning.rules import DEFAULT_RULES, planning_rules, read_rules
from inventory.programme.planning.score import score
from inventory.programme.planning.windows import works_days, works_fit

RULES = planning_rules(DEFAULT_RULES)
NEEDY = SiteFacts(
    pupils=600, classes=30, connection=Connection.NONE, ise_class=1, adviser_urgency=3
)


def test_a_school_that_needs_it_most_has_every_point_and_shows_its_parts() -> None:
    found = score(NEEDY, RULES)
    assert (found.points, found.at_most, found.missing) == (100.0, 100.0, ())
    assert [(part.criterion, part.points) for part in found.parts] == [
        ("connection", 45.0), ("pupils", 20.0), ("ise_class", 20.0), ("adviser_urgency", 15.0),
    ]  # fmt: skip


def test_little_or_no_connection_comes_first() -> None:
    good, poor, none = (
        score(SiteFacts(pupils=200, connection=each), RULES).points
        for each in (Connection.GOOD, Connection.POOR, Connection.NONE)
    )
    assert good < poor < none


def test_what_is_not_told_is_told_and_gives_no_points() -> None:
    found = score(SiteFacts(connection=Connection.NONE), RULES)
    assert found.points == 45.0
    assert found.missing == ("pupils", "ise_class", "adviser_urgency")
    assert found.at_most == 100.0


def test_a_cost_counts_access_points_and_vat_and_says_when_the_size_is_assumed() -> None:
    told = estimate(NEEDY, RULES)
    assert told.access_points == 20  # 30 classes, one for 1.5
    assert told.amount == Decimal("35695.00")  # (6,500 + 20 × 1,150) × 1.21
    assert not told.assumed
    assert estimate(SiteFacts(pupils=190), RULES).access_points == 7  # ten classes
    untold = estimate(SiteFacts(), RULES)
    assert (untold.access_points, untold.assumed) == (10, True)
    assert estimate(SiteFacts(classes=1), RULES).access_points == 4


def test_the_rhythm_gives_the_years_that_the_government_published() -> None:
    derived, published = by_rhythm(2026), school_year(2026)
    assert not published.provisional
    assert (derived.starts_on, derived.ends_on, derived.holidays) == (
        published.starts_on, published.ends_on, published.holidays,
    )  # fmt: skip
    assert by_rhythm(2025).starts_on == school_year(2025).starts_on


def test_a_year_that_is_not_published_is_provisional() -> None:
    year = school_year(2030)
    assert year.provisional
    assert year.starts_on.weekday() == 0
    assert all(run.first.weekday() == 0 and run.last.weekday() == 4 for run in year.holidays)
    named = provisional_years(date(2026, 1, 1), date(2028, 12, 31))
    assert named == ("2027-2028", "2028-2029")
    assert provisional_years(date(2026, 9, 1), date(2027, 6, 30)) == ()


@pytest.mark.parametrize(
    ("day", "school"),
    [
        (date(2026, 10, 16), True),
        (date(2026, 10, 19), False),  # autumn
        (date(2026, 11, 2), True),
        (date(2026, 11, 11), False),
        (date(2027, 2, 26), False),  # relaxation
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 3, 28), False),  # a Sunday
        (date(2027, 9, 24), True),
        (date(2027, 9, 27), False),  # the French Community's day, a Monday
        (date(2027, 7, 2), True),
        (date(2027, 7, 5), False),
        (date(2026, 8, 21), False),
        (date(2026, 8, 24), True),
    ],
)
def test_which_days_are_school_days(day: date, *, school: bool) -> None:
    assert is_school_day(day) is school


def test_public_holidays_follow_easter() -> None:
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= public_holidays(2026)
    assert {date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)} <= public_holidays(2027)
    assert all(len(public_holidays(year)) in {9, 10} for year in range(2025, 2040))


def test_works_fit_outside_lessons_or_in_holidays_only() -> None:
    days = works_days(20, RULES)
    assert days == 9
    anywhere, holidays = SiteFacts(), SiteFacts(holidays_only=True)
    first, second, third, fourth = (Quarter(2027, each) for each in (1, 2, 3, 4))
    assert all(works_fit(anywhere, days, each) for each in (first, second, third, fourth))
    # Two weeks at carnival, four in autumn and winter; the summer has seven.
    assert [works_fit(holidays, 21, each) for each in (first, second, third, fourth)] == [
        False, False, True, False,
    ]  # fmt: skip
    assert works_fit(holidays, days, first)


def test_a_closure_without_access_takes_its_days_away_and_one_with_access_gives_them() -> None:
    third = Quarter(2027, 3)
    whole = (third.first_day, third.last_day)
    assert not works_fit(SiteFacts(closures=(Closure(*whole, works=False),)), 1, third)
    first = Quarter(2027, 1)
    away = Closure(date(2027, 1, 11), date(2027, 1, 22), works=True)
    assert not works_fit(SiteFacts(holidays_only=True), 15, first)
    assert works_fit(SiteFacts(holidays_only=True, closures=(away,)), 15, first)


def test_quarters_know_their_days() -> None:
    assert [str(Quarter(2028, each).last_day) for each in (1, 2, 3, 4)] == [
        "2028-03-31", "2028-06-30", "2028-09-30", "2028-12-31",
    ]  # fmt: skip
    day = date(2027, 1, 1)
    while day < date(2028, 1, 1):
        found = Quarter.of(day)
        assert found.first_day <= day <= found.last_day
        day += timedelta(days=1)


def test_rules_that_do_not_add_up_are_refused() -> None:
    from importlib.resources import files

    path = files("inventory.programme.planning").joinpath("rules/2026-1.toml")
    text = path.read_text(encoding="utf-8")
    assert read_rules(text, where="f") == RULES
    with pytest.raises(InvalidInput, match="add up to 100"):
        read_rules(text.replace("weight = 45", "weight = 40"), where="f")
    with pytest.raises(InvalidInput, match="either values"):
        read_rules(text.replace("none_at = 20\n", ""), where="f")
    with pytest.raises(InvalidInput, match="ne conviennent pas"):
        read_rules("version = ", where="f")
    with pytest.raises(NotFound, match="planification 1999 n’existent pas"):
        planning_rules("1999")
