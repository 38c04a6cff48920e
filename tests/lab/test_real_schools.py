"""Two schools with the same addresses are two, on real agents in networks of their own."""

import json
from collections.abc import Iterator

import pytest
from sqlmodel import col, select

from api.usecases.discovery import discover
from api.usecases.zones import define_zone
from inventory.database import Database
from inventory.models import Device, ManagementEndpoint, ObservationRecord, Protocol, Zone
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.real import snmpd
from lab.real.schools import SchoolNetwork, schools_behind_a_carrier, schools_on_loopback
from lab.real.snmpd import start_snmpd
from tests.real import need
from tests.serving import preau_here

pytestmark = pytest.mark.lab

NAMES = ("tilleuls", "saint-roch")


@pytest.fixture
def schools(request: pytest.FixtureRequest) -> Iterator[list[SchoolNetwork]]:
    """Two schools, each with one agent at the same address, of its own name and community.

    Asked for as "namespaces" or "loopback".
    """
    apart = request.param == "namespaces"
    need(*snmpd.PROGRAMS, *(("sysctl",) if apart else ()), namespaces=apart)
    with (schools_behind_a_carrier if apart else schools_on_loopback)(NAMES) as made:
        for school in made:
            start_snmpd(
                school.place, name=f"sw1-{school.name}", community=school.name, port=school.port
            )
        yield made


@pytest.fixture
def zones(database: Database, vault: Vault, schools: list[SchoolNetwork]) -> None:
    """A zone for each school: the same range, its own port and community."""
    for school in schools:
        with database.write("test") as session:
            store_secret(session, vault, f"{school.name}-snmp", school.name)
            session.flush()
            define_zone(
                session,
                school.name,
                site_id=None,
                networks=[school.network],
                snmp_port=school.port,
                community_secret=f"{school.name}-snmp",
            )


@pytest.mark.usefixtures("zones")
# On loopback both agents tell this machine's own MAC addresses: one device, and rightly so.
@pytest.mark.parametrize("schools", ["namespaces"], indirect=True)
def test_the_same_address_in_two_zones_is_two_devices(
    database: Database, vault: Vault, settings: Settings, schools: list[SchoolNetwork]
) -> None:
    assert schools[0].place.address == schools[1].place.address
    for _ in range(2):  # a second discovery finds the same two again
        for name in NAMES:
            discover(database, vault, settings, networks=(), zone_name=name, actor="test")
    with database.read() as session:
        rows = session.exec(
            select(Zone.name, ManagementEndpoint.host, Device.name, Device.id)
            .join(ManagementEndpoint, col(ManagementEndpoint.zone_id) == Zone.id)
            .join(Device, col(Device.id) == ManagementEndpoint.device_id)
            .where(ManagementEndpoint.protocol == Protocol.SNMP)
            .order_by(Zone.name)
        ).all()
        read = set(session.exec(select(ObservationRecord.device_id)).all())
    address = schools[0].place.address
    assert [row[:3] for row in rows] == [
        ("saint-roch", address, "sw1-saint-roch"),
        ("tilleuls", address, "sw1-tilleuls"),
    ]
    assert len({row[3] for row in rows}) == 2
    assert read == {row[3] for row in rows}


@pytest.mark.one_database
@pytest.mark.usefixtures("zones", "database")
@pytest.mark.parametrize("schools", ["loopback"], indirect=True)
def test_the_command_reads_the_one_of_its_zone(
    settings: Settings, schools: list[SchoolNetwork]
) -> None:
    for name in NAMES:
        address = schools[0].place.address
        done = preau_here(settings, "observe", address, "--zone", name, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["identity"]["sysname"] == f"sw1-{name}"
