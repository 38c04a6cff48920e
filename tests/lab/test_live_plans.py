"""A plan followed live: by many at once, again after an interruption, and only by who may."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlmodel import select

from api.http import plans as live_plans
from inventory import clock
from inventory.database import Database
from inventory.models import DeployPlan, GrantScope, PlanState, Push, PushState, PushStep, UserRole
from inventory.settings import Settings
from tests.patience import PATIENCE_S
from tests.seed import Seeded, seed
from tests.webapp import bearer, person, web_client

EVENTS = "/api/v1/plans/1/events"
STREAMS = 60  # more than the 40 threads of Starlette's pool


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    with database.write("test") as session:
        session.get_one(DeployPlan, 1).state = PlanState.RUNNING
        for push in session.exec(select(Push)):
            push.state = PushState.PLANNED
    return made


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield client


def _step(database: Database, push_id: int, state: PushState, step: str | None = None) -> None:
    with database.write("test") as session:
        push = session.get_one(Push, push_id)
        push.state = state
        if step:
            session.add(PushStep(push_id=push_id, at=clock.now(), step=step))


def _end(database: Database) -> None:
    with database.write("test") as session:
        for push in session.exec(select(Push).where(Push.state == PushState.PLANNED)):
            push.state = PushState.VERIFIED
        session.get_one(DeployPlan, 1).state = PlanState.DONE


def _events(text: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return (event, id, data) of each whole event in a stream."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return found


def test_many_follow_a_plan_and_the_site_still_answers(
    client: httpx.Client, database: Database
) -> None:
    headers = bearer(database, "alice")

    async def follow(http: httpx.AsyncClient, started: asyncio.Semaphore) -> str:
        heard = ""
        async with http.stream("GET", EVENTS, headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            async for part in answer.aiter_text():
                fresh = "event: plan" not in heard
                heard += part
                if fresh and "event: plan" in heard:
                    started.release()
        return heard

    async def all_of_them() -> list[str]:
        limits = httpx.Limits(max_connections=STREAMS + 5)
        base = str(client.base_url)
        async with (
            httpx.AsyncClient(base_url=base, timeout=PATIENCE_S, limits=limits) as http,
            asyncio.TaskGroup() as group,  # one that fails ends all, and says why
        ):
            started = asyncio.Semaphore(0)
            streams = [group.create_task(follow(http, started)) for _ in range(STREAMS)]
            for _ in streams:
                await started.acquire()
            for _ in range(5):
                assert (await http.get("/api/v1/sites", headers=headers)).status_code == 200
            await asyncio.to_thread(_step, database, 3, PushState.SENDING, "send")
            await asyncio.sleep(0)
            await asyncio.to_thread(_end, database)
        return [each.result() for each in streams]

    for heard in asyncio.run(asyncio.wait_for(all_of_them(), PATIENCE_S)):
        told = _events(heard)
        assert told[-1] == ("end", None, {"state": "done"})
        last = {each["push"]: each["state"] for name, _, each in told if name == "device"}
        assert len(last) == 10
        assert last[1] == "verified"
        whole = {"state": "done", "label": "Terminé", "tone": "good", "ended": 9, "total": 10}
        whole["waves"] = []
        assert told[-2][2] == whole


def test_who_comes_again_is_told_only_what_moved_since(
    client: httpx.Client, database: Database
) -> None:
    headers = bearer(database, "alice")
    _step(database, 1, PushState.SENDING, "send")
    with client.stream("GET", EVENTS, headers=headers) as answer:
        heard = ""
        for part in answer.iter_text():
            heard += part
            if "event: plan" in heard:
                break
    told = _events(heard + "\n\n")
    assert {each["push"] for name, _, each in told if name == "device"} == set(range(1, 11))
    assert [each for name, _, each in told if name == "device" and each["push"] == 1] == [
        {"push": 1, "state": "sending", "label": "Envoi en cours", "tone": "busy", "step": "Envoi"}
    ]
    mark = next(mark for name, mark, _ in told if name == "plan")
    _step(database, 2, PushState.SENDING, "read")
    with database.write("test") as session:
        session.get_one(DeployPlan, 1).state = PlanState.CANCELLED
    again = client.get(EVENTS, headers={**headers, "Last-Event-ID": mark or ""})
    told = _events(again.text)
    assert [each["push"] for name, _, each in told if name == "device"] == [2]
    assert told[-1][0] == "end"


@pytest.mark.one_database
def test_a_stream_speaks_the_reader_s_language(client: httpx.Client, database: Database) -> None:
    _end(database)
    headers = {**bearer(database, "alice"), "Accept-Language": "nl-BE,nl;q=0.9"}
    told = _events(client.get(EVENTS, headers=headers).text)
    assert told[0][2]["label"] == "Toegepast en teruggelezen"


@pytest.mark.one_database
def test_only_who_may_see_a_device_follows_its_plan(
    client: httpx.Client, database: Database
) -> None:
    for login, path, status in (
        (None, EVENTS, 401),
        ("marc", EVENTS, 404),
        ("alice", "/api/v1/plans/77/events", 404),
        ("alice", "/api/v1/plans/x/events", 422),
        ("marc", "/api/v1/plans/1", 404),
    ):
        headers = bearer(database, login) if login else {}
        assert client.get(path, headers=headers).status_code == status, (login, path)


@pytest.mark.one_database
def test_so_many_streams_and_no_more(
    client: httpx.Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_plans, "MAX_STREAMS", 1)
    headers = bearer(database, "alice")
    with client.stream("GET", EVENTS, headers=headers) as first:
        parts = first.iter_text()  # kept: a client that lets go of it hangs up
        assert "retry" in next(parts)
        assert client.get(EVENTS, headers=headers).status_code == 503


@pytest.mark.one_database
def test_a_forged_last_event_id_is_no_id(client: httpx.Client, database: Database) -> None:
    headers = bearer(database, "alice")
    assert client.get("/api/v1/plans", headers=headers).json()["plans"][0]["devices"] == 10
    _end(database)
    ended = client.get(EVENTS, headers={**headers, "Last-Event-ID": "forged"})
    assert _events(ended.text)[-1][0] == "end"
