"""Whatever is asked, a plan breaks nothing and people's decisions stay."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.programme.planning.breaches import breaches
from inventory.programme.planning.greedy import place_greedily
from inventory.programme.planning.problem import PlanFunding, PlanLot, Problem, Quarter
from inventory.programme.planning.proposing import Method, propose
from tests.planning import EVERY, YEAR, problem, site, slot

_QUARTERS = sorted(EVERY)[:8]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    sites = []
    for number in range(1, draw(st.integers(1, 14)) + 1):
        fate = draw(st.sampled_from(["open"] * 6 + ["pinned", "excluded"]))
        at = draw(st.sampled_from(_QUARTERS))
        sites.append(
            site(
                number,
                score=draw(st.integers(0, 100)),
                area=draw(st.sampled_from("ABC")),
                cost=draw(st.decimals(1, 40_000, places=2)),
                open_quarters=frozenset(draw(st.lists(st.sampled_from(_QUARTERS)))),
                pinned=slot(at.year, at.number, lot=draw(st.integers(1, 2)))
                if fate == "pinned"
                else None,
                excluded=fate == "excluded",
            )
        )
    ends = st.none() | st.dates(date(YEAR, 3, 1), date(YEAR + 2, 6, 1))
    left = st.none() | st.decimals(0, 150_000, places=2)
    return problem(
        *sites,
        lots=tuple(
            PlanLot(number, f"Lot {number}", draw(st.none() | st.integers(0, 5)))
            for number in (1, 2)
        ),
        funding=tuple(
            PlanFunding(number, f"F{number}", draw(left), draw(ends), draw(ends))
            for number in (1, 2)
        ),
        sites_per_year=draw(st.integers(0, 8)),
        load={(1, Quarter(YEAR, 2)): draw(st.integers(0, 2))},
    )


@given(asked=problems())
@settings(max_examples=40)
def test_a_plan_breaks_nothing_and_moves_nothing_that_a_person_fixed(asked: Problem) -> None:
    found = propose(asked)
    pinned = {each.site_id: at for each, at in asked.pinned_sites}
    assert {each: found.placed[each] for each in pinned} == pinned
    assert found.placed.keys().isdisjoint(each.site_id for each in asked.sites if each.excluded)
    if found.method is Method.NONE:
        assert found.conflicts == breaches(asked, pinned) != ()
        return
    assert breaches(asked, found.placed) == ()
    if found.bound is not None:
        assert found.points <= found.bound + 1e-6


@given(asked=problems())
def test_a_greedy_plan_breaks_nothing_either(asked: Problem) -> None:
    pinned = {each.site_id: at for each, at in asked.pinned_sites}
    if breaches(asked, pinned):
        return
    placed = place_greedily(asked, asked.open_sites)
    assert breaches(asked, {**pinned, **placed}) == ()


@given(cost=st.decimals(Decimal("0.01"), 10_000, places=2), count=st.integers(1, 5))
def test_a_ceiling_of_exactly_the_costs_pays_them_all(cost: Decimal, count: int) -> None:
    asked = problem(
        *(site(number, cost=cost) for number in range(1, count + 1)),
        funding=(PlanFunding(1, "F", cost * count),),
    )
    assert len(propose(asked).placed) == min(count, 8)
