"""Health by the last readings, and incidents as they are kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from api.usecases.incidents import judge_sites
from api.usecases.readings import record_failure, record_observation
from api.usecases.topology import name_core
from inventory import clock
from inventory.database import Database
from inventory.errors import DeviceError, Garbled, Refused, Unreachable
from inventory.incidents import excused, find_causes, health_of_history
from inventory.models import Device, DeviceRole, Event, Health, Incident, Lifecycle, Link
from inventory.settings import Settings
from inventory.topology import Place, site_tree
from tests.network import add_device, school_in, seen

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("history", "health"),
    [
        ("", "unknown"),
        ("a", "ok"),
        ("s", "unknown"),  # it never answered: nobody knows yet
        ("ss", "down"),
        ("as", "degraded"),
        ("ass", "down"),
        ("assa", "degraded"),
        ("assaa", "ok"),
        ("asas", "degraded"),
        ("p", "degraded"),
        ("pa", "degraded"),
        ("aau", "unknown"),
        ("aaua", "ok"),
        ("aasus", "degraded"),  # it refused us in between: it was there
        ("aaxx", "degraded"),
        ("aaxxa", "ok"),
        ("aaxxs", "degraded"),  # its own silence counts from the end of the shadow on
        ("aaxxss", "down"),
    ],
)
def test_health_follows_from_the_last_readings(history: str, health: str) -> None:
    assert health_of_history(history) == health


def test_what_was_missed_in_a_shadow_is_not_held_against_a_device() -> None:
    assert excused("asass") == "asaxx"
    assert excused("aaa") == "aaa"


def test_what_has_no_known_cable_is_blamed_on_the_root_only_when_nothing_answers() -> None:
    tree = site_tree([Place(1, "sw1", "switch"), Place(2, "sw2", "switch"), Place(3, "ap1")], [])
    all_dead = find_causes(tree, {1: False, 2: False, 3: False})
    assert (dict(all_dead.shadows), all_dead.whole_site) == ({1: (2, 3)}, True)
    one_answers = find_causes(tree, {1: False, 2: False, 3: True})
    assert (dict(one_answers.shadows), one_answers.whole_site) == ({1: (), 2: ()}, False)


@dataclass
class School:
    """Two switches in a row and an access point behind each, polled by hand every 15 minutes."""

    database: Database
    settings: Settings
    site_id: int
    ids: dict[str, int]
    now: datetime = START
    dead: set[str] = field(default_factory=set)

    def poll(self, *, errors: dict[str, DeviceError] | None = None) -> None:
        self.now += timedelta(seconds=self.settings.poll_interval_s)
        clock.set_source(lambda: self.now)
        for number, (name, device_id) in enumerate(self.ids.items(), 1):
            error = (errors or {}).get(
                name, Unreachable("no answer") if name in self.dead else None
            )
            with self.database.write("test") as session:
                device = session.get_one(Device, device_id)
                if error is not None:
                    record_failure(session, device, error)
                    continue
                said = seen(serial=name, mac=f"0a00000000{number:02}", family="generic")
                record_observation(session, device, said, at=self.now, duration_s=0.1)
        judge_sites(self.database, self.settings, actor="test")

    def health(self) -> list[str]:
        with self.database.read() as session:
            return [session.get_one(Device, each).health.value for each in self.ids.values()]

    def open(self) -> dict[str, list[str]]:
        names = {device_id: name for name, device_id in self.ids.items()}
        with self.database.read() as session:
            rows = session.exec(select(Incident).where(col(Incident.closed_at).is_(None)))
            return {names[row.device_id]: [names[x] for x in row.shadowed_ids] for row in rows}

    def events(self) -> list[str]:
        with self.database.read() as session:
            rows = session.exec(
                select(Event).where(col(Event.kind).like("incident.%")).order_by(col(Event.id))
            )
            return [f"{row.kind.removeprefix('incident.')}: {row.message}" for row in rows]


@pytest.fixture
def school(database: Database, settings: Settings) -> Iterator[School]:
    site_id = school_in(database).site_id
    places = {"sw1": None, "sw2": "sw1", "ap1": "sw1", "ap2": "sw2"}
    ids: dict[str, int] = {}
    with database.write("test") as session:
        for name, parent in places.items():
            role = DeviceRole.SWITCH if name.startswith("sw") else DeviceRole.ACCESS_POINT
            ids[name] = add_device(session, name=name, role=role, site_id=site_id)
            if parent:
                session.add(
                    Link(
                        device_id=ids[parent],
                        local_interface=f"to {name}",
                        protocol="lldp",
                        remote_key=name,
                        remote_device_id=ids[name],
                        first_seen_at=START,
                        last_seen_at=START,
                    )
                )
    made = School(database, settings, site_id, ids)
    made.poll()
    yield made
    clock.set_source(None)


def test_one_cause_is_named_and_the_rest_is_shadowed_until_it_answers(school: School) -> None:
    school.dead = {"sw2", "ap2"}
    school.poll()
    assert (school.health(), school.open()) == (["ok", "degraded", "ok", "degraded"], {})
    school.poll()
    assert school.health() == ["ok", "down", "ok", "shadowed"]
    assert school.open() == {"sw2": ["ap2"]}
    school.dead = {"ap2"}  # it still starts
    school.poll()
    assert (school.health(), school.open()) == (["ok", "degraded", "ok", "degraded"], {})
    school.dead = set()
    school.poll()
    school.poll()
    assert school.health() == ["ok"] * 4
    assert school.events() == [
        "opened: sw2 ne répond plus\u00a0; un équipement est injoignable derrière lui",
        "closed: Incident clos\u00a0: sw2 répond à nouveau",
    ]


def test_a_device_that_answers_every_other_time_opens_no_incident(school: School) -> None:
    for number in range(8):
        school.dead = {"ap1"} if number % 2 else set()
        school.poll()
    assert (school.open(), school.events()) == ({}, [])


def test_a_cause_that_falls_again_at_once_opens_its_incident_again(school: School) -> None:
    for dead in ({"ap1"}, {"ap1"}, set(), {"ap1"}, {"ap1"}):
        school.dead = dead
        school.poll()
    with school.database.read() as session:
        (incident,) = session.exec(select(Incident)).all()
    assert (incident.closed_at, incident.reopened) == (None, 1)
    assert [each.split(":")[0] for each in school.events()] == ["opened", "closed", "reopened"]
    for dead in (set(), set(), set(), {"ap1"}, {"ap1"}):
        school.dead = dead
        school.poll()
    with school.database.read() as session:
        assert len(session.exec(select(Incident)).all()) == 2


def test_what_failed_before_its_switch_did_keeps_its_own_incident(school: School) -> None:
    school.dead = {"ap2"}
    school.poll()
    school.poll()
    school.dead = {"sw2", "ap2"}
    school.poll()
    school.poll()
    assert school.health() == ["ok", "down", "ok", "down"]
    assert school.open() == {"sw2": [], "ap2": []}


def test_a_larger_cut_takes_the_shadow_that_a_smaller_one_had_not(school: School) -> None:
    school.dead = {"sw2", "ap2"}
    school.poll()
    school.poll()
    school.dead = set(school.ids)
    school.poll()
    school.poll()
    assert school.open() == {"sw2": ["ap2"], "sw1": ["ap1"]}
    assert school.health() == ["down", "down", "shadowed", "shadowed"]


def test_a_device_that_refuses_us_or_answers_nonsense_is_not_down(school: School) -> None:
    for _ in range(3):
        school.poll(errors={"sw2": Refused("wrong community"), "ap1": Garbled("not BER")})
    assert school.health() == ["ok", "unknown", "degraded", "ok"]
    assert school.open() == {}


def test_the_incident_of_a_device_that_is_taken_away_is_closed(school: School) -> None:
    school.dead = {"ap1"}
    school.poll()
    school.poll()
    with school.database.write("test") as session:
        session.get_one(Device, school.ids["ap1"]).lifecycle = Lifecycle.RETIRED
    judge_sites(school.database, school.settings, actor="test")
    assert school.open() == {}
    assert school.events()[-1].endswith("ap1 n’est plus en place sur ce site")


def test_a_person_says_where_management_comes_in_and_the_cause_follows(school: School) -> None:
    school.dead = set(school.ids)
    with school.database.write("test") as session:
        name_core(session, session.get_one(Device, school.ids["sw1"]))
        assert name_core(session, session.get_one(Device, school.ids["sw2"]))
        assert not name_core(session, session.get_one(Device, school.ids["sw2"]))
    school.poll()
    school.poll()
    assert school.open() == {"sw2": ["sw1", "ap1", "ap2"]}


def test_only_the_sites_asked_for_are_judged_and_a_device_of_no_site_by_itself(
    school: School,
) -> None:
    with school.database.write("test") as session:
        school.ids["lost"] = add_device(session, name="lost")
    school.dead = {"ap1", "lost"}
    school.poll()
    school.poll()
    assert school.health() == ["ok", "ok", "down", "ok", "down"]
    assert school.open() == {"ap1": []}
    judge: Callable[..., int] = judge_sites
    assert judge(school.database, school.settings, site_ids=[404], actor="test") == 0
    assert judge(school.database, school.settings, site_ids=[school.site_id], actor="test") == 1


def test_a_site_where_all_is_well_is_not_judged(school: School) -> None:
    assert judge_sites(school.database, school.settings, actor="test") == 0
    assert Health.OK.value in school.health()
