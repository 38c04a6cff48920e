"""The acceptance profile and its checks: what is proved, what fails, and what is never passed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.errors import InvalidInput
from inventory.findings.finding import Subject
from inventory.intent import DeviceIntent, IntentLayer, resolve
from inventory.observation import Identity, Interface, Observation, Poe, PoePort
from lab import survey as lab_survey
from site_surveys.acceptance.devices import version_key
from site_surveys.acceptance.evidence import (
    DeviceEvidence,
    Dispensation,
    Document,
    Evidence,
    FloorEvidence,
    Ordered,
    PortOf,
    Word,
)
from site_surveys.acceptance.judgement import MEASURES, judge_site
from site_surveys.acceptance.outcome import Outcome, State, Verdict, verdict
from site_surveys.acceptance.wiring import documented_ports
from site_surveys.heard import places_heard
from site_surveys.plan import plan_from_json
from site_surveys.profile import AcceptanceProfile, load_profile, profile_from_toml
from site_surveys.samples import parse_samples
from site_surveys.signal import map_signal

NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)
PROFILE = load_profile()


def intent(**changed: Any) -> DeviceIntent:
    layer = {
        "vlans": [{"id": 10, "name": "pedagogique"}, {"id": 30, "name": "invites"}],
        "wlans": [
            {"name": "eleves", "ssid": "Ecole-Eleves", "purpose": "pedagogical",
             "security": "wpa3_personal", "vlan_id": 10, "passphrase_secret": "x"},
            {"name": "invites", "ssid": "Ecole-Invites", "purpose": "guest", "security": "owe",
             "vlan_id": 30, "client_isolation": True},
        ],
        **changed,
    }  # fmt: skip
    return resolve([("test", IntentLayer.model_validate(layer))])


def device(name: str, role: str = "access_point", **changed: Any) -> DeviceEvidence:
    """Return a device that was read a minute ago and is as intended."""
    seen = changed.pop("observation", Observation(Identity("openwrt", serial=f"S-{name}")))
    values: dict[str, Any] = {
        "firmware": "23.05.5",
        "last_seen_at": NOW - timedelta(minutes=1),
        "intent": intent(),
        "observation": seen,
        "config_matches_last_push": True,
        "default_community": False,
    }
    evidence = {key: changed.pop(key) for key in list(changed) if key not in Subject.__slots__}
    subject = Subject(
        name=name,
        role=role,
        family=changed.pop("family", "openwrt"),
        lifecycle=changed.pop("lifecycle", "active"),
        now=NOW,
        **{**values, **changed},
    )
    told = {
        "read_at": NOW - timedelta(minutes=1),
        "push_id": 1,
        "push_verified": True,
        "push_finished_at": NOW - timedelta(days=20),
        **evidence,
    }
    return DeviceEvidence(id=len(name), subject=subject, **told)


def judged(evidence: Evidence, check_id: str, profile: AcceptanceProfile = PROFILE) -> Outcome:
    return next(o for o in judge_site(profile, evidence) if o.check.id == check_id)


def states(outcome: Outcome) -> dict[str, State]:
    return {result.subject: result.state for result in outcome.results}


@pytest.fixture(scope="module")
def floor() -> FloorEvidence:
    plan = plan_from_json(lab_survey.plan(), where="lab")
    samples = parse_samples(lab_survey.samples_csv().encode(), where="lab").samples
    maps = [
        map_signal(plan, places_heard(samples, band="5", rank=rank), rank=rank) for rank in (0, 1)
    ]
    return FloorEvidence(1, "0" * 64, "Rez", plan, samples, maps[0], maps[1])


def test_nothing_known_is_nothing_passed() -> None:
    outcomes = judge_site(PROFILE, Evidence(NOW))
    assert {outcome.state for outcome in outcomes} == {State.NOT_PROVED}
    assert verdict(outcomes) is Verdict.NOT_PROVED
    assert all(result.found for outcome in outcomes for result in outcome.results)


def test_every_measure_is_asked_for_by_the_profile_and_every_check_says_its_source() -> None:
    assert {check.measure for check in PROFILE.checks} == set(MEASURES)
    assert all(check.source and check.title and check.proof for check in PROFILE.checks)
    assert len({check.id for check in PROFILE.checks}) == len(PROFILE.checks)


def test_rooms_known_bad_fail_and_the_others_pass(floor: FloorEvidence) -> None:
    told = states(judged(Evidence(NOW, floors=(floor,)), "radio.primary_coverage"))
    bad = {f"{name} (Rez)" for name in lab_survey.BAD_ROOMS}
    assert {room for room, state in told.items() if state is State.FAILED} == bad
    assert {state for room, state in told.items() if room not in bad} == {State.PASSED}


def test_a_floor_without_a_map_or_rooms_is_not_proved(floor: FloorEvidence) -> None:
    unmapped = replace(floor, primary=None, no_map="trop peu de points")
    no_rooms = replace(floor, plan=floor.plan.model_copy(update={"rooms": ()}))
    for each in (unmapped, no_rooms):
        outcome = judged(Evidence(NOW, floors=(each,)), "radio.primary_coverage")
        assert states(outcome) == {"Rez": State.NOT_PROVED}


def test_noise_and_shared_channels_are_judged_room_by_room(floor: FloorEvidence) -> None:
    evidence = Evidence(NOW, floors=(floor,))
    snr = states(judged(evidence, "radio.snr"))
    assert snr["Classe 1 (Rez)"] is State.PASSED
    assert snr["Maternelle 1 (Rez)"] is State.FAILED
    assert judged(evidence, "radio.co_channel").state is State.PASSED
    crowded = replace(floor, samples=tuple(replace(each, channel=36) for each in floor.samples))
    shared = judged(Evidence(NOW, floors=(crowded,)), "radio.co_channel")
    assert states(shared)["Couloir (Rez)"] is State.FAILED
    silent = replace(floor, samples=tuple(replace(e, noise_dbm=None) for e in floor.samples))
    assert judged(Evidence(NOW, floors=(silent,)), "radio.snr").state is State.NOT_PROVED


@pytest.mark.parametrize(
    ("pushed_at", "state"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), State.PASSED),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), State.FAILED),
        (None, State.NOT_PROVED),
    ],
)
def test_a_survey_proves_only_what_was_configured_before_it(
    floor: FloorEvidence, pushed_at: datetime | None, state: State
) -> None:
    point = device("ap1", push_finished_at=pushed_at)
    outcome = judged(Evidence(NOW, (point,), (floor,)), "radio.survey_date")
    assert outcome.state is state


def test_a_planned_network_that_nobody_heard_fails(floor: FloorEvidence) -> None:
    wlans = [
        {"name": "admin", "ssid": "Ecole-Administration", "purpose": "administration",
         "security": "wpa3_personal", "vlan_id": 10, "passphrase_secret": "x"},
    ]  # fmt: skip
    evidence = Evidence(NOW, (device("ap1", intent=intent(wlans=wlans)), device("ap2")), (floor,))
    assert states(judged(evidence, "radio.ssids")) == {
        "Ecole-Administration": State.FAILED,
        "Ecole-Eleves": State.PASSED,
        "Ecole-Invites": State.PASSED,
    }


def test_an_ordered_serial_is_found_missing_or_not_told() -> None:
    mute = Observation(Identity("openwrt"))
    evidence = Evidence(
        NOW,
        (device("ap1"), device("ap2", observation=mute), device("ap3")),
        ordered=(
            Ordered("s-ap1", "access_point", "ap1"),
            Ordered("S-AP2", "access_point", "ap2"),
            Ordered("S-9", "access_point", "ap3"),
            Ordered("S-7", "access_point", "ap7"),
        ),
    )
    outcome = judged(evidence, "equipment.order")
    assert [result.state for result in outcome.results] == [
        State.PASSED, State.NOT_PROVED, State.FAILED, State.FAILED,
    ]  # fmt: skip
    counted = replace(evidence, ordered=(), serials_expected=4)
    assert judged(counted, "equipment.order").state is State.FAILED
    assert judged(replace(counted, serials_expected=3), "equipment.order").state is State.NOT_PROVED


def test_what_was_read_too_long_ago_or_never_proves_nothing() -> None:
    old = device("ap1", read_at=NOW - timedelta(hours=30))
    never = device("ap2", read_at=None)
    silent = device("ap3", last_error_kind="Unreachable")
    coming = device("ap4", lifecycle="ordered")
    outcome = judged(Evidence(NOW, (old, never, silent, coming)), "equipment.reachable")
    assert states(outcome) == {
        "ap1": State.NOT_PROVED,
        "ap2": State.NOT_PROVED,
        "ap3": State.FAILED,
        "ap4": State.FAILED,
    }


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("23.05.5", State.PASSED),
        ("24.10.0", State.PASSED),
        ("22.03.7", State.FAILED),
        ("SNAPSHOT r26000", State.NOT_PROVED),
        (None, State.NOT_PROVED),
    ],
)
def test_firmware_is_compared_as_numbers(told: str | None, state: State) -> None:
    evidence = Evidence(NOW, (device("ap1", firmware=told),))
    assert judged(evidence, "equipment.firmware").state is state


def test_a_version_is_its_numbers() -> None:
    assert version_key("PL.10.13.1000") == (10, 13, 1000)
    assert max((10, 10), version_key("10.9") or ()) == (10, 10)
    assert version_key("r26000") is None


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, State.PASSED),
        ({"push_verified": None}, State.NOT_PROVED),
        ({"push_verified": False}, State.FAILED),
        ({"config_matches_last_push": False}, State.FAILED),
        ({"config_matches_last_push": None}, State.NOT_PROVED),
    ],
)
def test_a_configuration_counts_when_read_back_and_unchanged(
    changed: dict[str, Any], state: State
) -> None:
    evidence = Evidence(NOW, (device("ap1", **changed),))
    assert judged(evidence, "equipment.configuration").state is state


def switch(speed_bps: int | None = 10**9, *, delivering: bool | None = True) -> DeviceEvidence:
    port = Interface(index=3, name="1/1/3", oper="up", speed_bps=speed_bps)
    poe = Poe(budget_w=370.0, used_w=60.0, ports=(PoePort(3, 4, True, delivering, 6.5),))
    seen = Observation(Identity("aruba_cx"), interfaces=(port,), poe=poe)
    return device("sw1", "switch", family="aruba_cx", observation=seen)


@pytest.mark.parametrize(
    ("switch_", "seen_on", "speed", "power"),
    [
        (switch(), PortOf("sw1", "1/1/3"), State.PASSED, State.PASSED),
        (switch(10**8, delivering=False), PortOf("sw1", "1/1/3"), State.FAILED, State.FAILED),
        (switch(None, delivering=None), PortOf("sw1", "1/1/3"), State.NOT_PROVED, State.NOT_PROVED),
        (switch(), PortOf("sw1", "1/1/9"), State.NOT_PROVED, State.NOT_PROVED),
        (switch(), None, State.NOT_PROVED, State.NOT_PROVED),
    ],
)
def test_an_access_point_s_port_is_fast_and_powers_it(
    switch_: DeviceEvidence, seen_on: PortOf | None, speed: State, power: State
) -> None:
    evidence = Evidence(NOW, (switch_, device("ap1", seen_on=seen_on)))
    assert states(judged(evidence, "wiring.speed")) == {"ap1": speed}
    assert states(judged(evidence, "wiring.poe"))["ap1"] is power


def test_an_access_point_hangs_where_the_plan_says() -> None:
    here, there = PortOf("sw1", "1/1/3"), PortOf("sw1", "1/1/4")
    evidence = Evidence(
        NOW,
        (
            device("ap1", seen_on=here, documented_on=here),
            device("ap2", seen_on=here, documented_on=there),
            device("ap3", seen_on=here),
            device("ap4", documented_on=there),
        ),
    )
    assert [result.state for result in judged(evidence, "wiring.port").results] == [
        State.PASSED, State.FAILED, State.NOT_PROVED, State.NOT_PROVED,
    ]  # fmt: skip


def test_a_port_s_description_names_its_access_point_or_nobody() -> None:
    ports = [
        {"name": "1/1/1", "description": "Borne ap1"},
        {"name": "1/1/2", "description": "Borne ap10, couloir"},
        {"name": "1/1/3", "description": "Borne ap3"},
        {"name": "1/1/4", "description": "ancienne borne ap3"},
    ]
    layer = IntentLayer.model_validate({"ports": ports})
    found = documented_ports({"sw1": resolve([("t", layer)])}, ["lac-ap1", "ap10", "ap3", "ap2"])
    assert found == {"lac-ap1": PortOf("sw1", "1/1/1"), "ap10": PortOf("sw1", "1/1/2")}


def test_guests_that_the_plan_lets_meet_fail_whatever_a_person_says() -> None:
    word = Word(1, "security.guests", True, "essayé", "alice", NOW)
    loose = intent(wlans=[{"name": "g", "ssid": "Invites", "purpose": "guest",
                           "security": "owe", "vlan_id": 30}])  # fmt: skip
    closed = Evidence(NOW, (device("ap1"),), words={"security.guests": word})
    assert judged(closed, "security.guests").state is State.PASSED
    assert judged(replace(closed, words={}), "security.guests").state is State.NOT_PROVED
    opened = replace(closed, devices=(device("ap1", intent=loose),))
    assert judged(opened, "security.guests").state is State.FAILED
    none = replace(closed, devices=(device("ap1", intent=intent(wlans=[])),))
    assert judged(none, "security.guests").state is State.NOT_APPLICABLE


def test_a_word_proves_what_a_person_can_and_nothing_else() -> None:
    words = {check.id: Word(1, check.id, True, "vu", "alice", NOW) for check in PROFILE.checks}
    for outcome in judge_site(PROFILE, Evidence(NOW, words=words)):
        by_people = "person" in outcome.check.proof and outcome.check.id != "x"
        expected = State.PASSED if by_people else State.NOT_PROVED
        assert outcome.state is expected, outcome.check.id
    refused = {"services.clients": Word(1, "services.clients", False, "pas de DNS", "bob", NOW)}
    assert judged(Evidence(NOW, words=refused), "services.clients").state is State.FAILED


def test_a_waiver_is_a_dispensation_and_not_a_success() -> None:
    given = Dispensation("école fermée", "alice", NOW + timedelta(days=3))
    broken = device("ap1", default_community=True,
                    dispensations={"security.default_community": given})  # fmt: skip
    outcome = judged(Evidence(NOW, (broken,)), "security.credentials")
    assert outcome.state is State.WAIVED
    assert "école fermée" in outcome.results[0].found
    assert judged(Evidence(NOW, (replace(broken, dispensations={}),)),
                  "security.credentials").state is State.FAILED  # fmt: skip


def test_a_document_of_the_dossier_proves_its_check() -> None:
    held = Evidence(NOW, documents=(Document("cabling_tests", "essais.pdf", "a" * 64),))
    assert judged(held, "wiring.tests").state is State.PASSED
    assert judged(held, "equipment.placed").state is State.NOT_PROVED


MINIMAL = b"""
version = "x"
[letterhead]
title = "T"
subtitle = "S"
[reserves.blocking]
days = 1
responsible = "A"
[reserves.minor]
days = 2
responsible = "B"
"""


def edition(text: bytes) -> bytes:
    figures = b"".join(
        b"[figures.%s]\nstandard = 1\nstrict = 2\nsource = 's'\n" % name.encode()
        for name in (
            "primary_rssi_dbm", "secondary_rssi_dbm", "room_share", "snr_db", "co_channel_dbm",
            "co_channel_access_points", "map_error_db", "read_within_h", "link_bps",
        )
    )  # fmt: skip
    return MINIMAL + figures + text


CHECK = b"""
[[checks]]
id = "a.b"
group = "G"
title = "T"
measure = "word"
proof = ["person"]
severity = "minor"
limit = "<= {snr_db} dB"
source = "S"
"""


def test_another_edition_of_the_profile_is_data() -> None:
    profile = profile_from_toml(edition(CHECK), where="t", strict=True)
    assert profile.limit_text(profile.checks[0]) == "<= 2\u00a0dB"
    assert judge_site(profile, Evidence(NOW))[0].state is State.NOT_PROVED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"version = ", "pas du TOML"),
        (b"\xff", "pas du TOML"),
        (b"version = 'x'", "ne convient pas\u00a0: letterhead"),
        (edition(CHECK + CHECK), "two checks are called a.b"),
        (edition(CHECK.replace(b"{snr_db}", b"{nothing}")), "nomme un chiffre qui n’existe pas"),
        (edition(CHECK.replace(b"minor", b"grave")), "severity"),
    ],
)
def test_a_profile_that_does_not_fit_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        profile_from_toml(content, where="t")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ((b'"word"', b'"magic"'), "a measure that there is not"),
        ((b'"word"', b'"rules"\nrules = ["no.such"]'), "a rule that there is not"),
        ((b'"word"', b'"rules"\nneeds = "luck"'), "needs something unknown"),
    ],
)
def test_a_profile_that_asks_for_the_unknown_is_refused(
    changed: tuple[bytes, bytes], sentence: str
) -> None:
    profile = profile_from_toml(edition(CHECK.replace(*changed)), where="t")
    with pytest.raises(InvalidInput, match=sentence):
        judge_site(profile, Evidence(NOW))
