"""What a rollout decides, from values alone: windows, waves, who may start, gates, resumes."""

from datetime import UTC, datetime

import pytest

from deploy.gates import Vitals, vitals_from_json, worse
from deploy.rollout import (
    Member,
    Recovery,
    RolloutOptions,
    Standing,
    Stop,
    judge_wave,
    may_start,
    must_stop,
    read_waves,
    recovery,
    standing,
    waves_of,
)
from deploy.windows import BRUSSELS, school_calendar
from inventory.errors import InvalidInput
from inventory.models import PushState

SCHOOL = ("mon-fri 07:30-17:00",)


def at(text: str) -> datetime:
    """Return a moment that is told in Belgian time."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


def site(number: int, switches: int, access_points: int) -> list[Member]:
    """Return the devices of a site; the numbers of their pushes are unlike those of others."""
    names = [f"sw{n}" for n in range(switches)] + [f"ap{n}" for n in range(access_points)]
    return [
        Member(1000 * number + n, 1000 * number + n, name, number, leads=name.startswith("sw"))
        for n, name in enumerate(names)
    ]


# -- when


def test_a_school_is_not_interrupted_while_pupils_are_there() -> None:
    calendar = school_calendar(SCHOOL, ["2026-12-21..2027-01-03"], [])
    assert not calendar.may_interrupt(at("2026-11-23 10:00"))  # a Monday
    assert calendar.may_interrupt(at("2026-11-23 07:29"))
    assert not calendar.may_interrupt(at("2026-11-23 07:30"))
    assert calendar.may_interrupt(at("2026-11-23 17:00"))
    assert calendar.may_interrupt(at("2026-11-22 10:00"))
    assert calendar.may_interrupt(at("2026-12-23 10:00"))


def test_hours_are_those_of_belgium_in_winter_and_in_summer() -> None:
    calendar = school_calendar(SCHOOL, [], [])
    assert calendar.may_interrupt(datetime(2026, 11, 23, 6, 29, tzinfo=UTC))
    assert not calendar.may_interrupt(datetime(2026, 11, 23, 6, 30, tzinfo=UTC))
    assert not calendar.may_interrupt(datetime(2026, 6, 22, 5, 30, tzinfo=UTC))


def test_an_agreed_window_is_kept_and_may_go_over_midnight() -> None:
    calendar = school_calendar(SCHOOL, [], ["fri 22:00-05:00"])
    assert not calendar.may_interrupt(at("2026-11-27 21:59"))
    assert calendar.may_interrupt(at("2026-11-27 22:00"))
    assert calendar.may_interrupt(at("2026-11-28 04:59"))
    assert not calendar.may_interrupt(at("2026-11-28 05:00"))
    assert calendar.next_time(at("2026-11-23 10:00")) == at("2026-11-27 22:00")


def test_the_next_time_is_told_and_is_now_when_it_may_be_now() -> None:
    calendar = school_calendar(SCHOOL, [], [])
    assert calendar.next_time(at("2026-11-23 10:00")) == at("2026-11-23 17:00")
    assert calendar.next_time(at("2026-11-22 10:00")) == at("2026-11-22 10:00")
    never = school_calendar(["00:00-00:00"], [], [])
    assert never.next_time(at("2026-11-22 10:00")) is None


@pytest.mark.parametrize("text", ["whenever", "mon-fry 08:00-09:00", "mon 25:00-26:00"])
def test_hours_that_cannot_be_read_are_one_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match="ne dit ni heures"):
        school_calendar([text], [], [])


# -- in which wave


def test_waves_grow_from_one_device_over_one_site_to_the_rest() -> None:
    members = [*site(1, 1, 4), *site(2, 1, 2), *(m for n in range(3, 43) for m in site(n, 1, 4))]
    waves = waves_of(members, read_waves("1 device, 1 site, 5 %, rest"))
    assert [member.name for member in waves[0]] == ["sw0"]
    assert {member.site_id for member in (*waves[0], *waves[1])} == {2}  # the smallest site
    assert len(waves[1]) == 2
    assert len(waves[2]) == 15  # 5 % of 208 are 11, in whole sites
    assert sum(len(wave) for wave in waves) == len(members)


def test_the_same_plan_always_has_the_same_waves() -> None:
    members = [*site(1, 2, 9), *site(2, 1, 3)]
    sizes = read_waves("2 devices, rest")
    assert waves_of(members, sizes) == waves_of(reversed(members), sizes)
    assert [m.name for m in waves_of(site(1, 1, 11), sizes)[1]][:3] == ["ap1", "ap2", "ap3"]


def test_what_is_no_wave_is_refused_with_what_to_write() -> None:
    with pytest.raises(InvalidInput, match="is no wave"):
        RolloutOptions(waves="a few, rest")


# -- who may start


def test_what_others_are_reached_through_goes_first_and_alone() -> None:
    members = site(1, 2, 4)
    limits = {("site", 1): 4}
    assert may_start(members, [], access_points=limits, share=0.5, at_once=10) == [members[0]]
    assert not may_start(members[1:], members[:1], access_points=limits, share=0.5, at_once=10)


def test_never_more_than_half_of_a_sites_access_points_are_changed_at_once() -> None:
    members = site(1, 0, 8)
    started = may_start(members, [], access_points={("site", 1): 8}, share=0.5, at_once=99)
    assert len(started) == 4
    rest = members[4:]
    assert not may_start(rest, started, access_points={("site", 1): 8}, share=0.5, at_once=99)
    one = may_start(rest, started[1:], access_points={("site", 1): 8}, share=0.5, at_once=99)
    assert one == rest[:1]


def test_sites_do_not_wait_for_each_other_but_for_the_bound_of_the_whole() -> None:
    members = [*site(1, 1, 2), *site(2, 1, 2), *site(3, 1, 2)]
    started = may_start(members, [], access_points={}, share=0.5, at_once=2)
    assert [(each.site_id, each.name) for each in started] == [(1, "sw0"), (2, "sw0")]


# -- whether to go on


def test_a_wave_that_proved_nothing_or_harmed_too_many_is_not_followed() -> None:
    good, bad, silent = PushState.VERIFIED, PushState.ROLLED_BACK, PushState.FAILED
    assert judge_wave([good] * 49 + [silent], 2) is None
    assert judge_wave([good] * 49 + [bad], 2) is None
    assert judge_wave([good] * 48 + [bad], 2) is Stop.TOO_MANY_FAILED
    assert judge_wave([silent, PushState.SKIPPED], 2) is Stop.NOTHING_PROVEN
    assert must_stop([PushState.IN_DOUBT], 20, 2)
    assert not must_stop([silent, silent], 2, 0)


def test_a_gate_names_what_is_worse_and_only_that() -> None:
    before = Vitals(answers=True, behind=frozenset({4, 5, 6}), clients=40, grave=frozenset({"a"}))
    well = Vitals(answers=True, behind=frozenset({4, 5, 6, 7}), clients=20, grave=frozenset({"a"}))
    assert worse("sw1", before, well, 0.5) == []
    ill = Vitals(answers=False, behind=frozenset({4}), clients=19, grave=frozenset({"a", "b"}))
    assert [str(each) for each in worse("sw1", before, ill, 0.5)] == [
        "sw1 ne répond plus",
        "sw1\u00a0: 2 équipements derrière lui ne répondent plus",
        "sw1\u00a0: 19 clients au lieu de 40",
        "sw1\u00a0: nouveau constat grave, b",
    ]


def test_what_was_not_told_stops_nothing() -> None:
    told = Vitals(answers=True, behind=frozenset({4}), clients=40)
    assert worse("ap1", Vitals(), told, 1.0) == worse("ap1", told, Vitals(), 1.0) == []
    assert worse("ap1", Vitals(clients=4), Vitals(clients=0), 1.0) == []


def test_how_a_device_did_is_kept_as_json() -> None:
    vitals = Vitals(answers=True, behind=frozenset({4}), clients=3, grave=frozenset({"a"}))
    assert vitals_from_json(vitals.to_json()) == vitals
    assert vitals_from_json(None) is None


# -- after a kill


def test_a_device_is_in_doubt_from_its_guard_on_and_untouched_before() -> None:
    assert standing(PushState.PLANNED, []) is Standing.UNTOUCHED
    assert standing(PushState.SENDING, ["read"]) is Standing.UNTOUCHED
    assert standing(PushState.SENDING, ["read", "arm_guard"]) is Standing.IN_DOUBT
    assert standing(PushState.IN_DOUBT, ["read", "arm_guard", "send"]) is Standing.IN_DOUBT
    assert standing(PushState.VERIFIED, ["save"]) is Standing.DONE
    assert standing(PushState.ROLLED_BACK, ["roll_back"]) is Standing.RESTORED


def test_what_a_device_shows_decides_and_an_undoing_is_never_turned_round() -> None:
    sent = ["read", "arm_guard", "send"]
    assert recovery(shows_old=True, shows_new=False, steps=sent) is Recovery.STAND_DOWN
    assert recovery(shows_old=False, shows_new=True, steps=sent) is Recovery.FINISH
    assert recovery(shows_old=False, shows_new=False, steps=sent) is Recovery.UNDO
    undoing = [*sent, "roll_back"]
    assert recovery(shows_old=False, shows_new=True, steps=undoing) is Recovery.UNDO
