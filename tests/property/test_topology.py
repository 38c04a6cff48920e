"""Random networks and failures: exactly the frontier of a silence is its cause."""

from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from inventory.cabling import Cable, CableState, End, Hearing, cables
from inventory.incidents import (
    Judgement,
    Reading,
    find_causes,
    health_of_history,
    judge_site,
    remember,
)
from inventory.models import Health
from inventory.topology import Place, Tree, site_tree

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@st.composite
def networks(draw: st.DrawFn) -> dict[int, int]:
    """Return the parent of each device but the first, ids shuffled so that they tell nothing."""
    ids = draw(st.lists(st.integers(1, 999), min_size=1, max_size=15, unique=True))
    return {ids[i]: ids[draw(st.integers(0, i - 1))] for i in range(1, len(ids))} | {ids[0]: 0}


def _root(parents: dict[int, int]) -> int:
    return next(child for child, parent in parents.items() if parent == 0)


def _hearings(parents: dict[int, int]) -> list[Hearing]:
    both = [(c, f"up-{c}", p, f"down-{c}") for c, p in parents.items() if p]
    ways = both + [(p, down, c, up) for c, up, p, down in both]
    return [Hearing(a, port, b, remote, NOW, NOW) for a, port, b, remote in ways]


def _tree(parents: dict[int, int]) -> Tree:
    root = _root(parents)
    places = [Place(each, f"d{each}", core=each == root) for each in sorted(parents)]
    return site_tree(places, cables(_hearings(parents)))


def _line(parents: dict[int, int], device: int) -> list[int]:
    """Return what stands between a device and the root, the device first."""
    return [] if device == 0 else [device, *_line(parents, parents[device])]


@given(networks())
def test_the_tree_is_found_again_from_what_both_ends_say(parents: dict[int, int]) -> None:
    tree = _tree(parents)
    root = _root(parents)
    assert (tree.root, {**tree.parents, root: 0}) == (root, parents)
    assert sorted(tree.devices()) == sorted(parents)
    assert all(cable.state is CableState.CONFIRMED for cable in tree.cables.values())


@given(networks(), st.data())
def test_exactly_the_frontier_of_the_silence_is_its_cause(
    parents: dict[int, int], data: st.DataObject
) -> None:
    dead = data.draw(st.sets(st.sampled_from(sorted(parents))))
    lines = {device: _line(parents, device) for device in parents}
    answering = {device: not dead & set(lines[device]) for device in parents}
    causes = find_causes(_tree(parents), answering)
    frontier = {device for device in dead if not dead & set(lines[device][1:])}
    assert set(causes.shadows) == frontier
    expected = {
        device: next(each for each in reversed(line) if each in dead)
        for device, line in lines.items()
        if dead & set(line[1:])
    }
    assert {d: c for d, c in causes.cause_of().items() if d != c} == {
        d: c for d, c in expected.items() if d != c
    }


@given(networks(), st.data())
def test_whatever_falls_every_silent_device_has_exactly_one_cause(
    parents: dict[int, int], data: st.DataObject
) -> None:
    # Also what no cut cable could do: a mute agent on a switch that still forwards.
    states = st.sampled_from([True, False, None])
    answering = {device: data.draw(states) for device in parents}
    causes = find_causes(_tree(parents), answering)
    named = [*causes.shadows, *(each for behind in causes.shadows.values() for each in behind)]
    assert sorted(named) == sorted(d for d, answers in answering.items() if answers is False)


@given(networks(), st.data())
def test_nothing_in_a_shadow_is_ever_called_down_and_all_is_well_two_polls_after(
    parents: dict[int, int], data: st.DataObject
) -> None:
    tree = _tree(parents)
    cut = data.draw(st.sampled_from(sorted(parents)))
    polls = data.draw(st.integers(0, 12))
    histories = dict.fromkeys(parents, "aa")
    waiting: set[int] = set()
    for _ in range(polls):
        heard = {d: cut not in _line(parents, d) for d in parents}
        judgement = _poll(tree, histories, heard, waiting)
        histories = dict(judgement.history)
        waiting = set(judgement.open)
        down = {d for d, health in judgement.health.items() if health is Health.DOWN}
        assert down <= {cut}
        assert waiting <= {cut}
    assert waiting == ({cut} if polls >= 2 else set())
    for _ in range(2):
        judgement = _poll(tree, histories, dict.fromkeys(parents, True), waiting)
        histories, waiting = dict(judgement.history), set(judgement.open)
        assert not waiting
    assert set(judgement.health.values()) == {Health.OK}


def _poll(
    tree: Tree, histories: dict[int, str], heard: dict[int, bool], waiting: set[int]
) -> Judgement:
    letters = {True: Reading.ANSWERED, False: Reading.SILENT}
    after = {d: remember(history, letters[heard[d]]) for d, history in histories.items()}
    return judge_site(tree, after, waiting)


@given(st.text("apsxu", max_size=8))
def test_down_is_two_silences_and_ok_is_never_right_after_one(history: str) -> None:
    health = health_of_history(history)
    assert (health is Health.DOWN) == history.endswith("ss")
    assert health is not Health.SHADOWED
    if health is Health.OK:
        assert history.endswith("a")


@given(st.lists(st.tuples(*[st.integers(1, 4)] * 2, *[st.sampled_from("xyz")] * 2), max_size=12))
def test_any_hearings_make_cables_that_hold_each_of_them_once(
    told: list[tuple[int, int, str, str]],
) -> None:
    hearings = [Hearing(a, port, b, remote, NOW, NOW) for a, b, port, remote in told]
    found = cables(hearings)
    ends = [
        (end.device_id, end.port, cable.other(end.device_id))
        for cable in found
        for end in (cable.a, cable.b)
        if end.heard_at is not None
    ]
    said = {(h.device_id, h.port, h.remote_device_id) for h in hearings}
    assert sorted(ends) == sorted(each for each in said if each[0] != each[2])
    assert cables(reversed(hearings)) == found


@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_told_changes_nothing(parents: dict[int, int], chance: Random) -> None:
    hearings = _hearings(parents)
    shuffled = list(hearings)
    chance.shuffle(shuffled)
    assert cables(shuffled) == cables(hearings)


def test_a_cable_knows_its_ends() -> None:
    cable = Cable(End(1, "p"), End(2, "q"), CableState.CONFIRMED, NOW, NOW)
    assert (cable.end(2).port, cable.other(2)) == ("q", 1)
