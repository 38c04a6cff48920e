"""RouterOS: the grammar of its export, what is refused, what is judged, and the guard's lines."""

import re
from pathlib import Path
from typing import Any

import pytest

from deploy.difference import difference
from deploy.plan import plan_change
from inventory.errors import Garbled, InvalidInput
from inventory.intent import DeviceIntent, IntentLayer, resolve
from inventory.vendors.routeros.configuration import CONFIGURATION, in_effect, normalise
from inventory.vendors.routeros.configuration_commands import GRAMMAR, arrange
from inventory.vendors.routeros.configuration_export import parse, spoken
from inventory.vendors.routeros.configuration_guard import GUARD

RUNNING = normalise([(Path(__file__).parent / "routeros/running.txt").read_text(encoding="utf-8")])
# The terminal that netmiko asks for is 511 columns wide, prompt included; past it the echo wraps.
WIDEST = 460
SECRETS = {"clef": 'une "clef" $ \\ ?', "radius": "secret-radius"}
FIVE_GHZ = "/interface wifi set [ find default-name=wifi1 ] channel.band=5ghz-ax\n"
WLAN = {
    "name": "eleves",
    "ssid": "Élèves",
    "purpose": "pedagogical",
    "security": "wpa3_personal",
    "vlan_id": 10,
    "passphrase_secret": "clef",
}


def intent(**layer: Any) -> DeviceIntent:
    layer = {"vlans": [{"id": 10, "name": "pedago"}], "management_vlan": 1, **layer}
    return resolve([("test", IntentLayer.model_validate(layer))])


def test_an_export_as_a_person_sees_it_says_the_same_as_a_terse_one() -> None:
    wrapped = (
        "# 2026-11-20 09:12:33 by RouterOS 7.19.4\n"
        "/interface wifi\n"
        "set [ find default-name=wifi1 ] channel.band=5ghz-ax .width=\\\n"
        '    20/40mhz configuration.ssid="a \\"b\\" \\C3\\A9" disabled=no\n'
        "/ip service\n"
        "set telnet disabled=yes\n"
    )
    terse = (
        "/interface wifi set [ find default-name=wifi1 ] channel.band=5ghz-ax "
        'channel.width=20/40mhz configuration.ssid="a \\"b\\" é" disabled=no\n'
        "/ip service set telnet disabled=yes\n"
    )
    assert parse(wrapped) == parse(terse)
    assert parse(terse)[0].options["configuration.ssid"] == 'a "b" é'


@pytest.mark.parametrize(
    "text",
    [
        '/system identity set name="never ended',
        "add name=nowhere",
        "/ip address add address=10.0.0.1 \\",
    ],
)
def test_what_is_no_export_is_garbled(text: str) -> None:
    with pytest.raises(Garbled):
        parse(text)


def test_items_without_a_name_of_their_own_are_never_named_in_a_command() -> None:
    rules = "/ip firewall filter add action=drop chain=input\n"
    twice = rules + rules + "/ip firewall filter add action=accept chain=forward\n"
    assert len({record.identity for record in parse(twice)}) == 3
    assert not difference(GRAMMAR, twice, rules).remediation
    assert not difference(GRAMMAR, rules, twice).remediation


def test_secrets_are_masked_and_put_back() -> None:
    text = (
        RUNNING
        + '/radius add address=10.0.0.1 comment="preau 1" secret=partage service=wireless\n'
        + "/snmp community add name=publique\n"
        + "/snmp community add authentication-password=aaaaaaaa encryption-password=bbbbbbbb "
        + "name=lecture security=private\n"
        + "/ppp secret add name=moi password=ppp-secret\n"
    )
    masked = GRAMMAR.scrub(text, {"partage": "radius"})
    for shown in ("partage", "publique", "aaaaaaaa", "bbbbbbbb", "ppp-secret", "lecture-seule"):
        assert shown not in masked
    assert "‹secret:radius›" in masked
    assert "name=lecture " in masked  # a user of SNMPv3 is no secret
    assert GRAMMAR.unscrub(masked, text, {"radius": "partage"}) == text


def test_a_secret_is_hidden_as_the_console_is_told_it() -> None:
    assert spoken('une "clef" à $oi ?') == 'une \\"clef\\" \\C3\\A0 \\$oi \\3F'


def test_the_longest_lines_fit_the_terminal() -> None:
    wanted = intent(
        wlans=[{**WLAN, "ssid": "é" * 16}],
        radios=[{"band": "5", "channel": 44, "width_mhz": 80, "dfs": True, "tx_power_dbm": 10}],
        management={"contact": "é" * 60, "location": "è" * 60},
    )
    change = plan_change(CONFIGURATION, wanted, RUNNING, {"clef": "x" * 63})
    typed = [*change.difference.remediation, *change.difference.rollback]
    typed += [each.command for each in (*GUARD.arm(3600), *GUARD.confirm, *GUARD.restore)]
    typed += CONFIGURATION.read
    assert max(len(line) for line in typed) <= WIDEST


def test_a_radio_that_is_taken_loses_its_old_network_before_it_sends() -> None:
    change = plan_change(CONFIGURATION, intent(wlans=[WLAN]), RUNNING, SECRETS)
    lines = change.difference.remediation
    about = [line for line in lines if "default-name=wifi1" in line]
    assert "unset" in about[0]
    assert about[-1].endswith("disabled=no")
    assert not any("disabled=no" in line for line in about[:-1])
    assert any("MikroTik-000001" in note for note in change.notes)


def test_vlans_are_carried_where_the_bridge_filters_them() -> None:
    filtering = RUNNING.replace("name=bridge", "name=bridge vlan-filtering=yes")
    with pytest.raises(InvalidInput, match="uplink cannot be told"):
        plan_change(CONFIGURATION, intent(wlans=[WLAN]), filtering, SECRETS)
    told = filtering + "/interface bridge vlan add bridge=bridge tagged=ether1 vlan-ids=99\n"
    change = plan_change(CONFIGURATION, intent(wlans=[WLAN]), told, SECRETS)
    assert (
        '/interface bridge vlan add bridge=bridge comment="preau v10" '
        "tagged=ether1,wifi1,wifi2 vlan-ids=10"
    ) in change.difference.remediation
    assert change.risk_reasons == (
        "« /interface bridge vlan » fait partie du chemin d’administration",
    )


@pytest.mark.parametrize(
    ("running", "layer", "reason"),
    [
        ("/interface wireless set [ find default-name=wlan1 ] ssid=x\n", {}, "old `wireless`"),
        ("/interface wifi set [ find default-name=wifi1 ] disabled=no\n", {}, "band of wifi1"),
        (
            FIVE_GHZ,
            {"bands": ["2.4"]},
            "no radio for the WLAN eleves",
        ),
        (
            f"{FIVE_GHZ}/interface bridge add name=a\n/interface bridge add name=b\n",
            {},
            "the device has a, b",
        ),
    ],
)
def test_what_cannot_be_put_on_a_device_is_refused(
    running: str, layer: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        plan_change(CONFIGURATION, intent(wlans=[{**WLAN, **layer}]), running, SECRETS)


def test_the_band_is_told_by_the_hardware_where_nothing_is_configured() -> None:
    printed = (
        " 0 L radio-mac=48:A9:8A:00:00:03 phy-id=0 bands=5ghz-a:20mhz,5ghz-ax:20/40mhz "
        "countries=all interface=wifi1\n"
    )
    export = (
        "/interface wifi set [ find default-name=wifi1 ] mtu=1500\n/interface bridge add name=b"
    )
    running = normalise([export, printed])
    change = plan_change(CONFIGURATION, intent(wlans=[WLAN]), running, SECRETS)
    assert any("configuration=preau-eleves" in line for line in change.difference.remediation)


ON_AIR = """/interface wifi set [ find default-name=wifi1 ] configuration=preau-a disabled=no
/interface wifi add configuration=preau-b disabled=no master-interface=wifi1 name=preau-b-wifi1
/interface wifi set [ find default-name=wifi2 ] configuration=preau-a disabled=yes
"""


@pytest.mark.parametrize(
    ("printed", "problem"),
    [
        (" 0 MB  default-name=wifi1 name=wifi1\n 1  B R comment=preau name=preau-b-wifi1\n", None),
        (" 0 MBI name=wifi1\n 1  B  name=preau-b-wifi1\n", "wifi1 is not on the air"),
        (" 0 MB  name=wifi1\n 1  BX name=preau-b-wifi1\n", "preau-b-wifi1 is not on the air"),
        (" 0 MB  name=wifi1\n", "preau-b-wifi1 is not there"),
        ("", "wifi1 is not there"),
    ],
)
def test_a_network_is_in_use_when_its_interface_is_not_inactive(
    printed: str, problem: str | None
) -> None:
    assert in_effect(printed, ON_AIR).problem == problem


@pytest.mark.parametrize(
    "said",
    [
        "bad command name wifi (line 1 column 12)",
        "expected end of command (line 1 column 30)",
        "syntax error (line 1 column 5)",
        "input does not match any value of security",
        "invalid value for argument address",
        "value of vlan-id out of range (1..4095)",
        "no such item",
        "failure: already have bridge with such name",
        "not enough permissions (9)",
        "failure: not allowed by device-mode",
    ],
)
def test_words_of_refusal_are_told_from_what_is_shown(said: str) -> None:
    patterns = CONFIGURATION.errors
    assert any(re.search(pattern, said, re.MULTILINE) for pattern in patterns)
    assert not any(re.search(pattern, RUNNING, re.MULTILINE) for pattern in patterns)


def test_only_lines_that_make_an_item_may_not_be_sent_twice() -> None:
    change = plan_change(CONFIGURATION, intent(wlans=[WLAN]), RUNNING, SECRETS)
    made = [line for line in change.difference.remediation if not CONFIGURATION.repeatable(line)]
    assert made
    assert all(" add " in line for line in made)
    assert CONFIGURATION.repeatable('/system identity set name=" add "')


def test_settings_that_go_are_set_back_and_nothing_unnamed_is_sent() -> None:
    ways = difference(GRAMMAR, "", "/ip service set telnet disabled=yes\n/snmp set contact=Moi\n")
    assert ways.remediation == ("/ip service set telnet disabled=yes", "/snmp set contact=Moi")
    assert ways.rollback == ("/ip service set telnet disabled=no", '/snmp set contact=""')
    assert arrange([]) == []


def test_a_network_on_a_radio_that_the_plan_switches_off_is_not_moved_by_the_next_plan() -> None:
    running = (
        "/interface bridge add name=bridge\n"
        "/interface wifi set [ find default-name=wifi1 ] channel.band=5ghz-ax "
        "configuration.ssid=Accueil disabled=no\n"
    )
    off = intent(wlans=[WLAN | {"bands": ["5"]}], radios=[{"band": "5", "enabled": False}])
    first = plan_change(CONFIGURATION, off, running, SECRETS)
    assert "/interface wifi set [find where default-name=wifi1] disabled=yes" in (
        first.difference.remediation
    )
    assert not plan_change(CONFIGURATION, off, first.intended, SECRETS).difference
    # Switched on, it is ours: what was silent stays silent.
    on = intent(wlans=[WLAN | {"bands": ["5"]}], radios=[{"band": "5", "enabled": True}])
    lit = parse(plan_change(CONFIGURATION, on, first.intended, SECRETS).intended)
    (radio,) = [each for each in lit if each.key == "default-name=wifi1"]
    assert radio.options["configuration"] == "preau-eleves"
    assert radio.options["disabled"] == "no"
    assert "configuration.ssid" not in radio.options


def test_an_ssid_set_by_hand_on_a_radio_of_ours_gives_way_and_leaves_nothing_behind() -> None:
    running = (
        "/interface bridge add name=bridge\n"
        "/interface wifi set [ find default-name=wifi1 ] channel.band=5ghz-ax disabled=no\n"
    )
    ours = intent(wlans=[WLAN | {"bands": ["5"]}])
    pushed = plan_change(CONFIGURATION, ours, running, SECRETS).intended
    own = "configuration=preau-eleves"
    by_hand = pushed.replace(own, f"{own} configuration.ssid=Autre", 1)
    assert plan_change(CONFIGURATION, ours, by_hand, SECRETS).intended == pushed
    gone = parse(plan_change(CONFIGURATION, intent(), by_hand, SECRETS).intended)
    assert not [each for each in gone if "preau" in str(each.options.get("configuration", ""))]
