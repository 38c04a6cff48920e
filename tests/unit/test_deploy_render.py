"""What is rendered for one device, what a reviewer is told, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from api.usecases.plan_review import sections_of
from deploy.difference import difference
from deploy.plan import PlannedChange, Planner, plan_change
from inventory.errors import Garbled, InvalidInput
from inventory.intent import DeviceIntent, IntentLayer, resolve
from inventory.vendors.aruba_cx.configuration import CONFIGURATION as AOS_CX
from inventory.vendors.configuration import Rendered, hide
from inventory.vendors.openwrt.configuration import CONFIGURATION as OPENWRT
from inventory.vendors.openwrt.configuration_effect import in_effect

ACCESS_POINT = """package system

config system
	option hostname 'OpenWrt'

package network

config device
	option name 'br-lan'
	option type 'bridge'
	list ports 'eth0'

config interface 'lan'
	option device 'br-lan'
	option proto 'dhcp'

package wireless

config wifi-device 'phyA'
	option type 'mac80211'
	option band '5g'
	option channel '36'
	option htmode 'HE80'

config wifi-device 'phyB'
	option type 'mac80211'
	option hwmode '11g'
	option channel '1'
	option htmode 'HT20'
	option disabled '1'

config wifi-iface 'default_phyB'
	option device 'phyB'
	option network 'lan'
	option mode 'ap'
	option ssid 'OpenWrt'
	option encryption 'none'
"""
SECRETS = {"clef": "une clef bien longue", "radius": "secret-radius", "radius2": "autre"}


def wlan(**more: Any) -> dict[str, Any]:
    return {
        "name": "eleves",
        "ssid": "Eleves",
        "purpose": "pedagogical",
        "security": "wpa3_personal",
        "vlan_id": 10,
        "passphrase_secret": "clef",
        **more,
    }


def intent(**layer: Any) -> DeviceIntent:
    layer = {"vlans": [{"id": 10, "name": "pedago"}], "management_vlan": 1, **layer}
    return resolve([("test", IntentLayer.model_validate(layer))])


def planned(wanted: DeviceIntent, running: str = ACCESS_POINT) -> PlannedChange:
    return plan_change(OPENWRT, wanted, OPENWRT.normalise([running]), SECRETS)


@pytest.mark.parametrize(
    ("security", "encryption", "pmf"),
    [
        ("open", "none", None),
        ("owe", "owe", "2"),
        ("wpa2_personal", "psk2", None),
        ("wpa2_wpa3_personal", "sae-mixed", "1"),
        ("wpa3_personal", "sae", "2"),
        ("wpa2_enterprise", "wpa2", None),
        ("wpa3_enterprise", "wpa3", "2"),
    ],
)
def test_each_security_is_the_encryption_of_the_wireless_page(
    security: str, encryption: str, pmf: str | None
) -> None:
    radius = [{"host": "10.1.0.1", "secret_name": "radius"}] if "enterprise" in security else []
    change = planned(intent(wlans=[wlan(security=security, radius_servers=radius)]))
    lines = "\n".join(change.difference.remediation)
    assert f"uci set wireless.preau_eleves_phyA.encryption='{encryption}'" in lines
    assert (f"phyA.ieee80211w='{pmf}'" in lines) if pmf else ("ieee80211w" not in lines)
    assert ("preau_eleves_phyA.key='‹secret:clef›'" in lines) is security.endswith("personal")
    assert ("auth_secret='‹secret:radius›'" in lines) is security.endswith("enterprise")


def test_radios_are_found_by_the_band_they_tell_and_keep_their_generation() -> None:
    change = planned(
        intent(radios=[{"band": "5", "width_mhz": 40}, {"band": "2.4", "channel": 11}])
    )
    assert change.difference.remediation == (
        "uci set wireless.phyA.htmode='HE40'",
        "uci set wireless.phyB.channel='11'",
        "uci set wireless.phyB.disabled='0'",
        "uci set wireless.default_phyB.disabled='1'",
    )


def test_switching_a_radio_on_does_not_put_the_factory_network_on_the_air() -> None:
    change = planned(intent(wlans=[wlan()]))
    assert "uci set wireless.default_phyB.disabled='1'" in change.difference.remediation
    assert any("OpenWrt" in note for note in change.notes)


def test_the_management_network_is_never_touched_and_its_vlan_uses_it() -> None:
    change = planned(intent(wlans=[wlan(vlan_id=1)]))
    assert "uci set wireless.preau_eleves_phyA.network='lan'" in change.difference.remediation
    assert not [line for line in change.difference.remediation if " network." in line]
    assert change.risk_reasons == ()


def test_a_change_of_the_network_is_told_as_touching_the_path() -> None:
    assert planned(intent(wlans=[wlan()])).risk_reasons


def test_a_wlan_without_a_radio_is_refused_and_a_missing_band_is_noted() -> None:
    with pytest.raises(InvalidInput, match="no radio for the WLAN eleves"):
        planned(intent(wlans=[wlan(bands=["6"])]))
    change = planned(intent(wlans=[wlan(bands=["5", "6"])]))
    assert any("6 GHz" in note for note in change.notes)


def test_radius_servers_with_another_secret_are_told() -> None:
    servers = [
        {"host": "10.1.0.1", "secret_name": "radius"},
        {"host": "10.1.0.2", "secret_name": "radius"},
        {"host": "10.1.0.3", "secret_name": "radius2"},
    ]
    change = planned(intent(wlans=[wlan(security="wpa2_enterprise", radius_servers=servers)]))
    servers_sent = "\n".join(change.difference.remediation).count("auth_server=")
    assert servers_sent == 4  # two servers on two radios
    assert any("RADIUS" in note for note in change.notes)


def test_an_uplink_that_cannot_be_told_is_refused() -> None:
    two = ACCESS_POINT.replace("list ports 'eth0'", "list ports 'eth0'\n\tlist ports 'eth1'")
    with pytest.raises(InvalidInput, match="uplink"):
        planned(intent(wlans=[wlan()]), two)


@pytest.mark.parametrize("value", ["court", "é" * 10, "x" * 64])
def test_a_passphrase_that_no_access_point_takes_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan_change(
            OPENWRT, intent(wlans=[wlan()]), OPENWRT.normalise([ACCESS_POINT]), {"clef": value}
        )
    assert "clef" in str(refused.value)
    assert value not in str(refused.value)


def test_a_secret_that_differs_is_a_change_and_neither_value_is_shown() -> None:
    running = OPENWRT.grammar.unscrub(planned(intent(wlans=[wlan()])).intended, "", SECRETS)
    other = {**SECRETS, "clef": "une autre clef longue"}
    change = plan_change(OPENWRT, intent(wlans=[wlan()]), running, other)
    assert "-     option key '‹secret›'" in change.difference.review
    assert "+     option key '‹secret:clef›'" in change.difference.review
    shown = repr(change)
    assert not [value for value in (*SECRETS.values(), *other.values()) if value in shown]


def test_two_names_of_one_value_are_no_change() -> None:
    values = {"a-clef": SECRETS["clef"], **SECRETS}
    running = OPENWRT.grammar.unscrub(planned(intent(wlans=[wlan()])).intended, "", SECRETS)
    assert not plan_change(OPENWRT, intent(wlans=[wlan()]), running, values).difference


@pytest.mark.parametrize(
    "text",
    ["ssid 'x'", "package a\nconfig b c d", "config x", "package p\nconfig a\n\toption k 'x"],
)
def test_what_is_no_uci_is_garbled(text: str) -> None:
    with pytest.raises(Garbled):
        OPENWRT.normalise([text])


LOADED = """{"phyA": {"up": true, "interfaces": [
    {"section": "preau_eleves_phyA", "ifname": "phy0-ap0", "config": {"ssid": "%s"}}]},
    "phyB": {"up": true, "interfaces": [{"section": "%s", "ifname": "phy1-ap0"}]}}"""
STATUS = """{"phyA": {"up": %s, "pending": %s, "retry_setup_failed": %s, "interfaces": [
    {"section": "preau_eleves_phyA"%s}]}}"""


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (STATUS % ("true", "false", "false", ', "ifname": "phy0-ap0"'), None),
        (STATUS % ("true", "false", "false", ""), "preau_eleves_phyA is not on phyA"),
        (STATUS % ("false", "true", "false", ""), "phyA is not up"),
        (STATUS % ("false", "false", "true", ""), "phyA could not be set up"),
        ("{}", "phyA is not up"),
        (LOADED % ("Avant", "lan"), "preau_eleves_phyA runs with another ssid on phyA"),
        (LOADED % ("Eleves", "preau_old_phyB"), "preau_old_phyB is still on phyB"),
        ("Command failed", "the status of the radios is not JSON"),
        ("[" * 100_000, "the status of the radios is not JSON"),
        ("[]", "the status of the radios is not JSON"),
    ],
)
def test_a_wlan_counts_once_its_radio_really_carries_it(status: str, problem: str | None) -> None:
    intended = planned(intent(wlans=[wlan(bands=["5"])])).intended
    assert in_effect(status, intended).problem == problem


SWITCH = """hostname 6200
vlan 1,99
interface lag 1
    no shutdown
interface 1/1/1
    no shutdown
    description vers la salle 4
    vlan access 1
interface 1/1/2
    no shutdown
    lag 1
interface 1/1/3
    no shutdown
    routing
    ip address 10.3.0.1/24
"""


def switch_change(*ports: dict[str, Any]) -> PlannedChange:
    wanted = intent(ports=ports)
    return plan_change(AOS_CX, wanted, AOS_CX.normalise([SWITCH]), {})


def test_what_the_intent_does_not_say_of_a_port_stays() -> None:
    change = switch_change({"name": "1/1/1", "mode": "trunk", "tagged_vlans": [10]})
    assert change.difference.remediation == (
        "vlan 10",
        "  name pedago",
        "interface 1/1/1",
        "  vlan trunk native 1",
        "  vlan trunk allowed 1",
        "  vlan trunk allowed 10",
    )
    assert "description vers la salle 4" in change.intended
    assert change.notes == ("VLAN 99\u00a0: absents du plan, laissés tels quels",)


@pytest.mark.parametrize(
    ("port", "reason"),
    [("1/1/9", "no port"), ("1/1/2", "link aggregation"), ("1/1/3", "routed")],
)
def test_a_port_that_cannot_be_configured_is_refused(port: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        switch_change({"name": port})


def test_a_port_of_the_management_vlan_touches_the_path_and_another_does_not() -> None:
    assert switch_change({"name": "1/1/1", "enabled": False}).risk_reasons
    elsewhere = SWITCH.replace("vlan access 1\n", "vlan access 99\n")
    wanted = intent(ports=[{"name": "1/1/1", "native_vlan": 10}])
    change = plan_change(AOS_CX, wanted, AOS_CX.normalise([elsewhere]), {})
    assert change.difference
    assert change.risk_reasons == ()


@pytest.mark.parametrize(
    "line",
    [
        "user admin group administrators password ciphertext AQBa+/=",
        "snmp-server community topsecret",
        "radius-server host 10.1.0.1 key ciphertext AQBa+/=",
        "snmpv3 user nms auth sha auth-pass ciphertext AQBa+/= priv aes priv-pass ciphertext BBB=",
        "tacacs-server key plaintext topsecret",
    ],
)
def test_no_secret_of_a_switch_is_shown_and_each_is_put_back(line: str) -> None:
    running = f"hostname a\n{line}\nvlan 1\n"
    scrubbed = AOS_CX.grammar.scrub(running, {})
    assert not any(secret in scrubbed for secret in ("AQBa", "topsecret", "BBB"))
    assert AOS_CX.grammar.unscrub(scrubbed, running, {}) == running


def test_a_device_s_words_never_show_a_secret() -> None:
    names = {"clef longue": "clef", "clef": "courte"}
    assert hide("refusé : clef longue, clef", names) == "refusé : ‹secret:clef›, ‹secret:courte›"


def test_a_diff_is_cut_at_its_headers() -> None:
    running = AOS_CX.normalise([SWITCH])
    review = difference(
        AOS_CX.grammar, running, running.replace("vlan access 1", "vlan access 99") + "vlan 7\n"
    ).review
    assert sections_of(review) == [
        "  interface 1/1/1\n-     vlan access 1\n+     vlan access 99\n",
        "+ vlan 7\n",
    ]


def test_what_is_alike_is_rendered_and_compared_once() -> None:
    calls: list[str] = []

    def render(wanted: DeviceIntent, running: str) -> Rendered:
        calls.append(running)
        return OPENWRT.render(wanted, running)

    counted, planner = replace(OPENWRT, render=render), Planner()
    text = OPENWRT.normalise([ACCESS_POINT])
    programme, site = (
        replace(intent(wlans=[wlan()]), origins={"country": origin})
        for origin in ("programme", "site:1")
    )
    first = planner.change(counted, programme, text, SECRETS)
    assert planner.change(counted, site, text, SECRETS) == first
    assert len(calls) == 1
    other_key = {**SECRETS, "clef": "une autre clef"}
    assert planner.change(counted, programme, text, other_key).difference == first.difference
    assert planner.change(counted, replace(programme, country="LU"), text, SECRETS) != first
    channel = text.replace("channel '36'", "channel '44'")
    assert planner.change(counted, programme, channel, SECRETS).running != first.running
    assert len(calls) == 4
