"""The lab's devices are found and polled as what they are."""

import pytest
from sqlmodel import select

from api.usecases.discovery import discover
from api.usecases.polling import poll
from api.usecases.zones import define_zone
from inventory.database import Database
from inventory.models import Device, DeviceRole, Health, ManagementEndpoint, Protocol
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.district import LabDevice

pytestmark = pytest.mark.lab


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("family", "role"),
    [
        ("openwrt", DeviceRole.ACCESS_POINT),
        ("aruba_instant", DeviceRole.ACCESS_POINT),
        ("arubaos_cx", DeviceRole.SWITCH),
        ("iosxe", DeviceRole.SWITCH),
    ],
)
def test_a_family_is_found_with_its_role_and_both_endpoints(
    database: Database,
    vault: Vault,
    settings: Settings,
    lab_device: LabDevice,
    *,
    family: str,
    role: DeviceRole,
) -> None:
    device = lab_device(family)
    with database.write("test") as session:
        for name, value in (("snmp", device.community), ("ssh", device.password)):
            store_secret(session, vault, name, value)
        session.flush()
        define_zone(
            session,
            "lab",
            site_id=None,
            networks=[device.host],
            snmp_port=device.snmp_port,
            ssh_port=device.ssh_port,
            community_secret="snmp",
            ssh_user=device.username,
            ssh_secret="ssh",
        )
    assert discover(database, vault, settings, actor="test").to_json()["new"] == 1
    result = poll(database, vault, settings, actor="test")
    assert (result.read, result.failures) == (1, [])
    with database.read() as session:
        found = session.exec(select(Device)).one()
        endpoints = session.exec(select(ManagementEndpoint)).all()
    assert (found.family, found.role, found.health) == (family, role, Health.OK)
    assert {(each.protocol, each.port) for each in endpoints} == {
        (Protocol.SNMP, device.snmp_port),
        (Protocol.SSH, device.ssh_port),
    }
