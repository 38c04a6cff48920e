"""Which devices a plan chooses, what it says of their risk, and who must approve it."""

import pytest
from sqlmodel import Session, select

from api.usecases.access import viewer_of
from api.usecases.approvals import approve_plan, may_approve, refuse_unapproved, waits_for_approval
from api.usecases.lots import define_lot
from api.usecases.scope import Viewer
from api.usecases.selection import Selection, change_tags, selected
from deploy.risk import ApprovalRules, DeviceRisk, armed_guard, device_risk, why_second_person
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotAllowed
from inventory.models import (
    DeployPlan,
    Device,
    DeviceRole,
    Dossier,
    Grant,
    GrantScope,
    Lifecycle,
    PlanState,
    Push,
    User,
    UserRole,
)
from inventory.vendors.family import family
from tests.network import add_device, school_in

RULES = ApprovalRules(devices=3, path_devices=1, clients=10)


@pytest.fixture
def two_sites(database: Database) -> tuple[int, int]:
    sites = []
    for fase in (95001, 95002):
        site_id = school_in(database, fase=fase).site_id
        sites.append(site_id)
        with database.write("test") as session:
            for name, role, family in (
                ("ap1", DeviceRole.ACCESS_POINT, "openwrt"),
                ("sw1", DeviceRole.SWITCH, "arubaos_cx"),
                ("pr1", DeviceRole.OTHER, "generic"),
            ):
                add_device(session, name=name, role=role, family=family, site_id=site_id)
    return sites[0], sites[1]


def _chosen(database: Database, selection: Selection) -> list[tuple[int | None, str]]:
    with database.read() as session:
        return [(each.site_id, each.name) for each in selected(session, selection)]


def test_nothing_said_is_every_device_that_can_be_configured(
    database: Database, two_sites: tuple[int, int]
) -> None:
    here, there = two_sites
    both = [(site, name) for site in (here, there) for name in ("ap1", "sw1")]
    assert _chosen(database, Selection()) == both


def test_each_part_that_is_said_narrows_the_choice(
    database: Database, two_sites: tuple[int, int]
) -> None:
    here, there = two_sites
    with database.write("test") as session:
        lot_id = define_lot(session, "L2").id
        session.add(Dossier(site_id=there, status="ordered", lot_id=lot_id, updated_at=clock.now()))
    assert _chosen(database, Selection(site_ids=(here,))) == [(here, "ap1"), (here, "sw1")]
    assert _chosen(database, Selection(lot="L2")) == [(there, "ap1"), (there, "sw1")]
    assert _chosen(database, Selection(lot="L3")) == []
    assert _chosen(database, Selection(families=("openwrt",), site_ids=(there,))) == [
        (there, "ap1")
    ]
    assert _chosen(database, Selection(roles=(DeviceRole.SWITCH,))) == [
        (here, "sw1"),
        (there, "sw1"),
    ]


def test_a_tag_chooses_what_bears_it(database: Database, two_sites: tuple[int, int]) -> None:
    here, _ = two_sites
    with database.write("test") as session:
        found = session.exec(select(Device).where(Device.site_id == here)).all()
        points = [device for device in found if device.name == "ap1"]
        assert change_tags(session, points, add=["maternelle"], remove=[]) == 1
        assert change_tags(session, points, add=["maternelle"], remove=["autre"]) == 0
        with pytest.raises(InvalidInput, match="no tag"):
            change_tags(session, points, add=["deux mots"], remove=[])
    assert _chosen(database, Selection(tags=("maternelle", "x"))) == [(here, "ap1")]


def test_a_device_in_stock_is_not_chosen(database: Database, two_sites: tuple[int, int]) -> None:
    here, _ = two_sites
    with database.write("test") as session:
        for device in session.exec(select(Device).where(Device.site_id == here)):
            device.lifecycle = Lifecycle.IN_STOCK
    assert all(site != here for site, _ in _chosen(database, Selection()))


def test_a_family_that_cannot_be_configured_is_told(database: Database) -> None:
    with pytest.raises(InvalidInput, match="family generic cannot be configured"):
        _chosen(database, Selection(families=("generic",)))


PATH = DeviceRisk(reasons=("le port 1/1/1 porte le VLAN d’administration 1",))
BUSY = DeviceRisk(clients=11)
QUIET = DeviceRisk()


@pytest.mark.parametrize(
    ("risks", "reasons"),
    [
        ([], 0),
        ([QUIET, QUIET, QUIET], 0),
        ([QUIET] * 4, 1),
        ([PATH], 0),
        ([PATH, PATH], 1),
        ([BUSY], 1),
        ([PATH, PATH, BUSY, QUIET], 3),
    ],
)
def test_the_rules_say_when_a_second_person_is_needed(
    risks: list[DeviceRisk], reasons: int
) -> None:
    assert len(why_second_person(risks, RULES)) == reasons


def test_a_restart_is_told_only_where_the_guard_that_is_armed_restarts_the_switch() -> None:
    ios = family("ios").configuration
    assert ios is not None
    path = armed_guard(ios, "hostname sw1", ["le VLAN d’administration change"])
    quiet = armed_guard(ios, "hostname sw1", [])
    assert device_risk(path, ["le VLAN d’administration change"], [], None).reboots
    assert not device_risk(quiet, [], [], None).reboots
    assert not device_risk(None, [], [], None).reboots


def test_a_risk_is_kept_whole() -> None:
    risk = DeviceRisk(reasons=("r",), notes=("n",), clients=4, reboots=True, unguarded=True)
    assert DeviceRisk.from_json(risk.to_json()) == risk
    assert DeviceRisk.from_json({}) == QUIET


def _viewer(session: Session, login: str, *grants: tuple[UserRole, GrantScope, str]) -> Viewer:
    user = User(login=login, display_name=login.title(), password_hash="x")
    session.add(user)
    session.flush()
    assert user.id is not None
    session.add_all(
        [Grant(user_id=user.id, role=r, scope=scope, scope_key=key) for r, scope, key in grants]
    )
    session.flush()
    return viewer_of(session, user)


def _ids(session: Session) -> list[int]:
    return [device.id or 0 for device in session.exec(select(Device))]


def _plan(session: Session, device_ids: list[int], *, second: bool = True) -> DeployPlan:
    risk = {"second_person": why_second_person([PATH, PATH], RULES) if second else []}
    plan = DeployPlan(created_at=clock.now(), created_by="cli:anne", selection={}, risk=risk)
    session.add(plan)
    session.flush()
    session.add_all([Push(plan_id=plan.id or 0, device_id=each) for each in device_ids])
    session.flush()
    return plan


EVERYWHERE = (UserRole.NETWORK_ENGINEER, GrantScope.ALL, "")


def test_another_than_the_author_approves_and_then_it_may_run(
    database: Database, two_sites: tuple[int, int]
) -> None:
    with database.write("test") as session:
        plan = _plan(session, _ids(session))
        assert plan.id is not None
        with pytest.raises(NotAllowed, match="l’accord d’une autre personne que cli:anne"):
            refuse_unapproved(session, plan)
        with pytest.raises(NotAllowed, match="qui ne peut pas l’approuver"):
            approve_plan(session, plan.id, _viewer(session, "anne", EVERYWHERE))
        bruno = _viewer(session, "bruno", EVERYWHERE)
        first = approve_plan(session, plan.id, bruno, note="vu avec l’école")
        assert approve_plan(session, plan.id, bruno).id == first.id
        assert not waits_for_approval(session, plan)
        refuse_unapproved(session, plan)


def test_who_may_not_change_every_site_of_a_plan_cannot_approve_it(
    database: Database, two_sites: tuple[int, int]
) -> None:
    here, _ = two_sites
    with database.write("test") as session:
        plan = _plan(session, _ids(session))
        assert plan.id is not None
        only_here = _viewer(
            session, "chloe", (UserRole.NETWORK_ENGINEER, GrantScope.SITE, str(here))
        )
        support = _viewer(session, "dirk", (UserRole.SUPPORT_AGENT, GrantScope.ALL, ""))
        assert not may_approve(session, plan.id, only_here)
        for viewer in (only_here, support):
            with pytest.raises(
                NotAllowed, match="ne peut approuver de changements sur tous les sites"
            ):
                approve_plan(session, plan.id, viewer)
        devices = session.exec(select(Device.id).where(Device.site_id == here)).all()
        small = _plan(session, [each or 0 for each in devices])
        assert approve_plan(session, small.id or 0, only_here).approved_by == "user:chloe"


def test_a_plan_that_ran_cannot_be_approved(database: Database, two_sites: tuple[int, int]) -> None:
    with database.write("test") as session:
        plan = _plan(session, _ids(session), second=False)
        assert not waits_for_approval(session, plan)
        plan.state = PlanState.RUNNING
        session.flush()
        with pytest.raises(Conflict, match="est «\u00a0En cours"):
            approve_plan(session, plan.id or 0, _viewer(session, "bruno", EVERYWHERE))


def test_a_plan_whose_planning_was_interrupted_is_never_run(
    database: Database, two_sites: tuple[int, int]
) -> None:
    with database.write("test") as session:
        plan = _plan(session, _ids(session), second=False)
        refuse_unapproved(session, plan)
        plan.risk = {}  # nobody closed it
        with pytest.raises(Conflict, match="une moitié n’est jamais envoyée"):
            refuse_unapproved(session, plan)
