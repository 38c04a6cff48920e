from typing import Any

from inventory.intent import DeviceIntent, IntentLayer, resolve
from inventory.intent.adopting import adopt_site

NOTHING = resolve([])


def _wlan(name: str = "eleves", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "ssid": name,
        "purpose": "pedagogical",
        "security": "wpa2_personal",
        "vlan_id": 10,
        "passphrase_secret": "psk",
        **more,
    }


def _point(*wlans: dict[str, Any], channel: int = 36, **more: Any) -> IntentLayer:
    body = {
        "vlans": [{"id": 10, "name": "pedago"}],
        "wlans": wlans,
        "radios": [{"band": "5", "channel": channel}],
        "country": "BE",
        **more,
    }
    return IntentLayer.model_validate(body)


def _together(
    site: Any, name: str, wider: tuple[tuple[str, IntentLayer], ...] = ()
) -> DeviceIntent:
    return resolve([*wider, ("site", site.site), ("device", site.devices[name])])


def test_what_is_common_is_the_sites_and_what_differs_the_devices() -> None:
    found = {
        "ap1": _point(_wlan(), channel=36),
        "ap2": _point(_wlan(), channel=44),
        "ap3": _point(_wlan(hidden=True), _wlan("iot"), channel=48),
    }
    site = adopt_site(found, NOTHING)
    assert [wlan.name for wlan in site.site.wlans] == ["eleves", "iot"]
    assert site.site.country == "BE"
    assert site.devices["ap1"].wlans == ()
    assert site.devices["ap1"].absent_wlans == ("iot",)
    for name, layer in found.items():
        intent = _together(site, name)
        assert intent.wlans == layer.wlans
        assert intent.radios == layer.radios


def test_what_a_wider_layer_says_already_is_left_out() -> None:
    programme = _point(_wlan(), _wlan("hote"))
    wider = (("programme", IntentLayer(vlans=programme.vlans, wlans=programme.wlans)),)
    site = adopt_site({"ap1": _point(_wlan())}, resolve(wider))
    assert site.site.vlans == ()
    assert site.site.wlans == ()
    assert site.site.absent_wlans == ("hote",)
    assert any("hote" in note for note in site.notes)
    assert [wlan.name for wlan in _together(site, "ap1", wider).wlans] == ["eleves"]


def test_a_switch_takes_no_wlan_away() -> None:
    switch = IntentLayer.model_validate({"ports": [{"name": "1/1/1"}], "hostname": "sw1"})
    site = adopt_site({"ap1": _point(_wlan()), "sw1": switch}, NOTHING)
    assert site.devices["sw1"].absent_wlans == ()
    assert site.devices["sw1"].hostname == "sw1"


def test_pupils_and_administration_on_one_vlan_are_taken_over_and_told() -> None:
    layer = _point(_wlan(), _wlan("admin", purpose="administration"))
    site = adopt_site({"ap1": layer}, NOTHING)
    assert {wlan.purpose.value for wlan in site.site.wlans} == {"pedagogical"}
    assert any("partage le VLAN 10" in note for note in site.notes)
    assert [wlan.name for wlan in _together(site, "ap1").wlans] == ["admin", "eleves"]


def test_two_names_of_one_vlan_are_told_and_the_commoner_wins() -> None:
    other: dict[str, Any] = {"vlans": [{"id": 10, "name": "eleves"}]}
    found = {"a": _point(_wlan()), "b": _point(_wlan()), "c": _point(_wlan(), **other)}
    site = adopt_site(found, NOTHING)
    assert [vlan.name for vlan in site.site.vlans] == ["pedago"]
    assert site.notes == ("le VLAN 10 porte plusieurs noms : eleves, pedago",)


def test_a_name_that_was_made_up_gives_way_to_one_that_a_switch_shows() -> None:
    found = {
        "ap1": _point(_wlan(), vlans=[{"id": 10, "name": "v10"}]),
        "ap2": _point(_wlan(), vlans=[{"id": 10, "name": "v10"}]),
        "sw1": IntentLayer.model_validate({"vlans": [{"id": 10, "name": "pedago"}]}),
        "sw2": IntentLayer.model_validate({"vlans": [{"id": 10, "name": "ped"}]}),
        "sw3": IntentLayer.model_validate({"vlans": [{"id": 10, "name": "pedago"}]}),
    }
    site = adopt_site(found, NOTHING)
    assert [vlan.name for vlan in site.site.vlans] == ["pedago"]
    assert [vlan.name for vlan in site.devices["sw2"].vlans] == ["ped"]
    assert site.devices["ap1"].vlans == site.devices["sw1"].vlans == ()
