"""The optimiser on programmes so small that the best plan is known."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock

from inventory.programme.planning import years as years_module
from inventory.programme.planning.breaches import Constraint, breaches
from inventory.programme.planning.comparison import compare
from inventory.programme.planning.greedy import place_greedily
from inventory.programme.planning.prices import prices
from inventory.programme.planning.problem import PlanLot, Quarter
from inventory.programme.planning.proposing import Method, propose
from tests.planning import YEAR, problem, site, slot, source


def test_the_highest_scores_come_first_and_all_capacities_hold() -> None:
    asked = problem(*(site(number, score=10 * number) for number in range(1, 9)))
    found = propose(asked)
    assert found.method is Method.MILP
    assert found.gap == 0
    assert {each: found.placed[each].quarter.year for each in range(1, 9)} == {
        1: 2028, 2: 2028, 3: 2028, 4: 2028, 5: 2027, 6: 2027, 7: 2027, 8: 2027,
    }  # fmt: skip
    assert breaches(asked, found.placed) == ()
    by_lot = Counter((each.lot_id, each.quarter.year) for each in found.placed.values())
    assert set(by_lot.values()) == {2}


def test_a_ceiling_lets_the_site_wait_that_is_worth_least() -> None:
    asked = problem(site(1, 90), site(2, 80), site(3, 10), funding=(source(1, left=25_000),))
    found = propose(asked)
    assert sorted(found.placed) == [1, 2]
    assert breaches(asked, {**found.placed, 3: slot()})[0].constraint is Constraint.CEILING


def test_works_are_accepted_before_their_source_ends() -> None:
    # Works of the second quarter are accepted by 14 August; of the third by 14 November.
    ending = source(1, left=10_000, ends_on=date(YEAR, 8, 31))
    asked = problem(site(1, 90), site(2, 80), funding=(ending, source(2)))
    found = propose(asked)
    paid = [each for each in found.placed.values() if each.funding_id == 1]
    assert all(each.quarter <= Quarter(YEAR, 2) for each in paid)
    alone = propose(replace(asked, funding=(replace(ending, ends_on=date(YEAR, 5, 1)),)))
    assert alone.placed == {}


def test_a_site_is_worked_on_only_when_it_is_open() -> None:
    third = frozenset({Quarter(YEAR + 1, 3)})
    asked = problem(site(1, 90, open_quarters=third), site(2, 10))
    assert propose(asked).placed[1].quarter == Quarter(YEAR + 1, 3)
    [breach] = breaches(asked, {1: slot()})
    assert (breach.constraint, breach.site_id) == (Constraint.ACCESS, 1)
    assert breach.sentence == (
        "École 1\u00a0: les travaux ne tiennent pas dans les jours accessibles du trimestre "
        "2027-T1."
    )


def test_a_pinned_site_never_moves_and_an_excluded_one_is_never_placed() -> None:
    late = slot(YEAR + 1, 4, lot=2)
    asked = problem(site(1, 99, pinned=late), site(2, 98, excluded=True), site(3, 1))
    found = propose(asked)
    assert found.placed[1] == late
    assert set(found.placed) == {1, 3}


def test_pins_that_contradict_each_other_are_told_and_nothing_is_placed() -> None:
    asked = problem(
        *(site(number, pinned=slot()) for number in (1, 2, 3)),
        site(4),
        funding=(source(1, left=15_000),),
    )
    found = propose(asked)
    assert found.method is Method.NONE
    assert set(found.placed) == {1, 2, 3}
    assert [each.sentence for each in found.conflicts] == [
        "Le plafond de la source F1 est dépassé de 15\u202f000 €.",
        "Lot 1\u00a0: 3 sites en 2027, pour 2 au plus.",
        "Lot 1\u00a0: 3 sites en 2027-T1, pour 1 au plus.",
    ]


def test_what_other_decisions_placed_takes_its_room() -> None:
    taken = {(1, Quarter(YEAR, 1)): 1, (1, Quarter(YEAR, 2)): 1, (2, Quarter(YEAR, 3)): 1}
    found = propose(problem(site(1), site(2), load=taken))
    assert sorted(each.quarter.year for each in found.placed.values()) == [YEAR, YEAR + 1]


def test_a_commune_is_kept_in_one_year_and_one_lot_where_that_costs_little() -> None:
    sites = [site(n, 50 + n / 10, area=area) for n, area in enumerate("ABABABAB", start=1)]
    lots = (PlanLot(1, "Lot 1", 4), PlanLot(2, "Lot 2", 4))
    asked = problem(*sites, lots=lots, quarter_share=1.0)
    found = propose(asked)
    of_commune = {
        area: {
            (found.placed[each.site_id].quarter.year, found.placed[each.site_id].lot_id)
            for each in sites
            if each.area == area
        }
        for area in "AB"
    }
    assert [len(each) for each in of_commune.values()] == [1, 1]
    apart = asked.optimiser.model_copy(update={"campaign_points": 0.0})
    by_score = propose(replace(asked, optimiser=apart)).placed
    assert {each for each, at in by_score.items() if at.quarter.year == YEAR} == {5, 6, 7, 8}


def test_without_an_answer_in_time_sites_are_placed_one_by_one_and_that_is_told() -> None:
    asked = problem(*(site(number, score=number) for number in range(1, 9)))
    with mock.patch.object(years_module, "choose_years", return_value=None):
        found = propose(asked)
    assert (found.method, found.gap, found.bound) == (Method.GREEDY, None, None)
    assert len(found.placed) == 8
    assert breaches(asked, found.placed) == ()
    assert place_greedily(asked, asked.sites)[8].quarter == Quarter(YEAR, 1)


def test_where_the_relaxation_takes_too_long_campaigns_are_left_out_of_the_question() -> None:
    asked = problem(*(site(number, score=number, area="ABCD"[number % 4]) for number in range(8)))
    solved = years_module._solved

    def slow(*given: Any, whole: bool, **more: Any) -> Any:
        return solved(*given, whole=whole, **more) if whole else None

    with mock.patch.object(years_module, "_solved", slow):
        found = propose(asked)
    assert (found.method, len(found.placed)) == (Method.MILP, 8)
    assert breaches(asked, found.placed) == ()
    assert found.bound is not None
    assert found.points <= found.bound


def test_the_price_of_a_constraint_is_what_is_gained_without_it() -> None:
    asked = problem(
        *(site(number, score=60) for number in range(1, 7)),
        funding=(source(1, left=50_000, ends_on=date(YEAR + 5, 1, 1)),),
    )
    found = prices(asked)
    assert found is not None
    by_name = {each.constraint: each for each in found}
    assert by_name["ceiling:1"].more == 1
    assert by_name["ceiling:1"].points > 0
    assert by_name["ceiling:1"].name == "Le plafond de F1"
    assert by_name["ends_on:1"].points == 0
    assert by_name["access"].points == 0
    # Each lot stops two sites of five from the first year.
    assert by_name["lot:1"].earlier == by_name["lot:2"].earlier == 0
    wide = prices(replace(asked, sites_per_year=3))
    assert wide is not None
    assert {each.constraint: each for each in wide}["programme_year"].earlier == 1


def test_two_plans_differ_by_what_was_moved() -> None:
    before = {1: slot(), 2: slot(), 3: slot()}
    after = {1: slot(), 2: slot(YEAR + 1, 3), 4: slot()}
    found = compare(before, after)
    assert [(each.site_id, each.quarters) for each in found] == [(2, 6), (3, None), (4, None)]


def test_amounts_stay_exact_at_a_ceiling() -> None:
    cents = [site(number, cost=Decimal("3333.33")) for number in (1, 2, 3)]
    exact = problem(*cents, funding=(replace(source(1), left=Decimal("9999.99")),))
    found = propose(exact)
    assert breaches(exact, found.placed) == ()
    short = problem(*cents, funding=(replace(source(1), left=Decimal("9999.98")),))
    assert len(propose(short).placed) == 2
