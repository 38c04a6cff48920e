"""What a poll leaves in the figures: each client once, at its own school; nothing of a refusal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.usecases.poll_history import PollHistory, Reading
from collectors.outcome import Outcome
from collectors.series import Subject, SubjectKind, open_series
from collectors.series.tiers import RAW
from collectors.target import SnmpTarget
from inventory import clock
from inventory.database import Database, open_database, upgrade
from inventory.errors import DeviceError, Garbled, Refused, Unreachable
from inventory.models import Device, DeviceRole
from inventory.observation import AccessPoint, Identity, Observation, Radio
from inventory.settings import Settings

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TARGET = SnmpTarget("lac", "127.30.0.1")
LAC, TILLEULS = 1, 2


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """SQLite alone: the stores are proven elsewhere."""
    return Settings(data_dir=tmp_path, database_url=None)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    upgrade(settings)
    opened = open_database(settings)
    clock.set_source(lambda: AT)
    yield opened
    clock.set_source(None)
    opened.close()


def device(number: int, site_id: int, role: DeviceRole = DeviceRole.ACCESS_POINT) -> Device:
    return Device(id=number, site_id=site_id, role=role, name=f"d{number}")


def answered(*clients: int | None, points: tuple[AccessPoint, ...] = ()) -> Reading:
    radios = tuple(Radio(place, clients=count) for place, count in enumerate(clients))
    seen = Observation(Identity(family="generic"), radios=radios, access_points=points)
    return Outcome(TARGET, seen, None, 0.1, rtt_s=0.002, at=AT)


def failed(error: DeviceError) -> tuple[Reading, DeviceError]:
    return Outcome(TARGET, None, error, 0.1, at=AT), error


def figures(
    settings: Settings, database: Database, kind: SubjectKind, owner_id: int
) -> dict[str, float]:
    with open_series(settings, database) as store:
        [told] = store.histories(
            None,
            [Subject(kind, owner_id)],
            start=AT - timedelta(hours=1),
            end=AT + timedelta(hours=1),
            tier=RAW,
        )
    return {name: f.mean for point in told.points for name, f in point.figures.items()}


def test_a_site_is_what_was_asked_what_answered_and_the_clients_that_were_told(
    settings: Settings, database: Database
) -> None:
    history = PollHistory(open_series(settings, database))
    history.note(device(1, LAC, DeviceRole.SWITCH), answered(), None)
    history.note(device(2, LAC), answered(3, 4), None)
    history.note(device(3, LAC), answered(None), None)
    history.note(device(4, LAC), *failed(Unreachable("no answer")))
    history.note(device(5, LAC), *failed(Garbled("no SNMP")))
    history.note(device(6, LAC), *failed(Refused("wrong community")))
    history.note(device(7, LAC), None, DeviceError("it has no credential"))
    history.write()
    history.end()
    assert figures(settings, database, SubjectKind.SITE, LAC) == {
        "devices": 5,
        "devices_reachable": 4,
        "clients": 7,
        "clients_told_by": 1,
    }
    reachable = {
        number: figures(settings, database, SubjectKind.DEVICE, number).get("reachable")
        for number in range(1, 8)
    }
    assert reachable == {1: 1, 2: 1, 3: 1, 4: 0, 5: 1, 6: None, 7: None}


def test_the_clients_of_a_controller_count_at_the_schools_of_its_access_points(
    settings: Settings, database: Database
) -> None:
    points = (
        AccessPoint("ap-lac", clients=5, status="up"),
        AccessPoint("ap-tilleuls", clients=8, status="up"),
        AccessPoint("ap-dead", clients=0, status="down"),
        AccessPoint("ap-joining", status="joining"),
    )
    sites = (LAC, TILLEULS, TILLEULS, TILLEULS)
    rows = [device(10 + place, site_id) for place, site_id in enumerate(sites)]
    history = PollHistory(open_series(settings, database))
    history.note(
        device(1, LAC, DeviceRole.CONTROLLER),
        answered(5, 8, points=points),
        None,
        controlled=list(zip(rows, points, strict=True)),
    )
    history.end()
    lac = figures(settings, database, SubjectKind.SITE, LAC)
    tilleuls = figures(settings, database, SubjectKind.SITE, TILLEULS)
    assert (lac["clients"], lac["devices"], lac["devices_reachable"]) == (5, 2, 2)
    assert (tilleuls["clients"], tilleuls["devices"], tilleuls["devices_reachable"]) == (8, 2, 1)
    assert figures(settings, database, SubjectKind.DEVICE, 12) == {"reachable": 0}
    assert figures(settings, database, SubjectKind.DEVICE, 13) == {}
