from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.usecases.intents import IntentBook, intent_of_device, set_intent
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.models import Change, Device, DeviceRole, IntentLayerRow, IntentScope
from inventory.secrets import Vault, store_secret
from tests.network import add_device, add_school

PROGRAMME: dict[str, Any] = {
    "vlans": [{"id": 20, "name": "eleves"}],
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Ecole",
            "purpose": "pedagogical",
            "security": "wpa2_personal",
            "vlan_id": 20,
            "passphrase_secret": "psk-eleves",
        }
    ],
    "radios": [{"band": "5", "width_mhz": 40}],
    "ports": [{"name": "1/1/1", "mode": "trunk", "tagged_vlans": [20]}],
    "country": "BE",
}


def _programme(session: Session, vault: Vault) -> IntentLayerRow:
    store_secret(session, vault, "psk-eleves", "correct horse")
    session.flush()
    return set_intent(session, IntentScope.PROGRAMME, "", PROGRAMME)


def _device(session: Session, device_id: int) -> Device:
    device = session.get(Device, device_id)
    assert device is not None
    return device


def test_every_layer_counts_and_the_narrower_wins(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        _programme(session, vault)
        rows = add_school(session)
        device_id = add_device(session, site_id=rows.site_id, family="openwrt")

        def country(expected: str, origin: str) -> None:
            intent = intent_of_device(session, _device(session, device_id))
            assert (intent.country, intent.origins["country"]) == (expected, origin)

        country("BE", "programme")
        for scope, key, value in [
            (IntentScope.ORGANISING_AUTHORITY, str(rows.authority_id), "FR"),
            (IntentScope.SITE, str(rows.site_id), "LU"),
            (IntentScope.DEVICE_GROUP, "family:openwrt", "NL"),
            (IntentScope.DEVICE, str(device_id), "DE"),
        ]:
            set_intent(session, scope, key, {"country": value})
            country(value, f"{scope}:{key}")


def test_a_device_has_what_its_role_can_have(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        _programme(session, vault)
        ap = intent_of_device(session, _device(session, add_device(session, name="ap1")))
        switch_id = add_device(session, name="sw1", role=DeviceRole.SWITCH)
        switch = intent_of_device(session, _device(session, switch_id))
        controller_id = add_device(session, name="wlc1", role=DeviceRole.CONTROLLER)
        controller = intent_of_device(session, _device(session, controller_id))
    assert (len(ap.wlans), len(ap.radios), ap.ports) == (1, 1, ())
    assert (switch.wlans, switch.radios, len(switch.ports)) == ((), (), 1)
    assert (len(controller.wlans), len(controller.radios), controller.ports) == (1, 1, ())
    assert not [entry for entry in switch.origins if entry.startswith("wlans/")]
    assert ap.vlans == switch.vlans


def test_devices_of_which_the_same_layers_speak_have_one_intent(
    database: Database, vault: Vault
) -> None:
    with database.write("test") as session:
        _programme(session, vault)
        ids = [add_device(session, name=name) for name in ("ap1", "ap1", "ap2")]
        ids.append(add_device(session, name="ap1", role=DeviceRole.SWITCH))
        set_intent(session, IntentScope.DEVICE, str(ids[1]), {"country": "LU"})
        own = add_device(session, name="ap1")
        book = IntentBook(session)
        first, otherwise, named, switch, alike = (
            book.of_device(_device(session, each)) for each in (*ids, own)
        )
    assert alike is first
    assert (otherwise.country, named.hostname, switch.wlans) == ("LU", "ap2", ())
    assert (first.country, first.hostname, len(first.wlans)) != ("LU", "ap2", 0)


def test_a_stored_layer_that_fits_no_more_is_told_of_its_devices_alone(database: Database) -> None:
    with database.write("test") as session:
        broken, other = (_device(session, add_device(session, name=n)) for n in ("ap1", "ap2"))
        set_intent(session, IntentScope.DEVICE, str(broken.id), {"country": "LU"})
        session.exec(select(IntentLayerRow)).one().body = {"gone": 1}
        session.flush()
        book = IntentBook(session)
        book.prepare([broken, other])
        assert book.of_device(other).hostname == "ap2"
        with pytest.raises(InvalidInput, match="gone"):
            book.of_device(broken)


@pytest.mark.parametrize(
    ("name", "expected"), [("sw1-accueil", "sw1-accueil"), ("Borne du préau", None)]
)
def test_the_planned_name_is_the_hostname_where_it_can_be_one(
    database: Database, name: str, expected: str | None
) -> None:
    with database.write("test") as session:
        device = _device(session, add_device(session, name=name))
        assert intent_of_device(session, device).hostname == expected


def test_the_same_layer_again_changes_nothing(database: Database, vault: Vault) -> None:
    with database.write("test") as session:
        _programme(session, vault)
    with database.write("test") as session:
        assert _programme(session, vault).version == 1
        changed = set_intent(session, IntentScope.PROGRAMME, "", {**PROGRAMME, "country": "FR"})
        assert changed.version == 2
    with database.read() as session:
        changes = session.exec(
            select(Change).where(Change.table_name == "intent_layer").order_by(col(Change.id))
        ).all()
    assert [change.action for change in changes] == ["create", "update"]
    assert changes[1].before is not None
    assert changes[1].before["body"]["country"] == "BE"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"wlans": [{"name": "x"}]}, r"wlans\.0\.ssid: Field required, and 3 more"),
        ({"vlan": []}, "vlan: Extra inputs are not permitted"),
        ({"radios": [{"band": "5", "channel": 149}]}, r"radios\.0: channel 149 may not be used"),
        ([], "the whole: "),
        ({"ports": [{"name": "1", "native_vlan": 99}]}, "the port 1 uses VLAN 99"),
        (PROGRAMME, "uses the secret psk-eleves, which is not kept"),
    ],
)
def test_a_layer_that_does_not_fit_is_refused_with_its_field(
    database: Database, body: Any, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said), database.write("test") as session:
        set_intent(session, IntentScope.PROGRAMME, "", body)
    with database.read() as session:
        assert session.exec(select(IntentLayerRow)).all() == []


def test_a_site_s_layer_is_checked_together_with_the_wider_ones(
    database: Database, vault: Vault
) -> None:
    with database.write("test") as session:
        _programme(session, vault)
        rows = add_school(session)
        set_intent(
            session,
            IntentScope.SITE,
            str(rows.site_id),
            {"ports": [{"name": "1/1/2", "native_vlan": 20}]},
        )
        with pytest.raises(InvalidInput, match="the port 1/1/2 uses VLAN 21"):
            set_intent(
                session,
                IntentScope.SITE,
                str(rows.site_id),
                {"ports": [{"name": "1/1/2", "native_vlan": 21}]},
            )


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        (IntentScope.SITE, "404"),
        (IntentScope.DEVICE, "404"),
        (IntentScope.SITE, "tilleuls"),
        (IntentScope.SITE, "²"),
        (IntentScope.SITE, "9" * 30),
    ],
)
def test_a_layer_of_nothing_is_not_found(database: Database, scope: IntentScope, key: str) -> None:
    with pytest.raises(NotFound), database.write("test") as session:
        set_intent(session, scope, key, {"country": "BE"})


def test_a_group_has_a_form(database: Database) -> None:
    with pytest.raises(InvalidInput, match="no group"), database.write("test") as session:
        set_intent(session, IntentScope.DEVICE_GROUP, "switches", {"country": "BE"})
