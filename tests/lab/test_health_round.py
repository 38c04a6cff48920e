"""A health round against agents on real sockets, kept in the series store of both databases."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from collectors.health import Round, Source, Watched, health_round
from collectors.series import SeriesStore, Subject, SubjectKind, open_series
from collectors.series.tiers import RAW
from inventory import clock
from inventory.database import Database
from inventory.settings import Settings
from tests.snmp_agent import Agent, Request, error, running_agent

pytestmark = pytest.mark.lab

CPU, NOISE, ABSENT = (1, 3, 6, 1, 9, 1, 0), (1, 3, 6, 1, 9, 2, 0), (1, 3, 6, 1, 9, 3, 0)


def mute(agent: Agent, request: Request) -> Sequence[bytes]:
    """Answer nothing."""
    return []


def refuse(agent: Agent, request: Request) -> Sequence[bytes]:
    """Answer authorizationError."""
    return error(request, 16)


def device(number: int) -> Subject:
    return Subject(SubjectKind.DEVICE, number)


def radio(number: int) -> Subject:
    return Subject(SubjectKind.RADIO, number, "radio0")


def watched(number: int, agent: Agent, timeout_s: float = 5.0) -> Watched:
    sources = [
        Source(CPU, device(number), "cpu_percent", 0.1),
        Source(NOISE, radio(number), "noise_floor_dbm"),
        Source(ABSENT, device(number), "memory_percent"),
    ]
    return Watched(number, agent.target(timeout_s=timeout_s), sources)


def told(store: SeriesStore, subject: Subject) -> dict[str, float]:
    now = clock.now()
    start, end = now - timedelta(hours=1), now + timedelta(hours=1)
    [history] = store.histories(None, [subject], start=start, end=end, tier=RAW)
    return {name: figure.mean for point in history.points for name, figure in point.figures.items()}


def test_a_round_keeps_what_each_device_tells_and_that_one_is_silent(
    settings: Settings, database: Database
) -> None:
    objects: dict[tuple[int, ...], int | bytes] = {CPU: 425, NOISE: -91}
    with (
        running_agent(objects) as well,
        running_agent(objects, mute) as silent,
        running_agent(objects, refuse) as refusing,
        open_series(settings, database) as store,
    ):
        done = health_round(
            [watched(1, well), watched(2, silent, timeout_s=0.1), watched(3, refusing)], store
        )
        figures = told(store, device(1))
        assert figures.pop("rtt_ms") >= 0
        assert figures == {"reachable": 1, "cpu_percent": 42.5}
        assert told(store, radio(1)) == {"noise_floor_dbm": -91}
        assert told(store, device(2)) == {"reachable": 0}
        assert told(store, device(3)) == {}
    assert done == Round(answered=1, silent=1, refused=1, samples=3)
    assert len(well.requests) == 1
