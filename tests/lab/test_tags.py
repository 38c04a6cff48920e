"""Entity tags: what was read is not sent again, and a write is about what was read."""

from collections.abc import Iterator, Mapping

import httpx
import pytest

from api.http.application import make_routes
from api.usecases.funding import define_funding
from inventory import clock
from inventory.database import Database
from inventory.models import UserRole
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import bearer, person, web_client

UNTAGGED: Mapping[str, str] = {
    "GET /api/v1/adviser-visits/months/{month}/sheet.{form}": "a file to save",
}
ABOUT_ANY_STATE: Mapping[str, str] = {
    "DELETE /api/v1/adviser-visits/{visit_id}": "gone, whatever it said",
    "DELETE /api/v1/programme-plans/{plan_id}": "gone, whatever it said",
    "DELETE /api/v1/uploads/{upload_id}": "a file never changes",
    "DELETE /api/v1/webhooks/{webhook_id}": "gone, whatever it said",
    "PATCH /api/v1/cadastre/editions/{code}/sites/{site_id}": "each field names what it replaces",
    "PATCH /api/v1/programme-plans/{plan_id}/sites/{site_id}": "the body names the version",
}


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "ines")
    with web_client(settings, database) as client:
        yield client


def operations(*methods: str) -> dict[str, set[str]]:
    """Return the documented answers of each operation."""
    return {
        f"{method.upper()} {path}": set(operation["responses"])
        for path, operations in make_routes().openapi()["paths"].items()
        for method, operation in operations.items()
        if method in methods
    }


def test_every_resource_that_is_read_alone_has_a_tag() -> None:
    without = {name for name, told in operations("get").items() if "304" not in told}
    assert {name for name in without if name.endswith("}")} == set(UNTAGGED)


def test_every_write_over_a_resource_says_what_it_is_about() -> None:
    told = operations("put", "patch", "delete")
    demanded = {name for name, answers in told.items() if {"412", "428"} <= answers}
    assert told.keys() - demanded == set(ABOUT_ANY_STATE)


@pytest.mark.parametrize(
    "path",
    [
        "/sites/1",
        "/devices/1",
        "/sites/1/dossier",
        "/plans/1",
    ],
)
def test_what_was_read_already_is_not_sent_again(
    client: httpx.Client, database: Database, path: str
) -> None:
    ines = bearer(database, "ines")
    read = client.get(f"/api/v1{path}", headers=ines)
    assert (read.status_code, read.headers["cache-control"]) == (200, "private, no-cache")
    tag = read.headers["etag"]
    again = client.get(f"/api/v1{path}", headers={**ines, "If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.headers["etag"], again.content) == (304, tag, b"")
    other = client.get(f"/api/v1{path}", headers={**ines, "If-None-Match": '"x"'})
    assert (other.status_code, other.json()) == (200, read.json())


def test_a_list_a_problem_and_a_page_have_no_tag(client: httpx.Client, database: Database) -> None:
    ines = bearer(database, "ines")
    for path in ("/api/v1/sites", "/api/v1/sites/999999", "/connexion"):
        assert "etag" not in client.get(path, headers=ines).headers, path


def test_a_subscription_is_changed_as_it_was_read(client: httpx.Client, database: Database) -> None:
    ines = bearer(database, "ines")
    wanted = {"url": "https://example.org/x", "secret_name": "webhook-x", "kinds": ["push."]}
    path = client.post("/api/v1/webhooks", json=wanted, headers=ines).headers["location"]
    tag = client.get(path, headers=ines).headers["etag"]
    change = {"kinds": ["dossier."]}
    assert client.patch(path, json=change, headers=ines).status_code == 428
    about = {**ines, "If-Match": tag}
    assert client.patch(path, json=change, headers=about).status_code == 200
    late = client.patch(path, json={"kinds": ["job."]}, headers=about)
    assert (late.status_code, late.json()["current"]["kinds"]) == (412, ["dossier."])
    any_state = client.patch(path, json=change, headers={**ines, "If-Match": "*"})
    assert any_state.status_code == 200


def test_a_visit_is_corrected_as_it_was_read(client: httpx.Client, database: Database) -> None:
    person(database, "zoe", UserRole.ADVISER)
    zoe = bearer(database, "zoe")
    with database.write("test") as session:
        source = define_funding(session, "PRR")
    on = clock.now().date().isoformat()
    visit = {"on": on, "minutes": 60, "kind": "visit", "funding_source_id": source.id}
    number = client.post("/api/v1/adviser-visits", json=visit, headers=zoe).json()["id"]
    path = f"/api/v1/adviser-visits/{number}"
    read = client.get(path, headers=zoe)
    assert (read.json()["minutes"], read.json()["source"]) == (60, "PRR")
    about = {**zoe, "If-Match": read.headers["etag"]}
    assert client.put(path, json={**visit, "minutes": 90}, headers=zoe).status_code == 428
    assert client.put(path, json={**visit, "minutes": 90}, headers=about).status_code == 200
    late = client.put(path, json={**visit, "minutes": 30}, headers=about)
    assert (late.status_code, late.json()["current"]["minutes"]) == (412, 90)
