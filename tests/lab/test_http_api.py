from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from api.http.cursor import id_cursor, read_id_cursor, read_site_cursor, site_cursor
from api.jobs import queue
from api.usecases.sites import Position
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.models import Event, GrantScope, Job, Site, UserRole
from inventory.programme.spelling import plain
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import bearer, hidden_field, log_in, person, web_client


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield client


@pytest.fixture
def alice(client: httpx.Client, database: Database) -> httpx.Client:
    client.headers.update(bearer(database, "alice"))
    return client


@pytest.mark.one_database
def test_without_a_token_the_api_answers_a_problem_and_no_data(client: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer preau_wrong"}, {"Authorization": "Basic eDp5"}):
        answer = client.get("/api/v1/sites", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["status"] == 401


def test_a_site_and_all_that_stands_there_is_told(alice: httpx.Client, seeded: Seeded) -> None:
    site, device = seeded.site_ids[0], seeded.device_ids[2]
    told = alice.get(f"/api/v1/sites/{site}").json()
    assert (told["devices_ok"], told["devices_down"], told["devices_total"]) == (9, 1, 10)
    assert told["open_findings"] == {"major": 1, "minor": 1}
    assert told["implantations"][0]["school_fase"] == 95001
    devices = alice.get(f"/api/v1/sites/{site}/devices").json()["devices"]
    assert [each["name"] for each in devices][:3] == ["sw1", "sw2", "ap1"]
    findings = alice.get(f"/api/v1/sites/{site}/findings").json()["findings"]
    assert [each["severity"] for each in findings] == ["major", "minor"]
    dossier = alice.get(f"/api/v1/sites/{site}/dossier").json()
    assert dossier["status"] == dossier["history"][0]["to_status"] == "in_service"
    assert alice.get(f"/api/v1/devices/{device}").json()["name"] == "ap1"
    observed = alice.get(f"/api/v1/devices/{device}/observation").json()
    assert observed["observation"]["wlans"][0]["ssid"] == "ELEVES"


def test_what_happened_at_a_device_is_told_newest_first_and_of_no_other(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    device, other = seeded.device_ids[2], seeded.device_ids[3]
    with database.write("test") as session:
        for device_id, kind in ((device, "trap.link_down"), (other, "trap.x"), (device, "trap.z")):
            session.add(Event(at=clock.now(), kind=kind, device_id=device_id, message=kind))
            session.flush()
    told = alice.get(f"/api/v1/devices/{device}/events").json()
    assert [each["kind"] for each in told if each["kind"].startswith("trap.")] == [
        "trap.z",
        "trap.link_down",
    ]
    assert told[0]["message"] == "trap.z"


def test_what_is_out_of_scope_is_not_found(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    client.headers.update(bearer(database, "marc"))
    site, device = seeded.site_ids[0], seeded.device_ids[0]
    assert [s["name"] for s in client.get("/api/v1/sites").json()["sites"]] == [
        "Institut Saint-Roch"
    ]
    assert client.get("/api/v1/findings").json()["findings"] == []
    for path in (
        f"sites/{site}",
        f"sites/{site}/devices",
        f"sites/{site}/findings",
        f"sites/{site}/dossier",
        f"devices/{device}",
        f"devices/{device}/observation",
        f"devices/{device}/events",
    ):
        assert client.get(f"/api/v1/{path}").status_code == 404, path
    for wanted in ({"kind": "audit", "site_id": site}, {"kind": "audit"}):
        answer = client.post("/api/v1/jobs", json=wanted)
        assert answer.status_code in {403, 404}


def test_cursors_walk_the_whole_list_once(alice: httpx.Client, database: Database) -> None:
    with database.write("test") as session:
        for number in range(23):
            session.add(Site(name=f"École {number}", search_key=plain(f"mille {number % 3}")))
    seen: list[int] = []
    after = None
    while True:
        query = {"limit": "10", "q": "mille", **({"after": after} if after else {})}
        page = alice.get("/api/v1/sites", params=query).json()
        seen += [site["id"] for site in page["sites"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 23


def test_findings_are_filtered_and_paged(alice: httpx.Client) -> None:
    first = alice.get("/api/v1/findings", params={"limit": 1}).json()
    second = alice.get("/api/v1/findings", params={"limit": 1, "after": first["next"]}).json()
    assert second["next"] is None
    assert first["findings"][0]["id"] > second["findings"][0]["id"]
    major = alice.get("/api/v1/findings", params={"severity": "major"}).json()["findings"]
    assert [each["severity"] for each in major] == ["major"]
    assert alice.get("/api/v1/findings", params={"resolved": "true"}).json()["findings"] == []


def test_a_job_is_asked_for_once_and_its_state_is_told(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    wanted = {"kind": "poll", "site_id": seeded.site_ids[0]}
    answer = alice.post("/api/v1/jobs", json=wanted)
    assert answer.status_code == 202
    again = alice.post("/api/v1/jobs", json=wanted)
    assert again.json()["id"] == answer.json()["id"]
    claim = queue.claim(database, "w1", ["poll"])
    assert claim is not None
    queue.finish(database, "w1", claim.job_id, result={"read": 3})
    told = alice.get(answer.headers["location"]).json()
    assert (told["state"], told["result"]) == ("done", {"read": 3})
    assert [job["id"] for job in alice.get("/api/v1/jobs").json()["jobs"]] == [told["id"]]


@pytest.mark.one_database
def test_a_browser_needs_its_csrf_token_to_write(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "alice")
    token = hidden_field(client.get("/").text)
    assert client.post("/api/v1/jobs", json={"kind": "audit"}).status_code == 403
    with database.read() as session:
        assert session.exec(select(Job)).all() == []
    allowed = client.post("/api/v1/jobs", json={"kind": "audit"}, headers={"X-CSRF-Token": token})
    assert allowed.status_code == 202


@pytest.mark.one_database
def test_a_value_that_does_not_fit_is_named_and_not_repeated(alice: httpx.Client) -> None:
    answer = alice.post("/api/v1/jobs", json={"kind": "hunter2"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == ["body", "kind"]
    assert "hunter2" not in answer.text


@pytest.mark.one_database
def test_a_status_that_is_none_is_refused_and_not_an_empty_list(alice: httpx.Client) -> None:
    assert alice.get("/api/v1/sites?status=nope").status_code == 422
    found = alice.get("/api/v1/sites?status=in_service").json()["sites"]
    assert {site["status"] for site in found} == {"in_service"}


@pytest.mark.one_database
def test_the_openapi_document_is_3_1_and_its_page_comes_from_here(client: httpx.Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/sites/{site_id}/dossier" in document["paths"]
    for path in document["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["404"]["content"]
    page = client.get("/api/v1/docs").text
    for path in document["paths"]:
        assert f" {path}</code>" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_health_is_ok_only_while_a_jobs_process_gives_signs_of_life(
    client: httpx.Client, database: Database
) -> None:
    before = client.get("/healthz")
    assert (before.status_code, before.json()["jobs"]) == (503, "failing")
    queue.beat(database, "w1")
    after = client.get("/healthz")
    assert (after.status_code, after.json()) == (
        200,
        {"status": "ok", "database": "ok", "jobs": "ok"},
    )


def test_metrics_count_the_installation_and_name_no_school(
    client: httpx.Client, database: Database
) -> None:
    client.get("/sites/12345")
    text = client.get("/metrics").text
    for line in (
        'preau_sites{status="in_service"} 1.0',
        'preau_devices{health="ok"} 9.0',
        'preau_findings_open{severity="major"} 1.0',
        "preau_jobs_process_up 0.0",
        'preau_http_requests_total{method="GET",route="/sites/{site_id}",status="303"} 1.0',
    ):
        assert line in text, line
    assert "Tilleuls" not in text
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    assert client.get("/metrics", headers=forwarded).status_code == 401
    allowed = client.get("/metrics", headers={**forwarded, **bearer(database, "alice")})
    assert allowed.status_code == 200
    refused = client.get("/metrics", headers={**forwarded, **bearer(database, "marc")})
    assert refused.status_code == 401


def test_a_cursor_gives_back_what_it_was_made_of_and_no_other_text_is_one() -> None:
    position = Position("ecole liège 9", 7)
    assert read_site_cursor(site_cursor(position)) == position
    assert read_id_cursor(id_cursor(9)) == 9
    assert read_site_cursor(None) is None
    for text in (
        "x",
        "é",
        "W10",
        id_cursor(3),
        "bnVsbA",
        "W1siXHUwMDAwIiwxXQ",
        "W1siXHVkODAwIiwxXQ",
    ):
        with pytest.raises(InvalidInput):
            read_site_cursor(text)
    for text in ("W3RydWVd", "WzBd", "Wzk5OTk5OTk5OTk5XQ", site_cursor(position)):
        with pytest.raises(InvalidInput):
            read_id_cursor(text)
