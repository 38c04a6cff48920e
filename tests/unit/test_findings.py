"""Each rule: what it finds, and what it leaves alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.findings.finding import Finding, Severity, Subject, Use, judge, rule, rules
from inventory.intent import (
    Band,
    IntentLayer,
    Port,
    PortMode,
    Purpose,
    RadioPlan,
    Security,
    Vlan,
    Wlan,
    resolve,
)
from inventory.observation import (
    Identity,
    Interface,
    Metric,
    Observation,
    Poe,
    Problem,
    Radio,
)
from inventory.observation import Vlan as SeenVlan
from inventory.observation import Wlan as SeenWlan

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SSID = "Ecole"
INTENT = resolve(
    [
        (
            "programme",
            IntentLayer(
                vlans=(Vlan(id=20, name="eleves"),),
                wlans=(
                    Wlan(
                        name="eleves",
                        ssid=SSID,
                        purpose=Purpose.PEDAGOGICAL,
                        security=Security.WPA2_PERSONAL,
                        vlan_id=20,
                        passphrase_secret="psk",
                    ),
                ),
                radios=(
                    RadioPlan(band=Band.GHZ_2_4, channel=1, width_mhz=20, tx_power_dbm=12),
                    RadioPlan(band=Band.GHZ_5, channel=36, width_mhz=40),
                ),
                ports=(Port(name="1/1/1", mode=PortMode.TRUNK, tagged_vlans=(20,)),),
                hostname="ap1",
            ),
        )
    ]
)
GOOD_AP = Observation(
    identity=Identity(family="openwrt", serial="SN1", sysname="ap1.ecole.be"),
    radios=(
        Radio(index=1, band="2.4", channel=1, width_mhz=20, tx_power_dbm=12.0),
        Radio(index=2, band="5", channel=36, width_mhz=40, utilisation_percent=12.0),
    ),
    wlans=(SeenWlan(SSID, security="wpa2_personal"),),
)
GOOD_SWITCH = Observation(
    identity=Identity(family="arubaos_cx", serial="SN2", sysname="ap1"),
    interfaces=(Interface(index=1, name="1/1/1", oper="up", speed_bps=1_000_000_000),),
    vlans=(SeenVlan(1, untagged=(1,)), SeenVlan(20, tagged=(1,))),
    poe=Poe(budget_w=370.0, used_w=120.0),
)


def _subject(**more: Any) -> Subject:
    values: dict[str, Any] = {
        "name": "ap1",
        "role": "access_point",
        "family": "openwrt",
        "lifecycle": "active",
        "now": NOW,
        "last_seen_at": NOW,
        "intent": INTENT,
        "observation": GOOD_AP,
        **more,
    }
    return Subject(**values)


def _switch(observation: Observation = GOOD_SWITCH, **more: Any) -> Subject:
    return _subject(
        name="sw1",
        role="switch",
        observation=observation,
        access_point_ports={"1/1/1": "ap1"},
        **{"intent": replace(INTENT, wlans=(), radios=()), **more},
    )


def _ap(**more: Any) -> Subject:
    values = {name: getattr(GOOD_AP, name) for name in ("identity", "radios", "wlans")}
    return _subject(observation=Observation(**{**values, **more}))


def _other_switch(**more: Any) -> Subject:
    names = ("identity", "interfaces", "vlans", "poe")
    values = {name: getattr(GOOD_SWITCH, name) for name in names}
    return _switch(Observation(**{**values, **more}))


def _found(subject: Subject) -> list[tuple[str, Severity]]:
    return [(finding.rule_id, finding.severity) for finding in judge(subject, Use.AUDIT)]


@pytest.mark.parametrize(
    "subject",
    [
        _subject(),
        _switch(),
        _subject(intent=None, observation=None),
        _subject(intent=None, serial="SN1", observation=Observation(Identity("openwrt"))),
        _switch(replace(GOOD_SWITCH, vlans=(SeenVlan(1, untagged=(1,)),)), intent=resolve([])),
        # A device that cannot tell its radios or WLANs breaks nothing by that.
        _subject(family="generic", observation=Observation(Identity("generic", serial="S"))),
    ],
)
def test_a_device_that_is_as_it_should_be_has_no_finding(subject: Subject) -> None:
    assert _found(subject) == []


CASES = [
    (
        _subject(last_error_kind="Unreachable", last_error="no answer"),
        ("reachability.silent", Severity.MAJOR),
    ),
    (
        _switch(last_error_kind="Unreachable", last_seen_at=None),
        ("reachability.silent", Severity.BLOCKING),
    ),
    (
        _subject(last_error_kind="Unreachable", shadowed=True),
        ("reachability.silent", Severity.INFO),
    ),
    (_subject(last_error_kind="Refused"), ("reachability.unreadable", Severity.MAJOR)),
    (_subject(last_error_kind="Garbled"), ("reachability.unreadable", Severity.MAJOR)),
    (_subject(last_seen_at=NOW - timedelta(hours=30)), ("reachability.stale", Severity.MINOR)),
    (_subject(last_seen_at=None), ("reachability.stale", Severity.MINOR)),
    (
        _ap(metrics=(Metric("memory_percent", None, 97.0, "%", "1.3"),)),
        ("load.busy", Severity.MINOR),
    ),
    (_ap(identity=Identity("openwrt", sysname="ap1")), ("identity.no_serial", Severity.INFO)),
    (
        _ap(identity=Identity("openwrt", sysname="OpenWrt", serial="S")),
        ("identity.name_differs", Severity.MINOR),
    ),
    (
        _subject(model="M", firmware="1.0", firmwares={"1.0": 1, "2.0": 7}),
        ("firmware.mixed", Severity.MINOR),
    ),
    (_subject(config_matches_last_push=False), ("configuration.drift", Severity.MAJOR)),
    (
        _subject(intent=None, intent_error="VLAN 9 is unknown"),
        ("intent.contradiction", Severity.MAJOR),
    ),
    (_subject(default_community=True), ("security.default_community", Severity.MAJOR)),
    (_subject(legacy_ssh=True), ("security.legacy_ssh", Severity.MINOR)),
    (
        _subject(
            intent=None,
            observation=Observation(
                Identity("openwrt", serial="S"), radios=(Radio(index=1, band="5", channel=149),)
            ),
        ),
        ("radio.unlawful_channel", Severity.BLOCKING),
    ),
    (
        _subject(
            intent=None,
            observation=Observation(
                Identity("openwrt", serial="S"),
                radios=(Radio(index=1, band="2.4", channel=6, width_mhz=40),),
            ),
        ),
        ("radio.wide_2_4", Severity.MINOR),
    ),
    (
        _ap(radios=(Radio(1, band="2.4", channel=11), Radio(2, band="5", channel=36))),
        ("radio.differs", Severity.MINOR),
    ),
    (
        _ap(
            radios=(
                Radio(1, band="2.4", channel=1, tx_power_dbm=20.0),
                Radio(2, band="5", channel=36),
            )
        ),
        ("radio.differs", Severity.MINOR),
    ),
    (
        _ap(radios=(Radio(1, band="2.4", channel=1), Radio(2, band="5"))),
        ("radio.off", Severity.MAJOR),
    ),
    (_ap(radios=()), ("radio.off", Severity.MAJOR)),
    (
        _ap(
            radios=(
                Radio(1, band="2.4", channel=1, utilisation_percent=63.0),
                Radio(2, band="5", channel=36),
            )
        ),
        ("radio.crowded", Severity.MINOR),
    ),
    (
        _other_switch(
            interfaces=(Interface(index=1, name="1/1/1", oper="up", speed_bps=100_000_000),)
        ),
        ("port.slow_access_point", Severity.MAJOR),
    ),
    (
        _other_switch(poe=Poe(budget_w=370.0, used_w=310.0)),
        ("poe.little_spare", Severity.MINOR),
    ),
    (
        _ap(wlans=(SeenWlan(SSID, security="wep"),)),
        ("wlan.weak_security", Severity.BLOCKING),
    ),
]


@pytest.mark.parametrize(("subject", "expected"), CASES, ids=[c[1][0] for c in CASES])
def test_a_rule_finds_what_it_is_for_and_nothing_else_does(
    subject: Subject, expected: tuple[str, Severity]
) -> None:
    assert _found(subject) == [expected]


def test_a_wlan_that_is_not_there_and_one_that_is_not_planned() -> None:
    subject = _ap(wlans=(SeenWlan("Autre", security="wpa2_personal"),))
    assert _found(subject) == [
        ("wlan.missing", Severity.MAJOR),
        ("wlan.unplanned", Severity.INFO),
    ]


def test_an_open_wlan_that_nobody_planned_is_grave_and_not_blocking() -> None:
    wlans = (SeenWlan(SSID, security="wpa2_personal"), SeenWlan("Gratuit", security="open"))
    assert ("wlan.weak_security", Severity.MAJOR) in _found(_ap(wlans=wlans))


def test_a_port_without_its_vlans_is_told_once() -> None:
    subject = _other_switch(vlans=(SeenVlan(1), SeenVlan(20, untagged=(1,))))
    (finding,) = judge(subject, Use.AUDIT)
    assert finding.message == "Port 1/1/1 de sw1\u00a0: VLAN 20 absent, VLAN natif 20 au lieu de 1"
    unplanned = replace(subject, intent=replace(INTENT, wlans=(), radios=(), ports=()))
    assert _found(unplanned) == [("port.no_trunk", Severity.MAJOR)]


def test_a_radio_that_a_radar_moved_is_only_told() -> None:
    layer = IntentLayer(radios=(RadioPlan(band=Band.GHZ_5, channel=100),))
    observation = Observation(
        Identity("openwrt", serial="S"), radios=(Radio(2, band="5", channel=36),)
    )
    subject = _subject(intent=resolve([("site:1", layer)]), observation=observation)
    assert _found(subject) == [("radio.differs", Severity.INFO)]


def test_a_half_read_device_is_not_said_to_lack_anything() -> None:
    subject = _ap(radios=(), wlans=(SeenWlan("Autre"),), problems=(Problem("walk", "it stopped"),))
    assert _found(subject) == [("wlan.unplanned", Severity.INFO)]


def test_every_message_is_french_typography_with_its_figures() -> None:
    for subject, _ in CASES:
        for finding in judge(subject, Use.AUDIT):
            for sign in (":", ";", "!", "?", "%", "»"):
                assert f" {sign}" not in finding.message, finding.message
            assert subject.name in finding.message


def test_every_rule_is_asked_for_by_someone_and_has_a_case() -> None:
    tested = {case[1][0] for case in CASES}
    tested |= {"wlan.missing", "wlan.unplanned", "port.no_trunk", "port.vlans_differ"}
    tested |= {"wlan.protection_differs"}  # test_wlan_protection_rule
    tested |= {"configuration.standard"}  # test_standards
    assert set(rules()) == tested
    assert all(each.uses and each.title for each in rules().values())


def test_two_rules_of_one_name_are_a_defect() -> None:
    def find(subject: Subject) -> Iterable[Finding]:
        return ()

    with pytest.raises(ValueError, match=r"two rules are called reachability\.silent"):
        rule("reachability.silent", "Encore")(find)
