import pytest

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, IntentLayer, Port, PortMode, Vlan, Wlan, resolve
from inventory.intent.uplinks import Uplink, refuse_uncarried


def _intent(vlan_id: int, **more: object) -> DeviceIntent:
    told = {
        "name": "eleves",
        "ssid": "eleves",
        "purpose": "pedagogical",
        "security": "wpa2_personal",
        "passphrase_secret": "psk",
        "vlan_id": vlan_id,
        **more,
    }
    vlans = tuple(Vlan(id=each, name=f"v{each}") for each in (10, 20, 21))
    return resolve([("site:1", IntentLayer(vlans=vlans, wlans=(Wlan.model_validate(told),)))])


def _trunk(*tagged: int, native: int = 10, enabled: bool = True) -> Uplink:
    port = Port(
        name="1/1/4",
        mode=PortMode.TRUNK,
        native_vlan=native,
        tagged_vlans=tagged,
        enabled=enabled,
    )
    return Uplink("sw1", port)


def test_a_vlan_that_its_own_port_does_not_carry_is_refused_with_the_port() -> None:
    with pytest.raises(InvalidInput, match=r"VLAN 20, which port 1/1/4 of sw1"):
        refuse_uncarried(_intent(20), _trunk(21), others=[_trunk(20)])
    refuse_uncarried(_intent(20), _trunk(20, 21))
    refuse_uncarried(_intent(10), _trunk(20))


def test_a_shut_port_carries_nothing() -> None:
    with pytest.raises(InvalidInput, match="VLAN 20"):
        refuse_uncarried(_intent(20), _trunk(20, enabled=False))


def test_the_vlan_of_a_private_key_is_needed_too() -> None:
    keys = [{"name": "p1", "passphrase_secret": "k", "vlan_id": 21}]
    with pytest.raises(InvalidInput, match="VLAN 21"):
        refuse_uncarried(_intent(20, private_keys=keys), _trunk(20))


def test_without_a_known_port_one_planned_trunk_of_the_site_is_enough() -> None:
    refuse_uncarried(_intent(20), None, [_trunk(21), _trunk(20)])
    with pytest.raises(InvalidInput, match="no planned trunk of sw1 carries"):
        refuse_uncarried(_intent(20), None, [_trunk(21)])


def test_where_no_trunk_is_planned_nothing_is_judged() -> None:
    refuse_uncarried(_intent(20), None, [])
    refuse_uncarried(_intent(20), None, [Uplink("sw1", Port(name="1/1/9", native_vlan=10))])
