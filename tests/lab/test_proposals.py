"""From what was found to a device: controllers, rules, people, and what stays refused."""

from dataclasses import dataclass, replace

import pytest
from sqlmodel import Session, col, select

from api.usecases.found import Answer, Finder, Kept
from api.usecases.incidents import judge_sites
from api.usecases.proposal_decisions import accept, refuse
from api.usecases.proposal_rules import ANSWERING, add_rule, list_rules, switch_rule
from collectors.outcome import Outcome
from collectors.sightings import Seen, Sighting, Unread
from collectors.target import SnmpTarget
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import (
    Change,
    Device,
    DeviceRole,
    Event,
    Health,
    Incident,
    Lifecycle,
    ManagementEndpoint,
    Proposal,
    ProposalSource,
    ProposalState,
    Site,
    SiteReason,
    Zone,
)
from inventory.observation import AccessPoint, Neighbour, Observation
from inventory.settings import Settings
from inventory.vendors.standard.heard import Heard
from tests.network import add_school, seen

AP_MAC, OTHER_MAC = "00005e000a01", "00005e000b01"
POINT = AccessPoint(name="ap-cour", mac=AP_MAC, serial="AP1", model="505", ip="192.0.2.11")


@dataclass
class Scene:
    """A zone of a school, without devices."""

    database: Database
    zone_id: int
    site_id: int

    def find(self, *observations: Observation, heard: tuple[Neighbour, ...] = ()) -> Kept:
        """Let these be what answers in the zone, from 192.0.2.1 on, and hear these others."""
        with self.database.write("test") as session:
            finder = Finder(session, session.get_one(Zone, self.zone_id), clock.now(), "test")
            outcomes = [
                Outcome(SnmpTarget("z", f"192.0.2.{number}"), each, None, 0.1)
                for number, each in enumerate(observations, 1)
            ]
            finder.answers(map(Answer, outcomes))
            finder.seen(
                [
                    Seen(Sighting(Heard(each, (), frozenset({"bridge"})), "192.0.2.1"), (), why)
                    for each in heard
                    if (why := Unread.NO_ADDRESS)
                ]
            )
            return finder.kept

    def rows(self, session: Session) -> list[Proposal]:
        return list(session.exec(select(Proposal).order_by(col(Proposal.id))).all())

    def only(self, state: ProposalState = ProposalState.OPEN) -> Proposal:
        with self.database.read() as session:
            return session.exec(select(Proposal).where(Proposal.state == state)).one()

    def devices(self) -> dict[str, Device]:
        with self.database.read() as session:
            return {row.name: row for row in session.exec(select(Device)).all()}


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.write("test") as session:
        site_id = add_school(session).site_id
        zone = Zone(name="z", site_id=site_id, networks=["192.0.2.0/24"])
        session.add(zone)
        session.flush()
        assert zone.id is not None
        return Scene(database, zone.id, site_id)


def _controller(*points: AccessPoint, serial: str = "WLC1") -> Observation:
    return seen(
        family="aruba_instant", serial=serial, mac=OTHER_MAC, sysname="wlc", access_points=points
    )


def test_a_controller_s_access_points_are_proposed_and_accepted_as_its_own(scene: Scene) -> None:
    kept = scene.find(_controller(POINT, AccessPoint(name="nameless")))
    assert (kept.new, kept.proposed) == (["wlc"], ["ap-cour"])
    row = scene.only()
    assert (row.source, row.seen_by, row.serial, row.macs) == (
        ProposalSource.CONTROLLER, "wlc", "AP1", [AP_MAC],
    )  # fmt: skip
    assert (row.site_id, row.site_reason) == (scene.site_id, SiteReason.ZONE)
    with scene.database.write("anne") as session:
        accept(session, session.get_one(Proposal, row.id), viewer=None, actor="anne")
    point = scene.devices()["ap-cour"]
    assert (point.role, point.model, point.lifecycle) == (
        DeviceRole.ACCESS_POINT, "505", Lifecycle.INSTALLED,
    )  # fmt: skip
    assert point.controller_id == scene.devices()["wlc"].id
    with scene.database.read() as session:
        # It never answered: polled, it would count as down from its first hour.
        hosts = session.exec(select(ManagementEndpoint.host)).all()
        assert hosts == ["192.0.2.1"]
        changed = session.exec(select(Change.table_name).where(Change.actor == "anne")).all()
    assert set(changed) == {"device", "proposal"}


@pytest.mark.parametrize(
    "directly",
    [
        seen(serial="AP1", mac="00005e00ffff", sysname="ap-cour"),
        seen(serial=None, mac=AP_MAC, sysname="ap-cour"),
    ],
    ids=["by its serial", "by its address"],
)
def test_an_access_point_of_a_controller_that_is_read_itself_is_the_same(
    scene: Scene, directly: Observation
) -> None:
    kept = scene.find(_controller(POINT), directly)
    assert (kept.new, kept.proposed) == (["wlc", "ap-cour"], [])
    devices = scene.devices()
    assert devices["ap-cour"].controller_id == devices["wlc"].id
    assert scene.find(_controller(POINT)).proposed == []


def test_what_was_proposed_by_a_controller_and_answers_now_is_a_device_and_waits_no_more(
    scene: Scene,
) -> None:
    scene.find(_controller(POINT))
    assert scene.find(_controller(POINT), seen(serial="AP1", mac=AP_MAC)).new == ["ap1"]
    with scene.database.read() as session:
        assert [row.state for row in scene.rows(session) if row.serial == "AP1"] == ["accepted"]
    assert len(scene.devices()) == 2


def test_an_access_point_that_only_its_controller_tells_of_is_down_when_it_says_so_twice(
    scene: Scene, settings: Settings
) -> None:
    scene.find(_controller(POINT))
    with scene.database.write("anne") as session:
        accept(session, session.get_one(Proposal, scene.only().id), viewer=None, actor="anne")

    def told(status: str | None, firmware: str | None = None) -> Device:
        scene.find(_controller(replace(POINT, status=status, firmware=firmware)))
        judge_sites(scene.database, settings, actor="test")
        return scene.devices()["ap-cour"]

    well = told("up", "8.10")
    assert (well.health, well.lifecycle, well.firmware) == (Health.OK, Lifecycle.ACTIVE, "8.10")
    assert well.last_seen_at is not None
    assert told("upgrading firmware").health is Health.OK
    assert told("down").health is Health.DEGRADED
    lost = told("down")
    assert (lost.health, lost.last_error) == (Health.DOWN, "its controller says that it is down")
    with scene.database.read() as session:
        assert session.exec(select(Incident.device_id)).all() == [lost.id]
    assert told("up").last_error is None


def test_a_cluster_s_own_entry_in_its_list_is_itself(scene: Scene) -> None:
    own = AccessPoint(name="wlc", mac=OTHER_MAC, serial="WLC1")
    assert scene.find(_controller(own)).proposed == []
    assert len(scene.devices()) == 1


def test_what_is_refused_stays_refused_until_its_identity_changes(scene: Scene) -> None:
    scene.find(_controller(POINT))
    with scene.database.write("anne") as session:
        row = session.get_one(Proposal, scene.only().id)
        with pytest.raises(InvalidInput, match="demande une raison"):
            refuse(session, row, viewer=None, actor="anne", reason=" ")
        refuse(session, row, viewer=None, actor="anne", reason="appareil personnel")
    again = scene.find(_controller(POINT))
    assert (again.proposed, again.refused) == ([], ["ap-cour"])
    # Also when it answers itself: a person's word outweighs a rule.
    answers = scene.find(seen(serial="AP1", mac=AP_MAC))
    assert (answers.new, answers.refused) == ([], ["ap1"])
    swapped = AccessPoint(name="ap-cour", mac="00005e000c01", serial="AP9")
    assert scene.find(_controller(swapped)).proposed == ["ap-cour"]
    with scene.database.read() as session:
        told = session.exec(select(Event.message).where(Event.kind == "proposal.refused")).one()
    assert told == "ap-cour refusé\u00a0: appareil personnel"
    with scene.database.write("anne") as session:
        row = session.get_one(Proposal, scene.only(ProposalState.REFUSED).id)
        assert accept(session, row, viewer=None, actor="anne").serial == "AP1"
        with pytest.raises(Conflict, match="a déjà été accepté par anne"):
            accept(session, row, viewer=None, actor="bob")


def test_a_rule_accepts_what_is_all_that_it_asks(scene: Scene) -> None:
    with scene.database.write("anne") as session:
        add_rule(
            session,
            actor="anne",
            zone=session.get_one(Zone, scene.zone_id),
            source=ProposalSource.CONTROLLER,
            oui="00:00:5E",
            name_pattern="AP-*",
            role=DeviceRole.OTHER,
        )
    other = AccessPoint(name="iap-cave", mac="00005e000d01", serial="AP2")
    kept = scene.find(_controller(POINT, other))
    assert (kept.new, kept.proposed) == (["wlc", "ap-cour"], ["iap-cave"])
    row = next(each for each in _all(scene) if each.name == "ap-cour")
    assert (row.state, row.decided_by, row.rule_id) == ("accepted", "rule:1", 1)
    assert scene.devices()["ap-cour"].role is DeviceRole.OTHER


def _all(scene: Scene) -> list[Proposal]:
    with scene.database.read() as session:
        return scene.rows(session)


def test_without_preau_s_own_rule_what_answers_is_only_proposed_with_its_address(
    scene: Scene,
) -> None:
    with scene.database.write("anne") as session:
        switch_rule(session, ANSWERING, active=False, actor="anne")
    assert scene.find(seen()).proposed == ["ap1"]
    assert scene.devices() == {}
    row = scene.only()
    assert (row.answered, row.host, row.role) == (True, "192.0.2.1", DeviceRole.ACCESS_POINT)
    with scene.database.write("anne") as session:
        switch_rule(session, ANSWERING, active=True, actor="anne")
        accept(session, session.get_one(Proposal, row.id), viewer=None, actor="anne", name="hall")
    device = scene.devices()["hall"]
    assert (device.serial, device.lifecycle) == ("SN1", Lifecycle.ACTIVE)
    assert scene.find(seen()).known == ["hall"]


def test_a_rule_without_criteria_or_with_a_wrong_oui_is_refused(scene: Scene) -> None:
    with scene.database.write("anne") as session:
        with pytest.raises(InvalidInput, match="would accept everything"):
            add_rule(session, actor="anne", role=DeviceRole.SWITCH)
        with pytest.raises(InvalidInput, match="is no OUI"):
            add_rule(session, actor="anne", oui="00:1b")
        with pytest.raises(NotFound, match="no rule 7"):
            switch_rule(session, "7", active=False, actor="anne")
        assert [row.built_in for row, _, _ in list_rules(session)] == [ANSWERING]


def test_in_a_zone_of_several_sites_a_person_says_which(scene: Scene) -> None:
    with scene.database.write("test") as session:
        session.get_one(Zone, scene.zone_id).site_id = None
    kept = scene.find(_controller(POINT))
    # The controller answers: Préau's own rule takes it without a site, and nothing says more.
    assert (kept.new, kept.proposed) == (["wlc"], ["ap-cour"])
    with scene.database.write("anne") as session:
        row = session.get_one(Proposal, scene.only().id)
        with pytest.raises(InvalidInput, match="Aucun site n’est connu pour ap-cour"):
            accept(session, row, viewer=None, actor="anne")
        accept(session, row, viewer=None, actor="anne", site_id=scene.site_id)
        assert row.site_reason is SiteReason.PERSON
    with scene.database.write("test") as session:
        wlc = session.exec(select(Device).where(Device.name == "wlc")).one()
        wlc.site_id = scene.site_id
    more = AccessPoint(name="ap-toit", mac="00005e000e01")
    scene.find(_controller(POINT, more))
    assert (scene.only().site_id, scene.only().site_reason) == (
        scene.site_id, SiteReason.CONTROLLER,
    )  # fmt: skip


def test_what_is_heard_is_known_by_any_port_by_its_name_or_not_at_all(scene: Scene) -> None:
    switch = seen(family="generic", serial="S", mac=OTHER_MAC, sysname="sw1")
    known = (
        Neighbour("1", "lldp", system_name="x", chassis_id=OTHER_MAC),
        Neighbour("2", "cdp", system_name="sw1.school.example"),
        Neighbour("3", "lldp"),
    )
    stranger = Neighbour("4", "lldp", system_name="sw9", chassis_id=AP_MAC, platform="Sw 24")
    kept = scene.find(switch, heard=(*known, stranger))
    assert kept.proposed == ["sw9"]
    row = scene.only()
    assert (row.seen_by, row.seen_on, row.role) == ("sw1", "4", DeviceRole.SWITCH)
    assert (row.unread_because, row.answered) == ("no address of it is known", False)
    # Heard again, by CDP too: still one.
    scene.find(switch, heard=(stranger, Neighbour("4", "cdp", system_name="sw9.x")))
    assert len([each for each in _all(scene) if each.state is ProposalState.OPEN]) == 1


def test_a_stranger_s_name_is_kept_without_what_a_terminal_obeys(scene: Scene) -> None:
    evil = Neighbour("4", "lldp", "sw\x1b[2J\0é\n" + "x" * 300, chassis_id=AP_MAC, platform="\x07")
    scene.find(seen(family="generic", mac=OTHER_MAC), heard=(evil,))
    row = scene.only()
    assert row.name.startswith("sw [2J é x")
    assert len(row.name) == 255
    assert row.description is None


def test_a_device_added_meanwhile_is_what_its_proposal_was_of(scene: Scene) -> None:
    scene.find(_controller(POINT))
    with scene.database.write("anne") as session:
        device = Device(name="ap-livraison", serial="AP1", site_id=scene.site_id)
        session.add(device)
        session.flush()
        row = session.get_one(Proposal, scene.only().id)
        assert accept(session, row, viewer=None, actor="anne").id == device.id
    assert len(scene.devices()) == 2
    with scene.database.read() as session:
        assert session.exec(select(Site)).one().id == scene.site_id
