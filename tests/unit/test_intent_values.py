from datetime import datetime, time
from typing import Any

import pytest
from pydantic import ValidationError

from inventory.errors import InvalidInput
from inventory.intent import (
    Band,
    Day,
    IntentLayer,
    Management,
    Pmf,
    Port,
    PortMode,
    PortProfile,
    RadioPlan,
    Security,
    Vlan,
    Window,
    Wlan,
    is_on,
    resolve,
)
from inventory.intent.named_secrets import named_secrets


def _wlan(**more: Any) -> Wlan:
    told = {
        "name": "eleves",
        "ssid": "Élèves",
        "purpose": "pedagogical",
        "security": "wpa2_personal",
        "vlan_id": 20,
        "passphrase_secret": "psk",
        **more,
    }
    return Wlan.model_validate(told)


@pytest.mark.parametrize(
    ("security", "mode"),
    [
        ("open", Pmf.DISABLED),
        ("owe", Pmf.REQUIRED),
        ("owe_transition", Pmf.REQUIRED),
        ("wpa2_personal", None),
        ("wpa2_wpa3_personal", Pmf.OPTIONAL),
        ("wpa3_personal", Pmf.REQUIRED),
    ],
)
def test_what_security_implies_for_management_frames(security: str, mode: Pmf | None) -> None:
    assert _wlan(security=security).pmf_mode is mode


def test_wpa3_without_protected_management_frames_is_refused() -> None:
    with pytest.raises(ValidationError, match="does not allow management frames disabled"):
        _wlan(security="wpa3_personal", pmf="disabled")
    assert _wlan(pmf="required").pmf_mode is Pmf.REQUIRED


@pytest.mark.parametrize("security", ["owe_transition", "wpa2_wpa3_personal", "open"])
def test_six_gigahertz_takes_wpa3_and_owe_only(security: str) -> None:
    with pytest.raises(ValidationError, match="6 GHz allows WPA3 and OWE only"):
        _wlan(security=security, bands=["5", "6"])


def test_private_keys_need_wpa2_and_a_passphrase_each() -> None:
    keys = [{"name": "p1", "passphrase_secret": "k1", "vlan_id": 21}]
    assert _wlan(private_keys=keys).private_keys[0].vlan_id == 21
    with pytest.raises(ValidationError, match="private keys need wpa2_personal"):
        _wlan(private_keys=keys, security="wpa3_personal")
    with pytest.raises(ValidationError, match="have one passphrase_secret"):
        _wlan(private_keys=[*keys, {"name": "p2", "passphrase_secret": "k1"}])


def test_the_vlan_of_a_private_key_is_in_the_plan() -> None:
    wlan = _wlan(private_keys=[{"name": "p1", "passphrase_secret": "k1", "vlan_id": 21}])
    layer = IntentLayer(vlans=(Vlan(id=20, name="eleves"),), wlans=(wlan,))
    with pytest.raises(InvalidInput, match="uses VLAN 21"):
        resolve([("site:1", layer)])


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        ({"band": "2.4", "channel": 14}, "may not be used"),
        ({"band": "5", "channel": 149}, "may not be used"),
        ({"band": "5", "channel": 140, "width_mhz": 40}, "no room for 40 MHz"),
        ({"band": "5", "channel": 132, "width_mhz": 80}, "no room for 80 MHz"),
        ({"band": "5", "channel": 132, "width_mhz": 160}, "no room for 160 MHz"),
        ({"band": "5", "channel": 52, "dfs": False}, "radar"),
        ({"band": "2.4", "tx_power_dbm": 21}, "more than the 20 dBm"),
        ({"band": "5", "channel": 36, "tx_power_dbm": 24}, "more than the 23 dBm"),
        ({"band": "6", "tx_power_dbm": 24}, "more than the 23 dBm"),
    ],
)
def test_an_unlawful_radio_plan_is_refused_with_its_reason(plan: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        RadioPlan.model_validate(plan)


@pytest.mark.parametrize(("channel", "width"), [(36, 160), (128, 160), (112, 80), (136, 40)])
def test_a_lawful_block_of_channels_is_taken(channel: int, width: int) -> None:
    RadioPlan(band=Band.GHZ_5, channel=channel, width_mhz=width)


def test_hours_are_windows_of_local_time() -> None:
    school = Window(start=time(7, 30), end=time(17))
    evening = Window(days=(Day.MONDAY,), start=time(20), end=time(0))
    monday = datetime(2026, 11, 23, 7, 30)  # noqa: DTZ001 - local time
    assert is_on([school], monday)
    assert not is_on([school], monday.replace(hour=17, minute=0))
    assert not is_on([school], monday.replace(day=22))
    assert is_on([school, evening], monday.replace(hour=23, minute=59))
    assert is_on([], monday.replace(hour=3))
    with pytest.raises(ValidationError, match="over midnight is two windows"):
        Window(start=time(22), end=time(6))


def test_a_port_takes_from_its_profile_what_it_does_not_say_itself() -> None:
    profile = PortProfile(
        name="ap_trunk", mode=PortMode.TRUNK, native_vlan=10, tagged_vlans=(20,), poe=True
    )
    programme = IntentLayer(
        vlans=(Vlan(id=10, name="adm"), Vlan(id=20, name="eleves")), port_profiles=(profile,)
    )
    device = IntentLayer(ports=(Port(name="1/1/1", profile="ap_trunk", poe=False),))
    (port,) = resolve([("programme", programme), ("device:1", device)]).ports
    assert (port.mode, port.native_vlan, port.tagged_vlans) == (PortMode.TRUNK, 10, (20,))
    assert port.poe is False
    assert port.profile is None
    with pytest.raises(InvalidInput, match="profile ap_trunk, which no layer holds"):
        resolve([("device:1", device)])


def test_a_port_that_contradicts_its_profile_is_refused() -> None:
    profile = PortProfile(name="class_port", tagged_vlans=(1,), mode=PortMode.TRUNK)
    layer = IntentLayer(
        port_profiles=(profile,),
        ports=(Port(name="1", profile="class_port", mode=PortMode.ACCESS),),
    )
    with pytest.raises(InvalidInput, match="does not fit its profile class_port"):
        resolve([("device:1", layer)])


def test_management_is_inherited_field_by_field_and_each_tells_its_origin() -> None:
    programme = IntentLayer(
        management=Management(ntp_servers=("10.0.0.1",), telnet=False, http=False)
    )
    site = IntentLayer(management=Management(ntp_servers=("10.9.0.1",)))
    intent = resolve([("programme", programme), ("site:3", site)])
    assert intent.management.ntp_servers == ("10.9.0.1",)
    assert intent.management.telnet is False
    assert intent.origins["management/ntp_servers"] == "site:3"
    assert intent.origins["management/telnet"] == "programme"


def test_every_secret_that_an_intent_names_is_told() -> None:
    enterprise = _wlan(
        name="profs",
        security=Security.WPA3_ENTERPRISE,
        radius_servers=[{"host": "10.0.0.5", "secret_name": "radius"}],
    )
    keys = _wlan(private_keys=[{"name": "p1", "passphrase_secret": "k1"}])
    management = Management.model_validate(
        {
            "snmp_users": [{"name": "lecture", "auth_secret": "a", "priv_secret": "p"}],
            "accounts": [{"name": "preau", "password_secret": "w"}],
        }
    )
    found = [each.name for each in named_secrets([enterprise, keys], management)]
    assert found == ["radius", "psk", "k1", "a", "p", "w"]
