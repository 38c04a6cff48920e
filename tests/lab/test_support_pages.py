"""The clients of a device on its page: who may ask, who sees the answer, and for how long."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from api.jobs.functions import FUNCTIONS
from api.jobs.queue import forget_results
from api.jobs.support_requests import SUPPORT, TOLD_FOR
from inventory import clock
from inventory.database import Database
from inventory.models import GrantScope, Job, JobState, UserRole
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import bearer, hidden_field, log_in, person, web_client

MAC = "02:00:5e:00:53:01"
CLIENT: dict[str, Any] = {
    "mac": MAC,
    "ssid": "ELEVES",
    "bssid": "02:00:5e:00:53:20",
    "radio": "radio1",
    "access_point": None,
    "channel": 36,
    "rssi_dbm": -61.0,
    "snr_db": 34.0,
    "tx_rate_bps": 866.7e6,
    "rx_rate_bps": None,
    "connected_s": 754.0,
    "ip": None,
    "hostname": None,
    "state": "authorized",
    "authorised": True,
    "vlan": None,
    "protected_frames": True,
}


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice", UserRole.SUPPORT_AGENT)
    person(database, "bob", UserRole.SUPPORT_AGENT)
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.ALL)
    with web_client(settings, database) as client:
        yield client


def ask(client: httpx.Client, device_id: int, case: str = "SUP-12") -> httpx.Response:
    address = f"/appareils/{device_id}"
    token = hidden_field(client.get(address).text)
    return client.post(f"{address}/postes", data={"csrf": token, "dossier": case})


def answer(database: Database, *clients: dict[str, Any], error: str | None = None) -> int:
    """End the one job as the jobs process does, and return its number."""
    told = {"name": "ap1", "clients": list(clients), "error": error, "error_kind": error}
    with database.write("test") as session:
        job = session.exec(select(Job)).one()
        job.state, job.finished_at = JobState.DONE, clock.now()
        job.result = {"clients": [told]}
        assert job.id is not None
        return job.id


def test_who_asked_for_a_case_sees_the_clients_and_nobody_else_does(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    device_id = seeded.device_ids[2]
    log_in(client, "alice")
    asked = ask(client, device_id)
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        f"/appareils/{device_id}#postes",
    )
    with database.read() as session:
        job = session.exec(select(Job)).one()
    assert (job.kind, job.requested_by) == (SUPPORT, "user:alice")
    assert job.arguments == {
        "device_id": device_id,
        "case": "SUP-12",
        "site_id": seeded.site_ids[0],
    }
    assert SUPPORT in FUNCTIONS
    assert "L’équipement est interrogé" in client.get(f"/appareils/{device_id}/postes").text
    job_id = answer(database, CLIENT)
    told = client.get(f"/appareils/{device_id}/postes")
    assert MAC in told.text
    assert "Un poste connecté" in told.text
    assert "-61\u00a0dBm" in told.text.replace("\u2212", "-").replace("&nbsp;", "\u00a0")
    assert told.headers["cache-control"] == "no-store"
    assert MAC in client.get(f"/appareils/{device_id}").text
    job_told = client.get(f"/api/v1/jobs/{job_id}", headers=bearer(database, "alice")).json()
    assert (job_told["kind"], job_told["result"]) == (SUPPORT, None)
    assert MAC not in client.get("/api/v1/jobs", headers=bearer(database, "bob")).text
    assert MAC not in client.get(f"/sites/{seeded.site_ids[0]}").text
    client.cookies.clear()
    log_in(client, "bob")
    assert MAC not in client.get(f"/appareils/{device_id}").text


def test_the_answer_is_emptied_within_the_hour(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    device_id = seeded.device_ids[2]
    log_in(client, "alice")
    ask(client, device_id)
    job_id = answer(database, CLIENT)
    assert forget_results(database, SUPPORT, after=TOLD_FOR) == 0
    with database.write("test") as session:
        job = session.get(Job, job_id)
        assert job is not None
        job.finished_at = clock.now() - TOLD_FOR - timedelta(seconds=1)
    assert forget_results(database, SUPPORT, after=TOLD_FOR) == 1
    with database.read() as session:
        kept = session.get(Job, job_id)
        assert kept is not None
        assert (kept.result, kept.state) == (None, JobState.DONE)
    assert MAC not in client.get(f"/appareils/{device_id}").text


@pytest.mark.one_database
def test_a_device_that_did_not_answer_is_told_in_words(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "alice")
    ask(client, seeded.device_ids[2])
    answer(database, error="Unreachable")
    page = client.get(f"/appareils/{seeded.device_ids[2]}").text
    assert "L’équipement n’a pas répondu." in page


@pytest.mark.one_database
def test_other_roles_and_devices_are_not_offered_it_and_a_case_needs_its_number(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    switch, point = seeded.device_ids[0], seeded.device_ids[2]
    log_in(client, "alice")
    assert "dossier de support" not in client.get(f"/appareils/{switch}").text
    assert ask(client, switch).status_code == 400
    assert ask(client, point, "Nicolas Dupont").status_code == 400
    client.cookies.clear()
    log_in(client, "marc")
    assert "dossier de support" not in client.get(f"/appareils/{point}").text
    assert ask(client, point).status_code == 403
    with database.read() as session:
        assert session.exec(select(Job)).all() == []
