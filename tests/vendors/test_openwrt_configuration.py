"""OpenWrt: hours as a crontab, sections of private keys and pairs, and what is told a reviewer."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.difference import difference
from deploy.plan import PlannedChange, plan_change
from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, IntentLayer, Window, is_on, resolve
from inventory.vendors.openwrt.configuration import CONFIGURATION
from inventory.vendors.openwrt.configuration_adoption import adopt
from inventory.vendors.openwrt.configuration_effect import in_effect
from inventory.vendors.openwrt.configuration_hours import crontab_lines
from inventory.vendors.openwrt.configuration_uci import GRAMMAR, READ, normalise
from inventory.vendors.records import Record

RUNNING = normalise([(Path(__file__).parent / "openwrt/running.txt").read_text(encoding="utf-8")])
SECRETS = {"clef": "une clef bien longue", "k1": "jeton-0001", "k2": "jeton-0002"}
MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001 - hours are local
WLAN = {
    "name": "classes",
    "ssid": "Classes",
    "purpose": "pedagogical",
    "security": "wpa2_personal",
    "vlan_id": 10,
    "passphrase_secret": "clef",
}
HOURS = [{"start": "07:30", "end": "18:00"}]


def planned(running: str = RUNNING, **layer: Any) -> PlannedChange:
    layer = {"vlans": [{"id": each, "name": f"v{each}"} for each in (10, 11)], **layer}
    intent: DeviceIntent = resolve([("test", IntentLayer.model_validate(layer))])
    return plan_change(CONFIGURATION, intent, running, SECRETS)


def sections(change: PlannedChange) -> dict[str, Record]:
    return {record.key: record for record in GRAMMAR.parse(change.intended)}


# -- hours


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = sorted(draw(st.lists(st.integers(0, 95), min_size=2, max_size=2, unique=True)))
    days = draw(st.lists(st.sampled_from(["mon", "wed", "sat", "sun"]), min_size=1, unique=True))
    return Window.model_validate({"days": days, "start": clock(start), "end": clock(end)})


def clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def said_at(lines: list[tuple[str, str]], moment: datetime) -> set[str]:
    """Return what cron runs in one minute, by its five fields."""
    said = set()
    for _, line in lines:
        minute, hours, _, _, days, _, action, _ = line.split()
        day = str((moment.weekday() + 1) % 7)
        if int(minute) == moment.minute and str(moment.hour) in hours.split(","):
            said |= {action} if day in days.split(",") else set()
    return said


@given(st.lists(windows(), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None)
def test_the_crontab_keeps_a_radio_on_within_its_hours_and_off_outside(
    chosen: list[Window],
) -> None:
    lines = crontab_lines("radio0", chosen)
    assert len({name for name, _ in lines}) == len(lines)
    state = is_on(chosen, MONDAY)
    silent_for = 0
    for minute in range(0, 7 * 24 * 60, 5):
        moment = MONDAY + timedelta(minutes=minute)
        said = said_at(lines, moment)
        assert len(said) < 2
        state = {"up": True, "down": False}.get("".join(said), state)
        assert state == is_on(chosen, moment)
        # A restart puts the radio on the air: it is silenced again within half an hour.
        silent_for = 0 if state or said else silent_for + 5
        assert silent_for <= 30


def test_hours_of_all_networks_of_a_radio_are_those_of_the_radio() -> None:
    one = planned(wlans=[{**WLAN, "hours": HOURS}])
    assert {"preau_hours_radio0_up_0730", "preau_hours_radio1_down_1800"} <= set(sections(one))
    assert "Europe/Brussels" in one.intended
    other = {**WLAN, "name": "autre", "ssid": "Autre"}
    mixed = planned(wlans=[{**WLAN, "hours": HOURS}, other])
    assert "preau_hours" not in mixed.intended
    assert any("« Classes » : ses heures ne sont pas appliquées" in note for note in mixed.notes)


def test_a_radio_off_by_its_hours_is_no_failure_and_another_is() -> None:
    timed = planned(wlans=[{**WLAN, "hours": HOURS}]).intended
    always = planned(wlans=[WLAN]).intended
    status = '{"radio0": {"up": false, "autostart": false}, "radio1": {"autostart": false}}'
    assert in_effect(status, timed).done
    assert in_effect(status, always).problem == "radio0 is not up"


def test_our_lines_of_the_crontab_are_read_and_others_are_not() -> None:
    crontab = "5 4 * * * sync\n30 7 * * 1 wifi up radio0 # preau_hours_radio0_up_0730"
    text = normalise([*([""] * (len(READ) - 1)), crontab])
    (entry,) = GRAMMAR.parse(text)
    assert entry.options == {"run": "30 7 * * 1 wifi up radio0"}
    gone = difference(GRAMMAR, text, "").remediation
    (line,) = gone
    assert line.endswith("sed -i '/ # preau_hours_radio0_up_0730$/d' /etc/crontabs/root")
    services = [each.command for each in CONFIGURATION.apply(gone)]
    assert services == ["sync", "[ ! -e /etc/init.d/cron ] || /etc/init.d/cron restart"]


# -- VLANs

FILTERING = RUNNING.replace(
    """config interface 'lan'
	option device 'br-lan'""",
    """config bridge-vlan 'vl1'
	option device 'br-lan'
	option vlan '1'
	list ports 'lan1'
	list ports 'lan2:u*'

config bridge-vlan 'vl11'
	option device 'br-lan'
	option vlan '11'
	list ports 'lan1:t'

config interface 'lan'
	option device 'br-lan.1'""",
).replace("	list ports 'eth0'", "	list ports 'lan1'\n	list ports 'lan2'")


def test_a_bridge_that_filters_vlans_carries_those_of_the_networks_itself() -> None:
    other = {**WLAN, "name": "autre", "ssid": "Autre", "vlan_id": 11}
    found = sections(planned(FILTERING, wlans=[WLAN, other]))
    assert found["preau_v10_vlan"].options == {
        "device": "br-lan",
        "vlan": "10",
        "ports": ("lan1:t",),
    }
    assert found["preau_v10"].options["device"] == "br-lan.10"
    assert "preau_v11_vlan" not in found  # somebody's own section carries it
    assert found["preau_v11"].options["device"] == "br-lan.11"
    assert "preau_v10_port" not in found


def test_a_vlan_that_the_bridge_keeps_from_the_uplink_is_refused() -> None:
    kept = FILTERING.replace("option vlan '11'", "option vlan '10'").replace("lan1:t", "lan2:t")
    both = kept.replace(
        "	list ports 'lan2:t'", "	list ports 'lan2:t'\n	list ports 'lan1:t'"
    )
    with pytest.raises(InvalidInput, match="cannot be told"):
        planned(both, wlans=[WLAN])
    elsewhere = FILTERING.replace("option vlan '11'", "option vlan '12'") + (
        "package network\n\nconfig bridge-vlan 'vl10'\n\toption device 'br-lan'\n"
        "\toption vlan '10'\n\tlist ports 'lan2'\n"
    )
    with pytest.raises(InvalidInput, match="VLAN 10 is on the bridge br-lan"):
        planned(elsewhere, wlans=[WLAN])


# -- keys, pairs, management


def test_private_keys_become_stations_and_vlans_of_each_radio() -> None:
    keys = [
        {"name": "p1", "passphrase_secret": "k1", "vlan_id": 11},
        {"name": "p2", "passphrase_secret": "k2"},
    ]
    found = sections(planned(wlans=[{**WLAN, "bands": ["5"], "private_keys": keys}]))
    assert found["preau_key_classes_p1_radio1"].options == {
        "iface": "preau_classes_radio1",
        "key": "‹secret:k1›",
        "vid": "11",
    }
    assert "vid" not in found["preau_key_classes_p2_radio1"].options
    assert found["preau_vlan_classes_11_radio1"].options["network"] == "preau_v11"
    assert found["preau_v11"].kind == "interface"


def test_the_halves_of_a_transition_pair_name_each_other_and_fit_the_kernel() -> None:
    wlan = {"name": "v", "ssid": "é" * 16, "purpose": "guest", "vlan_id": 10}
    found = sections(planned(wlans=[{**wlan, "security": "owe_transition", "bands": ["5"]}]))
    opened, hidden = found["preau_v_radio1"].options, found["preau_v_radio1_owe"].options
    assert (opened["encryption"], hidden["encryption"]) == ("none", "owe")
    assert opened["owe_transition_ifname"] == hidden["ifname"]
    assert hidden["owe_transition_ifname"] == opened["ifname"]
    assert len(str(hidden["ifname"])) <= 15
    assert len(str(hidden["ssid"]).encode()) <= 32
    assert (hidden["hidden"], hidden["ieee80211w"]) == ("1", "2")
    assert "ieee80211w" not in opened


def test_an_option_is_taken_away_where_the_intent_says_so() -> None:
    change = planned(management={"http": False}, radios=[{"band": "5", "dfs": False}])
    assert "listen_http " not in change.intended
    assert sections(change)["radio1"].options["channels"] == "36-48"
    lifted = planned(change.intended, radios=[{"band": "5", "dfs": True}])
    assert "channels" not in sections(lifted)["radio1"].options


def test_what_a_plain_openwrt_cannot_do_is_told() -> None:
    bare = RUNNING[: RUNNING.index("package snmpd")]
    change = planned(
        bare,
        management={
            "contact": "Cellule",
            "http": True,
            "telnet": True,
            "accounts": [{"name": "preau", "password_secret": "clef"}],
            "syslog_servers": ["10.0.0.1", "10.0.0.2"],
        },
    )
    told = "\n".join(change.notes)
    for words in (
        "snmpd n’est pas installé",
        "uhttpd",
        "telnet",
        "preau",
        "10.0.0.1 est configuré",
    ):
        assert words in told
    assert "log_ip '10.0.0.1'" in change.intended


def test_keys_of_snmp_and_of_stations_are_masked() -> None:
    text = RUNNING + (
        "package wireless\n\nconfig wifi-station 's'\n\toption key 'cle-de-station'\n\n"
        "package snmpd\n\nconfig v3 'u'\n\toption auth_pass 'aaaaaaaa'\n"
        "\toption privacy_pass 'bbbbbbbb'\n"
    )
    masked = GRAMMAR.scrub(text, {})
    for shown in ("cle-de-station", "aaaaaaaa", "bbbbbbbb", "lecture-seule"):
        assert shown not in masked


def test_an_empty_option_is_none_for_it_cannot_be_put_back() -> None:
    told = "package snmpd\n\nconfig system\n\toption sysLocation ''\n\toption sysName 'ap1'\n"
    silent = "package snmpd\n\nconfig system\n\toption sysName 'ap1'\n"
    assert normalise([told]) == normalise([silent])
    assert not difference(GRAMMAR, told, silent)
    located = silent + "\toption sysLocation 'Hall'\n"
    ways = difference(GRAMMAR, told, located)
    assert ways.rollback == ("uci delete snmpd.@system[0].sysLocation",)


def test_a_clock_and_logs_that_are_off_are_adopted_as_off() -> None:
    adopted = adopt(
        "package system\n\nconfig system\n\toption log_ip '10.0.0.5'\n\toption log_remote '0'\n\n"
        "config timeserver 'ntp'\n\toption enabled '0'\n\tlist server '10.0.0.4'\n"
    ).layer.management
    assert adopted is not None
    assert (adopted.ntp_servers, adopted.syslog_servers) == ((), ())


# -- taking over what is there


FOREIGN = """config wifi-device 'radio0'
	option band '2g'
	option country 'BE'

config wifi-device 'radio1'
	option band '5g'

config wifi-iface 'classe'
	option device 'radio0'
	option mode 'ap'
	option network 'lan'
	option ssid 'Au Bord'
	option encryption 'psk2'
	option key 'une clef bien longue'

config wifi-iface 'garderie'
	option device 'radio0'
	option mode 'ap'
	option network 'lan'
	option ssid 'Garderie'
	option encryption 'none'
"""


def test_an_adopted_network_has_no_twin_and_others_are_left() -> None:
    running = normalise([f"package wireless\n\n{FOREIGN}"])
    found = adopt(running)
    (kept,) = [wlan for wlan in found.layer.wlans if wlan.ssid == "Au Bord"]
    intent = resolve([("test", IntentLayer(wlans=(kept,)))])
    change = plan_change(CONFIGURATION, intent, running, found.secrets)
    after = sections(change)
    assert after["classe"].options["disabled"] == "1"
    assert after[f"preau_{kept.name}_radio0".replace("-", "_")].options["ssid"] == "Au Bord"
    assert "disabled" not in after["garderie"].options
    assert any("le réseau du plan prend sa place" in note for note in change.notes)
    again = adopt(GRAMMAR.unscrub(change.intended, running, found.secrets))
    assert [wlan.name for wlan in again.layer.wlans if wlan.ssid == "Au Bord"] == ["au_bord"]


def test_a_country_that_not_all_radios_tell_is_not_said_of_all() -> None:
    found = adopt(normalise([f"package wireless\n\n{FOREIGN}"]))
    assert found.layer.country is None
    assert any("(radio0 BE, radio1 aucun)" in note for note in found.notes)
    both = FOREIGN.replace("option band '5g'", "option band '5g'\n\toption country 'BE'")
    assert adopt(normalise([f"package wireless\n\n{both}"])).layer.country == "BE"


def test_a_network_of_ours_on_a_radio_that_is_off_stays_in_the_intent() -> None:
    change = planned(wlans=[WLAN], radios=[{"band": "5", "enabled": False}])
    running = GRAMMAR.unscrub(change.intended, RUNNING, SECRETS)
    found = adopt(running)
    (wlan,) = [each for each in found.layer.wlans if each.ssid == "Classes"]
    assert wlan.bands == ("2.4", "5")


def test_a_network_that_comes_back_stands_where_it_stood() -> None:
    two = [WLAN, {**WLAN, "name": "profs", "ssid": "Profs"}]
    both = GRAMMAR.unscrub(planned(wlans=two).intended, RUNNING, SECRETS)
    one = GRAMMAR.unscrub(planned(both, wlans=two[1:]).intended, both, SECRETS)
    order = [record.key for record in GRAMMAR.parse(both) if record.package == "wireless"]
    back = difference(GRAMMAR, one, both).remediation
    shown = [record.key for record in GRAMMAR.parse(one) if record.package == "wireless"]
    for line in back:
        if match := re.match(r"uci set wireless\.(\w+)='", line):
            shown.append(match[1])
        elif match := re.match(r"uci reorder wireless\.(\w+)=(\d+)", line):
            shown.remove(match[1])
            shown.insert(int(match[2]), match[1])
    assert shown == order
    # What is new stands behind the others, and is not moved.
    assert not [
        line for line in difference(GRAMMAR, RUNNING, both).remediation if "reorder" in line
    ]
