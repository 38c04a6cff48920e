"""A WLAN that leads nowhere is refused before it is planned: its switch port lacks the VLAN."""

from typing import Any

import pytest
from sqlmodel import select

from api.usecases.deployment_targets import subjects_of
from api.usecases.intents import set_intent
from api.usecases.planned_uplinks import with_uplinks_judged
from inventory import clock
from inventory.database import Database
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    IntentScope,
    Link,
    ManagementEndpoint,
    Protocol,
    Zone,
)
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.network import add_device, school_in

PROGRAMME: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
    "wlans": [
        {
            "name": "eleves",
            "ssid": "ELEVES",
            "purpose": "pedagogical",
            "security": "wpa2_personal",
            "vlan_id": 10,
            "passphrase_secret": "psk",
        }
    ],
}


def _trunk(name: str, *tagged: int) -> dict[str, Any]:
    return {"name": name, "mode": "trunk", "tagged_vlans": tagged}


@pytest.fixture
def school(database: Database, vault: Vault) -> tuple[int, int]:
    """An access point on port 1/1/1 of a switch, whose cable nobody has heard yet."""
    site_id = school_in(database).site_id
    with database.write("test") as session:
        for name in ("psk", "ssh"):
            store_secret(session, vault, name, "a passphrase")
        zone = Zone(name="lac", site_id=site_id)
        credential = Credential(
            name="c", kind=CredentialKind.SSH_PASSWORD, username="u", secret_name="ssh"
        )
        session.add_all([zone, credential])
        session.flush()
        found = []
        for name, role, family in (
            ("ap1", DeviceRole.ACCESS_POINT, "openwrt"),
            ("sw1", DeviceRole.SWITCH, "arubaos_cx"),
        ):
            found.append(add_device(session, name=name, role=role, family=family, site_id=site_id))
            session.add(
                ManagementEndpoint(
                    zone_id=zone.id or 0,
                    host=f"127.0.0.{found[-1]}",
                    protocol=Protocol.SSH,
                    port=22,
                    credential_id=credential.id,
                    device_id=found[-1],
                )
            )
        set_intent(session, IntentScope.PROGRAMME, "", PROGRAMME)
    return found[0], found[1]


def _cable(database: Database, switch_id: int, port: str, point_id: int) -> None:
    with database.write("test") as session:
        session.add(
            Link(
                device_id=switch_id,
                local_interface=port,
                protocol="lldp",
                remote_key=f"{point_id}",
                remote_device_id=point_id,
                first_seen_at=clock.now(),
                last_seen_at=clock.now(),
            )
        )


def _errors(database: Database, vault: Vault, settings: Settings) -> dict[str, str]:
    with database.read() as session:
        devices = session.exec(select(Device)).all()
        subjects = subjects_of(session, vault, settings, devices)
        judged = with_uplinks_judged(session, subjects)
    return {each.name: str(each.error) for each in judged if each.error is not None}


def test_the_port_on_which_an_access_point_was_heard_is_the_one_that_counts(
    database: Database, vault: Vault, settings: Settings, school: tuple[int, int]
) -> None:
    point, switch = school
    ports = {"ports": [_trunk("1/1/1", 20), _trunk("1/1/2", 10)]}
    with database.write("test") as session:
        set_intent(session, IntentScope.DEVICE, str(switch), ports)
    assert _errors(database, vault, settings) == {}  # it may hang on the other one
    _cable(database, switch, "1/1/1", point)
    errors = _errors(database, vault, settings)
    assert list(errors) == ["ap1"]
    assert "VLAN 10, which port 1/1/1 of sw1" in errors["ap1"]
    _cable(database, switch, "1/1/2", point)  # it was moved
    assert _errors(database, vault, settings) == {}


def test_where_the_switches_are_somebody_elses_nothing_is_refused(
    database: Database, vault: Vault, settings: Settings, school: tuple[int, int]
) -> None:
    assert _errors(database, vault, settings) == {}
