"""A crawl of the lab's school from its core switch: who is found, and who is left alone."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from api.usecases.crawling import CrawlResult, discover_from
from api.usecases.discovery import discover
from api.usecases.zones import define_zone
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.models import Device, DeviceRole, ManagementEndpoint, Proposal
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.district import COMMUNITY, SCHOOLS, School, make_school
from lab.ports import free_port
from lab.running import Lab, running_lab
from tests.agents import SmallDevice, running_agents
from tests.district import QUICK
from tests.network import add_school

pytestmark = pytest.mark.lab

Crawl = Callable[..., CrawlResult]


@dataclass(frozen=True)
class RunningSchool:
    place: School
    lab: Lab
    asked: set[str]
    """Who was spoken to over SNMP."""

    @property
    def core(self) -> str:
        return self.place.host(1)

    def silence(self, *names: str, silent: bool = True) -> None:
        for name in names:
            self.lab[f"lac/{name}"].faults.silent = silent


@pytest.fixture(scope="module")
def school(lab_folder: Path) -> Iterator[RunningSchool]:
    """Two switches and eight access points, all on one SNMP port of one network of the lab."""
    network = f"127.{random.randint(64, 199)}.{random.randint(0, 255)}"
    port = free_port(*(f"{network}.{number}" for number in range(1, 21)))
    place = replace(SCHOOLS[2], network=network, snmp_port=port)
    devices = make_school(place, options=QUICK)
    asked: set[str] = set()
    for name, device in devices.items():
        device.ssh_port = 0
        setattr(device, "answers_snmp", _noting(asked, name, device.answers_snmp))  # noqa: B010
    with running_lab(list(devices.values()), folder=lab_folder) as lab:
        yield RunningSchool(place, lab, asked)


def _noting(asked: set[str], name: str, answers: Callable[[], bool]) -> Callable[[], bool]:
    def noted() -> bool:
        asked.add(name)
        return answers()

    return noted


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Settings with which silence is told soon."""
    return settings.model_copy(update={"snmp_timeout_s": 1.0, "snmp_retries": 1})


@pytest.fixture
def from_core(database: Database, vault: Vault, quick: Settings, school: RunningSchool) -> Crawl:
    def call(*seeds: str, **more: Any) -> CrawlResult:
        return discover_from(
            database, vault, quick, seeds=seeds or (school.core,), actor="test", **more
        )

    return call


def _zone(
    database: Database,
    vault: Vault,
    school: RunningSchool,
    *networks: str,
    name: str = "lac",
    at_school: bool = True,
) -> None:
    with database.write("test") as session:
        store_secret(session, vault, "snmp", COMMUNITY)
        session.flush()
        define_zone(
            session,
            name,
            site_id=add_school(session).site_id if at_school else None,
            networks=networks or [f"{school.place.network}.0/27"],
            snmp_port=school.place.snmp_port,
            community_secret="snmp",
        )


def _names(database: Database, model: type[Device] | type[Proposal] = Device) -> list[str]:
    with database.read() as session:
        return sorted(session.exec(select(model.name)).all())


def test_from_its_core_switch_a_school_is_found_whole_and_is_as_a_range_finds_it(
    database: Database, vault: Vault, quick: Settings, school: RunningSchool, from_core: Crawl
) -> None:
    _zone(database, vault, school)
    result = from_core(zone_name="lac").to_json()
    assert {key: result[key] for key in ("asked", "found", "new", "proposed", "unread")} == {
        "asked": 10, "found": 10, "new": 10, "proposed": 0, "unread": 0,
    }  # fmt: skip
    assert (result["outside"], result["cut_short"]) == ([], False)
    again = discover(database, vault, quick, actor="test").to_json()
    assert (again["new"], again["known"]) == (0, 10)
    with database.read() as session:
        endpoints = session.exec(select(ManagementEndpoint)).all()
        accepted = session.exec(select(Proposal).order_by(col(Proposal.id))).all()
    assert len(endpoints) == 10
    assert accepted[0].seen_on is None
    ap5 = next(each for each in accepted if each.name == "lac-ap5")
    assert (ap5.protocol, ap5.seen_by, ap5.seen_on) == ("lldp", "lac-sw2", "1/1/1")
    assert (ap5.state, ap5.decided_by) == ("accepted", "rule:answering")


def test_what_is_heard_and_answers_nothing_is_proposed_with_where_it_hangs(
    database: Database, vault: Vault, school: RunningSchool, from_core: Crawl
) -> None:
    _zone(database, vault, school)
    school.silence("ap1", "sw2")
    try:
        result = from_core().to_json()
    finally:
        school.silence("ap1", "sw2", silent=False)
    # What hangs on sw2 is heard by nobody who answers.
    assert (result["new"], result["proposed"]) == (4, 2)
    with database.read() as session:
        ap1, sw2 = (
            session.exec(select(Proposal).where(Proposal.name == f"lac-{name}")).one()
            for name in ("ap1", "sw2")
        )
    assert (ap1.role, ap1.answered, ap1.state) == (DeviceRole.ACCESS_POINT, False, "open")
    assert (ap1.seen_by, ap1.seen_on, ap1.host) == ("lac-sw1", "1/1/1", school.place.host(11))
    assert ap1.macs
    assert (sw2.role, sw2.seen_on) == (DeviceRole.SWITCH, "1/1/24")
    assert "answers nothing" in str(sw2.unread_because)
    # Once they answer they are devices, and no longer proposed.
    assert from_core().to_json()["new"] == 6
    with database.read() as session:
        assert session.exec(select(Proposal).where(Proposal.state == "open")).all() == []
        assert len(session.exec(select(Device)).all()) == 10


def test_only_the_zone_s_own_addresses_are_spoken_to(
    database: Database, vault: Vault, school: RunningSchool, from_core: Crawl
) -> None:
    switches = f"{school.place.network}.0/30"
    _zone(database, vault, school, switches)
    _zone(database, vault, school, f"{school.place.network}.8/29", name="autre", at_school=False)
    school.asked.clear()
    result = from_core(zone_name="lac").to_json()
    assert (result["new"], result["proposed"], len(result["outside"])) == (2, 8, 8)
    assert any("(in the ranges of autre)" in each for each in result["outside"])
    assert school.asked == {"lac/sw1", "lac/sw2"}


def test_depth_and_number_end_a_crawl_and_it_says_so(
    database: Database, vault: Vault, school: RunningSchool, from_core: Crawl
) -> None:
    _zone(database, vault, school)
    near = from_core(depth=1).to_json()
    assert (near["found"], near["cut_short"]) == (6, True)
    few = from_core(limit=3).to_json()
    assert (few["asked"], few["cut_short"]) == (3, True)


@pytest.mark.parametrize(
    ("seed", "zone", "said"),
    [
        ("10.1.1.1", "lac", "outside the ranges of the zone lac"),
        ("sw1.example", "lac", "is no address"),
        ("10.1.1.1", None, "in the ranges of no zone"),
    ],
)
def test_a_seed_that_cannot_be_one_is_a_sentence(
    database: Database,
    vault: Vault,
    school: RunningSchool,
    from_core: Crawl,
    *,
    seed: str,
    zone: str | None,
    said: str,
) -> None:
    _zone(database, vault, school)
    with pytest.raises(InvalidInput, match=said):
        from_core(seed, zone_name=zone)


def test_a_seed_that_two_zones_hold_needs_the_zone_s_name(
    database: Database, vault: Vault, school: RunningSchool, from_core: Crawl
) -> None:
    _zone(database, vault, school)
    _zone(database, vault, school, name="saint-roch", at_school=False)
    with pytest.raises(InvalidInput, match="of the zones lac, saint-roch"):
        from_core()


def test_a_seed_that_answers_nothing_is_told(
    database: Database, vault: Vault, quick: Settings
) -> None:
    with running_agents(SmallDevice(silent=True)) as agents:
        with database.write("test") as session:
            store_secret(session, vault, "snmp", "lab-read")
            session.flush()
            define_zone(
                session,
                "z",
                site_id=None,
                networks=[agents.network],
                snmp_port=agents.port,
                community_secret="snmp",
            )
        soon = quick.model_copy(update={"snmp_timeout_s": 0.2})
        result = discover_from(database, vault, soon, seeds=[agents.host(1)], actor="test")
    assert list(result.zones[0].unread) == [agents.host(1)]
    assert _names(database) == _names(database, Proposal) == []
