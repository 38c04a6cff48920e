"""A rollout as a machine of states: whatever happens to its devices, what it promises holds."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from deploy.rollout import (
    Member,
    Recovery,
    Standing,
    judge_wave,
    may_start,
    must_stop,
    read_waves,
    recovery,
    standing,
    waves_of,
)
from inventory.models import PushState

ENDS = (PushState.VERIFIED, PushState.ROLLED_BACK, PushState.FAILED, PushState.IN_DOUBT)
STEPS = ("read", "arm_guard", "send", "apply", "read_back", "confirm", "save", "roll_back")


@st.composite
def fleets(draw: st.DrawFn) -> list[Member]:
    """Return the devices of some sites; some devices have none."""
    found: list[Member] = []
    for site in range(draw(st.integers(1, 5))):
        kinds = draw(st.lists(st.booleans(), min_size=1, max_size=9))
        for leads in kinds:
            number = len(found) + 1
            place = None if draw(st.integers(0, 9)) == 0 else site
            found.append(Member(number, number, f"d{number}", place, leads=leads))
    return found


SIZES = st.sampled_from(["1 device, 1 site, 5 %, rest", "rest", "3 devices, 50 %", "2 sites"])


@given(fleets(), SIZES)
def test_every_device_is_in_one_wave_and_a_site_is_finished_before_the_next_begins(
    fleet: list[Member], sizes: str
) -> None:
    waves = waves_of(fleet, read_waves(sizes))
    order = [member for wave in waves for member in wave]
    assert Counter(order) == Counter(fleet)
    assert all(waves)
    sites = [member.site for member in order]
    assert len([a for a, b in pairwise(sites) if a != b]) + 1 == len(set(sites))
    for site in set(sites):
        leads = [member.leads for member in order if member.site == site]
        assert leads == sorted(leads, reverse=True)


@given(fleets(), st.integers(1, 6), st.data())
def test_a_wave_keeps_its_limits_at_every_moment_and_ends(
    fleet: list[Member], at_once: int, data: st.DataObject
) -> None:
    waiting, running, states = list(fleet), list[Member](), dict[int, PushState]()
    points = Counter(member.site for member in fleet if not member.leads)
    begun: Counter[int] = Counter()
    while waiting or running:
        stopped = must_stop(states.values(), len(fleet), 10.0)
        if stopped and not running:
            break
        if not stopped:
            for member in may_start(
                waiting, running, access_points=points, share=0.5, at_once=at_once
            ):
                waiting.remove(member)
                running.append(member)
                begun[member.push_id] += 1
        # Nothing waits for ever: with nobody at work, somebody may begin.
        assert running
        assert len(running) <= at_once
        for site, there in Counter(member.site for member in running).items():
            leading = [m for m in running if m.site == site and m.leads]
            assert not leading or there == 1
            assert leading or there <= max(1, points[site] // 2)
        ended = running.pop(data.draw(st.integers(0, len(running) - 1)))
        states[ended.push_id] = data.draw(st.sampled_from(ENDS))
    assert max(begun.values()) == 1
    if not waiting and not must_stop(states.values(), len(fleet), 10.0):
        proven = PushState.VERIFIED in states.values()
        assert (judge_wave(list(states.values()), 10.0) is None) == proven


@given(st.sampled_from(PushState), st.integers(0, len(STEPS)))
def test_a_device_is_called_untouched_only_where_no_step_could_have_touched_it(
    state: PushState, taken: int
) -> None:
    steps = list(STEPS[:taken])
    told = standing(state, steps)
    if told is Standing.UNTOUCHED and state is PushState.SENDING:
        assert not set(steps) - {"read"}
    if state is PushState.IN_DOUBT:
        assert told is Standing.IN_DOUBT


@given(st.booleans(), st.booleans(), st.lists(st.sampled_from(STEPS)))
def test_only_a_whole_change_that_nobody_was_undoing_is_ever_confirmed(
    old: bool, new: bool, steps: list[str]
) -> None:
    if recovery(shows_old=old, shows_new=new, steps=steps) is Recovery.FINISH:
        assert new
        assert not old
        assert "roll_back" not in steps
