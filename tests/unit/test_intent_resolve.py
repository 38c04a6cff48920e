import pytest
from pydantic import ValidationError

from inventory.errors import InvalidInput
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


def _wlan(name: str, vlan_id: int, **more: object) -> Wlan:
    values = {
        "name": name,
        "ssid": name,
        "purpose": Purpose.PEDAGOGICAL,
        "security": Security.WPA2_PERSONAL,
        "passphrase_secret": "psk",
        "vlan_id": vlan_id,
        **more,
    }
    return Wlan.model_validate(values)


PROGRAMME = IntentLayer(
    vlans=(Vlan(id=20, name="eleves"), Vlan(id=30, name="admin")),
    wlans=(_wlan("eleves", 20), _wlan("admin", 30, purpose=Purpose.ADMINISTRATION)),
    country="BE",
)


def test_a_narrower_layer_replaces_entry_by_entry_and_origins_tell_which() -> None:
    site = IntentLayer(
        vlans=(Vlan(id=40, name="invites"),),
        wlans=(_wlan("eleves", 20, ssid="Tilleuls"),),
        radios=(RadioPlan(band=Band.GHZ_5, channel=36),),
    )
    intent = resolve([("programme", PROGRAMME), ("site:3", site)])
    assert [(wlan.name, wlan.ssid) for wlan in intent.wlans] == [
        ("admin", "admin"),
        ("eleves", "Tilleuls"),
    ]
    assert [vlan.id for vlan in intent.vlans] == [20, 30, 40]
    assert intent.origins["wlans/eleves"] == "site:3"
    assert intent.origins["wlans/admin"] == "programme"
    assert intent.origins["radios/5"] == "site:3"
    assert intent.origins["country"] == "programme"


def test_a_wlan_may_be_taken_away_and_who_took_it_is_told() -> None:
    intent = resolve([("programme", PROGRAMME), ("site:3", IntentLayer(absent_wlans=("admin",)))])
    assert [wlan.name for wlan in intent.wlans] == ["eleves"]
    assert intent.origins["wlans/admin"] == "site:3"


def test_what_a_narrower_layer_does_not_say_stays() -> None:
    intent = resolve(
        [("programme", PROGRAMME), ("device:1", IntentLayer(hostname="ap1", management_vlan=30))]
    )
    assert (intent.country, intent.hostname, intent.management_vlan) == ("BE", "ap1", 30)


def test_no_layer_is_an_empty_intent() -> None:
    intent = resolve([])
    assert (intent.vlans, intent.wlans, intent.hostname, intent.origins) == ((), (), None, {})


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (IntentLayer(wlans=(_wlan("autre", 99),)), "the WLAN autre uses VLAN 99"),
        (
            IntentLayer(
                ports=(Port(name="1/1/1", mode=PortMode.TRUNK, tagged_vlans=(20, 98)),),
            ),
            "the port 1/1/1 uses VLAN 98",
        ),
        (
            IntentLayer(wlans=(_wlan("admin", 20, purpose=Purpose.ADMINISTRATION),)),
            "pedagogical and administrative WLANs share VLAN 20",
        ),
    ],
)
def test_layers_that_contradict_each_other_are_refused(layer: IntentLayer, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        resolve([("programme", PROGRAMME), ("site:3", layer)])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ssid": "é" * 17}, "longer than 32 bytes"),
        ({"passphrase_secret": None}, "needs passphrase_secret"),
        ({"security": Security.WPA2_ENTERPRISE}, "needs radius_servers"),
        ({"bands": (Band.GHZ_6,)}, "6 GHz allows WPA3 and OWE only"),
    ],
)
def test_a_wlan_that_cannot_be_is_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _wlan("eleves", 20, **values)


@pytest.mark.parametrize(("band", "channel"), [("2.4", 14), ("5", 149), ("5", 144), ("6", 97)])
def test_a_channel_that_belgium_does_not_allow_is_refused(band: str, channel: int) -> None:
    with pytest.raises(ValidationError, match="may not be used"):
        RadioPlan(band=Band(band), channel=channel)
