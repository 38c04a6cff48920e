from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from api.usecases.discovery import discover
from api.usecases.health import HealthRound, run_health_round
from api.usecases.polling import PollResult, poll
from api.usecases.readings import OBSERVATIONS_KEPT
from api.usecases.zones import define_zone
from collectors.series import Subject, SubjectKind, open_series
from collectors.series.tiers import RAW
from inventory import clock
from inventory.database import Database
from inventory.leases import device_resource, lease
from inventory.models import (
    Change,
    Device,
    Event,
    Health,
    Interface,
    Lifecycle,
    ManagementEndpoint,
    ObservationRecord,
    Protocol,
)
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.agents import Agents, SmallDevice, running_agents
from tests.network import add_school

pytestmark = pytest.mark.lab

Poll = Callable[..., PollResult]
Known = Callable[[Agents], None]


def _two() -> tuple[SmallDevice, SmallDevice]:
    return (
        SmallDevice(name="sw1", serial="A", mac="00:00:0a:00:00:01"),
        SmallDevice(name="sw2", serial="B", mac="00:00:0a:00:00:11"),
    )


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Settings with which silence is told soon."""
    return settings.model_copy(update={"snmp_timeout_s": 0.3, "snmp_retries": 4})


@pytest.fixture
def read(database: Database, vault: Vault, quick: Settings) -> Poll:
    def call(**more: object) -> PollResult:
        return poll(database, vault, quick, actor="test", **more)  # type: ignore[arg-type]

    return call


@pytest.fixture
def known(database: Database, vault: Vault, quick: Settings) -> Known:
    """Let the agents be discovered, at a site of their own."""

    def call(agents: Agents) -> None:
        with database.write("test") as session:
            site_id = add_school(session).site_id
            store_secret(session, vault, "snmp", "lab-read")
            session.flush()
            define_zone(
                session,
                "tilleuls",
                site_id=site_id,
                networks=[agents.network],
                snmp_port=agents.port,
                community_secret="snmp",
            )
        discover(database, vault, quick, actor="test")

    return call


def _device(database: Database, name: str) -> Device:
    with database.read() as session:
        return session.exec(select(Device).where(Device.name == name)).one()


def test_one_bad_device_never_stops_the_others(
    database: Database, read: Poll, known: Known
) -> None:
    one, two = _two()
    with running_agents(one, two) as agents:
        known(agents)
        one.change(silent=True)
        read()
        result = read()
    assert (result.read, [(f.name, f.kind) for f in result.failures]) == (
        1,
        [("sw1", "Unreachable")],
    )
    down, ok = _device(database, "sw1"), _device(database, "sw2")
    assert (down.health, down.last_error_kind) == (Health.DOWN, "Unreachable")
    assert down.last_seen_at is not None
    assert (ok.health, ok.last_error) == (Health.OK, None)
    assert ok.last_seen_at is not None
    assert ok.last_seen_at > down.last_seen_at


def test_a_device_that_answers_again_is_told_and_its_error_is_gone(
    database: Database, read: Poll, known: Known
) -> None:
    one, _ = _two()
    with running_agents(one) as agents:
        known(agents)
        one.change(silent=True)
        read()
        read()
        one.change(silent=False)
        read()
        assert _device(database, "sw1").health is Health.DEGRADED
        read()
    device = _device(database, "sw1")
    assert (device.health, device.last_error, device.last_error_kind) == (Health.OK, None, None)
    with database.read() as session:
        kinds = session.exec(
            select(Event.kind).where(Event.device_id == device.id).order_by(col(Event.id))
        ).all()
    assert kinds == ["device.discovered", "incident.opened", "incident.closed"]


def test_a_restart_and_a_new_firmware_are_told(
    database: Database, read: Poll, known: Known
) -> None:
    one, _ = _two()
    with running_agents(one) as agents:
        known(agents)
        one.change(uptime_s=5.0, firmware="2.0")
        read()
    with database.read() as session:
        events = {e.kind: e.message for e in session.exec(select(Event)).all()}
        newest = session.exec(
            select(ObservationRecord).order_by(col(ObservationRecord.at).desc())
        ).first()
    assert newest is not None
    assert newest.body["identity"]["rebooted"] is True
    assert "1.0 → 2.0" in events["device.firmware_changed"]
    assert "device.rebooted" in events
    assert _device(database, "sw1").firmware == "2.0"


def test_a_reading_of_another_device_is_not_taken_for_the_known_one(
    database: Database, read: Poll, known: Known
) -> None:
    one, _ = _two()
    with running_agents(one) as agents:
        known(agents)
        one.change(name="stranger", serial="Z", mac="00:00:0c:00:00:01")
        (failure,) = read().failures
    assert "another device answers, stranger (serial Z)" in failure.error
    device = _device(database, "sw1")
    assert (device.serial, device.health) == ("A", Health.UNKNOWN)


def test_a_held_device_is_left_alone(database: Database, read: Poll, known: Known) -> None:
    one, two = _two()
    with running_agents(one, two) as agents:
        known(agents)
        device_id = _device(database, "sw1").id
        assert device_id is not None
        with lease(database, device_resource(device_id), holder="bob", purpose="push", ttl_s=60):
            result = read()
        assert (result.read, result.busy, result.failures) == (1, 1, [])
        assert read().read == 2


def test_of_several_addresses_the_one_that_answers_counts(
    database: Database, read: Poll, known: Known
) -> None:
    one, _ = _two()
    with running_agents(one) as agents:
        known(agents)
        device = _device(database, "sw1")
        with database.write("test") as session:
            session.add(
                ManagementEndpoint(
                    zone_id=1,
                    host=agents.host(9),
                    protocol=Protocol.SNMP,
                    port=agents.port,
                    device_id=device.id,
                )
            )
        result = read()
    assert (result.read, result.failures) == (1, [])


def test_a_device_without_a_credential_is_a_failure_of_its_own(
    database: Database, vault: Vault, read: Poll, known: Known
) -> None:
    one, two = _two()
    with running_agents(one, two) as agents:
        known(agents)
        with database.write("test") as session:
            lonely = define_zone(session, "lonely", site_id=None, networks=[])
            endpoint = session.exec(
                select(ManagementEndpoint).where(ManagementEndpoint.host == agents.host(1))
            ).one()
            endpoint.zone_id = lonely.id or 0
        result = read()
    assert result.read == 1
    assert "no SNMP credential is known" in result.failures[0].error


def test_retired_devices_are_not_asked_and_sites_may_be_chosen(
    database: Database, read: Poll, known: Known
) -> None:
    one, two = _two()
    with running_agents(one, two) as agents:
        known(agents)
        with database.write("test") as session:
            session.exec(
                select(Device).where(Device.name == "sw1")
            ).one().lifecycle = Lifecycle.RETIRED
            session.exec(select(Device).where(Device.name == "sw2")).one()
        assert read().read == 1
        assert read(site_ids=[1]).read == 1
        assert read(site_ids=[404]).read == 0


def test_a_steady_poll_keeps_few_observations_and_writes_no_change_record(
    database: Database, read: Poll, known: Known
) -> None:
    one, _ = _two()
    with running_agents(one) as agents:
        known(agents)
        with database.read() as session:
            before = len(session.exec(select(Change.id)).all())
        for _ in range(OBSERVATIONS_KEPT + 2):
            read()
    with database.read() as session:
        assert len(session.exec(select(Change.id)).all()) == before
        assert len(session.exec(select(ObservationRecord.id)).all()) == OBSERVATIONS_KEPT


def test_progress_counts_every_device(database: Database, read: Poll, known: Known) -> None:
    one, two = _two()
    told: list[tuple[str, int, int]] = []
    with running_agents(one, two) as agents:
        known(agents)
        read(on_progress=lambda *step: told.append(step))
    assert told == [("devices read", done, 2) for done in (0, 1, 2)]


@pytest.fixture
def ask(database: Database, vault: Vault, quick: Settings) -> Callable[..., HealthRound]:
    """Run a health round."""

    def call(**more: object) -> HealthRound:
        return run_health_round(
            database,
            vault,
            quick,
            actor="test",
            **more,  # type: ignore[arg-type]
        )

    return call


def test_a_health_round_tells_silence_as_polls_do_and_leaves_what_they_read(
    database: Database, known: Known, ask: Callable[..., HealthRound]
) -> None:
    one, two = _two()
    with running_agents(one, two) as agents:
        known(agents)
        one.change(silent=True)
        two.change(firmware="2.0")
        for _ in range(2):
            done = ask()
            assert (done.answered, done.failed, done.busy) == (1, 1, 0)
        assert _device(database, "sw1").health is Health.DOWN
        one.change(silent=False)
        ask()
        assert ask().answered == 2
    silent, other = _device(database, "sw1"), _device(database, "sw2")
    assert (silent.health, silent.last_error, silent.recent_readings[-4:]) == (
        Health.OK,
        None,
        "ssaa",
    )
    assert other.firmware == "1.0"  # a poll's matter
    with database.read() as session:
        kinds = session.exec(
            select(Event.kind).where(Event.device_id == silent.id).order_by(col(Event.id))
        ).all()
        records = session.exec(select(ObservationRecord.id)).all()
        ports = session.exec(select(Interface).where(Interface.device_id == other.id)).all()
    assert kinds == ["device.discovered", "incident.opened", "incident.closed"]
    assert len(records) == 2
    assert [port.mac for port in ports] != [None, None]


def test_a_health_round_keeps_figures_of_the_known_device_alone(
    database: Database, quick: Settings, known: Known, ask: Callable[..., HealthRound]
) -> None:
    one, two = _two()
    with running_agents(one, two) as agents:
        known(agents)
        one.change(name="stranger", serial="Z", mac="00:00:0c:00:00:01")
        device_id = _device(database, "sw2").id
        assert device_id is not None
        with lease(database, device_resource(device_id), holder="bob", purpose="push", ttl_s=60):
            done = ask()
        assert (done.answered, done.failed, done.busy) == (0, 1, 1)
        assert "another device answers" in (_device(database, "sw1").last_error or "")
        assert ask(site_ids=[404]).to_json()["answered"] == 0
        assert ask().answered == 1
    now = clock.now()
    subjects = [Subject(SubjectKind.DEVICE, device_id), Subject(SubjectKind.SITE, 1)]
    with open_series(quick, database) as store:
        histories = store.histories(
            None, subjects, start=now - timedelta(hours=1), end=now + timedelta(hours=1), tier=RAW
        )
    device, site = ([point.figures for point in each.points] for each in histories)
    assert device[-1]["reachable"].mean == 1
    assert "rtt_ms" in device[-1]
    assert site[-1]["devices"].mean >= 1
