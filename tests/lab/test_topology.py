"""The school of the lake: what is cut off, what is down, and what is only in the shadow."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlmodel import Session, col, select

from api.usecases.polling import poll
from api.usecases.topology import Branch, SiteNetwork, site_network
from api.usecases.zones import define_zone
from inventory.cabling import CableState
from inventory.database import Database
from inventory.models import (
    Device,
    DeviceRole,
    Event,
    Incident,
    ManagementEndpoint,
    Protocol,
)
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.device import Device as LabDevice
from lab.devices.aruba_cx import ArubaCx
from lab.running import Lab
from tests.network import add_school
from tests.patience import wait_until

pytestmark = pytest.mark.lab


@dataclass
class Lake:
    """The school as the product knows it; `poll` reads it, `health` tells how its devices do."""

    lab: Lab
    database: Database
    settings: Settings
    poll: Callable[[], None]
    site_id: int

    def health(self) -> dict[str, str]:
        with self.database.read() as session:
            return {each.name: each.health.value for each in session.exec(select(Device))}

    def incidents(self) -> list[tuple[str, list[str], bool]]:
        """Return the cause, the shadow and whether it is open, of every incident."""
        with self.database.read() as session:
            names = {each.id: each.name for each in session.exec(select(Device))}
            return [
                (
                    names[row.device_id],
                    sorted(str(names[each]) for each in row.shadowed_ids),
                    row.closed_at is None,
                )
                for row in session.exec(select(Incident).order_by(col(Incident.id)))
            ]

    def network(self) -> SiteNetwork:
        with self.database.read() as session:
            return site_network(session, self.settings, self.site_id)

    def power(self, name: str, *, on: bool) -> None:
        device = self.lab[f"lac/{name}"]
        self.lab.call(lambda: device.power(on=on))


@pytest.fixture
def lake(district: Lab, database: Database, vault: Vault, settings: Settings) -> Lake:
    # Who is dead is waited for in each poll; who lives and is late must not be taken for dead.
    quick = settings.model_copy(update={"snmp_timeout_s": 0.25, "snmp_retries": 20})
    with database.write("test") as session:
        site_id = add_school(session, name="Athénée royal du Lac").site_id
        store_secret(session, vault, "snmp", "lab-read")
        session.flush()
        zone = define_zone(session, "lac", site_id=site_id, networks=[], community_secret="snmp")
        session.flush()
        for device in district:
            _add(session, zone.id or 0, site_id, device)

    def read() -> None:
        poll(database, vault, quick, actor="test")

    known = Lake(district, database, quick, read, site_id)
    known.poll()  # every device has its addresses now
    known.poll()  # so that each hears whom it hears
    return known


def _add(session: Session, zone_id: int, site_id: int, agent: LabDevice) -> None:
    short = agent.name.split("/")[1]
    role = DeviceRole.SWITCH if short.startswith("sw") else DeviceRole.ACCESS_POINT
    device = Device(site_id=site_id, name=short, role=role)
    session.add(device)
    session.flush()
    session.add(
        ManagementEndpoint(
            zone_id=zone_id,
            host=agent.host,
            protocol=Protocol.SNMP,
            port=agent.snmp_port,
            device_id=device.id,
        )
    )


FIRST, SECOND = [f"ap{n}" for n in range(1, 5)], [f"ap{n}" for n in range(5, 9)]


Shape = tuple[str, str | None, list[object]]


def _shape(branch: Branch) -> Shape:
    return branch.device.name, branch.parent_port, [_shape(each) for each in branch.branches]


@pytest.mark.one_database
def test_the_tree_of_the_school_is_the_one_that_was_cabled(lake: Lake) -> None:
    network = lake.network()
    assert network.root is not None
    ports = [f"1/1/{n}" for n in range(1, 5)]
    behind: Shape = ("sw2", "1/1/24", [(n, p, []) for n, p in zip(SECOND, ports, strict=True)])
    assert _shape(network.root) == (
        "sw1",
        None,
        [behind, *((n, p, []) for n, p in zip(FIRST, ports, strict=True))],
    )
    cables = [each.cable for each in network.root.branches]
    assert [cable and cable.state for cable in cables] == [CableState.CONFIRMED] * 5
    assert (network.unplaced, network.aside, network.incidents) == ((), (), ())
    assert set(lake.health().values()) == {"ok"}


def test_a_dead_core_switch_is_one_incident_and_all_behind_it_is_shadowed(lake: Lake) -> None:
    lake.power("sw1", on=False)
    lake.poll()
    assert (set(lake.health().values()), lake.incidents()) == ({"degraded"}, [])
    lake.poll()
    others = [*FIRST, *SECOND, "sw2"]
    assert lake.health() == {"sw1": "down"} | dict.fromkeys(others, "shadowed")
    assert lake.incidents() == [("sw1", sorted(others), True)]
    lake.poll()
    assert lake.incidents() == [("sw1", sorted(others), True)]
    (shown,) = lake.network().incidents
    assert (shown.cause.name, len(shown.shadowed), shown.row.whole_site) == ("sw1", 9, True)

    lake.power("sw1", on=True)
    wait_until(lambda: lake.lab.call(lambda: all(each.answers_snmp() for each in lake.lab)))
    lake.poll()
    assert lake.incidents() == [("sw1", sorted(others), False)]
    # What was in the shadow is well at once; what was down is believed after the second answer.
    assert lake.health() == {"sw1": "degraded"} | dict.fromkeys(others, "ok")
    lake.poll()
    assert set(lake.health().values()) == {"ok"}
    with lake.database.read() as session:
        told = session.exec(
            select(Event).where(col(Event.kind).like("incident.%")).order_by(col(Event.id))
        ).all()
        assert [event.kind for event in told] == ["incident.opened", "incident.closed"]
        assert "panne de sw1, du courant" in told[0].message
        assert not session.exec(select(Event).where(col(Event.kind).like("device.d%"))).all()


@pytest.mark.one_database
def test_a_pulled_uplink_shadows_the_wing_behind_it_only(lake: Lake) -> None:
    lake.lab.call(lambda: _shut(lake.lab["lac/sw1"], "1/1/24"))
    lake.poll()
    lake.poll()
    assert lake.incidents() == [("sw2", SECOND, True)]
    assert {n for n, h in lake.health().items() if h == "ok"} == {"sw1", *FIRST}


def _shut(switch: LabDevice, port: str) -> None:
    assert isinstance(switch, ArubaCx)
    switch.config.ports[port].enabled = False
    switch.changed()


@pytest.mark.one_database
def test_a_switch_whose_agent_is_mute_shadows_nothing_as_it_still_forwards(lake: Lake) -> None:
    lake.lab.call(lambda: lake.lab["lac/sw1"].faults.add("silent"))
    lake.poll()
    lake.poll()
    assert lake.incidents() == [("sw1", [], True)]
    assert {n for n, h in lake.health().items() if h != "ok"} == {"sw1"}
