"""A trail is right exactly where a walk would find the same names, whatever stands beside them."""

from bisect import bisect_right

from hypothesis import assume, given
from hypothesis import strategies as st

from collectors.snmp.ber import END_OF_MIB_VIEW, INTEGER, VarBind
from collectors.snmp.trail import Trail, trail_of, wrong_place
from inventory.vendors.mib import Oid

COLUMNS = ((2, 2), (2, 3), (2, 5, 1), (2, 5, 3), (2, 6))
PART = st.integers(0, 6)
NAMES = st.sets(st.lists(PART, min_size=1, max_size=3).map(lambda rest: (2, *rest)), max_size=25)


def below(names: set[Oid]) -> set[Oid]:
    """Return what a walk of COLUMNS finds."""
    return {name for name in names if any(name[: len(c)] == c and name != c for c in COLUMNS)}


def after(names: set[Oid], asked: Oid) -> VarBind:
    """Answer a GETNEXT as RFC 3416 clause 4.2.2 says."""
    ordered = sorted(names)
    place = bisect_right(ordered, asked)
    return (ordered[place], INTEGER, 1) if place < len(ordered) else (asked, END_OF_MIB_VIEW, None)


def retraced(trail: Trail, names: set[Oid]) -> list[Oid] | None:
    """Return the names that an agent with `names` answers, None where one is not right."""
    answers: list[Oid] = []
    for step in trail.steps:
        binds = [after(names, hop.asked) for hop in step.hops]
        if wrong_place(step, binds) is not None:
            return None
        answers += [name for name, _, _ in binds]
    return answers


@given(then=NAMES, now=NAMES)
def test_a_trail_is_right_where_a_walk_finds_the_same(then: set[Oid], now: set[Oid]) -> None:
    trail = trail_of(COLUMNS, below(then))
    first = retraced(trail, then)
    assert first is not None
    trail.shorten(first)
    assert trail.short is not None
    assert len(trail.short.hops) <= len(trail.hops)
    assert (retraced(trail, now) is not None) == (below(then) == below(now))
    if retraced(trail.short, now) is not None:
        assert below(then) == below(now)


@given(then=NAMES, beside=NAMES)
def test_the_short_trail_finds_every_instance_again(then: set[Oid], beside: set[Oid]) -> None:
    trail = trail_of(COLUMNS, below(then))
    first = retraced(trail, then)
    assert first is not None
    trail.shorten(first)
    assert trail.short is not None
    now = then | beside
    assume(below(now) == below(then))
    for each in (trail, trail.short):
        if retraced(each, now) is not None:
            found = {hop.found for hop in each.hops if hop.found is not None}
            assert found == below(then)


def test_columns_that_stand_side_by_side_need_no_question_of_their_own() -> None:
    names = {(2, 2, 0), (2, 3, 0), (2, 5, 1, 0), (2, 5, 3, 0), (2, 6, 0)}
    trail = trail_of(COLUMNS, names)
    answers = retraced(trail, names)
    assert answers is not None
    trail.shorten(answers)
    assert trail.short is not None
    assert [hop.asked for hop in trail.short.hops] == [(2, 2), *sorted(names)]
