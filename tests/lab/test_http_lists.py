"""Lists of the API: found by what they are, walked by key, and had whole as a file."""

import csv
import io
from collections.abc import Iterator

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import select

from inventory import clock
from inventory.database import Database
from inventory.models import (
    Change,
    Device,
    DeviceRole,
    Dossier,
    FindingRow,
    GrantScope,
    Lifecycle,
    UserRole,
    Waiver,
)
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import bearer, person, web_client

HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(1)", "\t=1", "\r=1", "＝1", 'ap;"x"')


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


def names(client: httpx.Client, **query: object) -> list[str]:
    answer = client.get("/api/v1/devices", params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["devices"]]


def hostile(database: Database, seeded: Seeded) -> None:
    with database.write("test") as session:
        for name in HOSTILE:
            session.add(Device(site_id=seeded.site_ids[1], name=name, role=DeviceRole.OTHER))
            session.flush()


def read_csv(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    text = io.StringIO(answer.content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";"))


def test_devices_are_found_by_what_they_are_and_how_they_do(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    with database.write("test") as session:
        session.get_one(Device, seeded.device_ids[3]).tags = ["été", "lot-2"]
        session.get_one(Device, seeded.device_ids[4]).lifecycle = Lifecycle.FAULTY
    assert len(names(alice)) == 10
    assert names(alice, role="switch") == ["sw1", "sw2"]
    assert names(alice, family="aruba_cx", health="ok") == ["sw1", "sw2"]
    assert names(alice, health="down") == ["ap8"]
    assert names(alice, lifecycle="faulty") == ["ap3"]
    assert names(alice, tag="été") == names(alice, tag="lot-2") == ["ap2"]
    assert names(alice, tag="lot") == []
    assert names(alice, q="AP1") == ["ap1"]
    assert names(alice, q="lab-1-4") == ["ap2"]
    assert names(alice, province="Liège") == []
    assert len(names(alice, site_id=seeded.site_ids[0])) == 10


def test_devices_are_walked_by_key_and_out_of_scope_there_are_none(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    seen: list[int] = []
    after: str | None = None
    while True:
        query = {"limit": "3", **({"after": after} if after else {})}
        page = alice.get("/api/v1/devices", params=query).json()
        seen += [each["id"] for each in page["devices"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(seeded.device_ids)
    alice.headers.update(bearer(database, "marc"))
    assert names(alice) == []


def test_a_device_is_edited_about_the_state_that_was_read(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    path = f"/api/v1/devices/{seeded.device_ids[2]}"
    tag = alice.get(path).headers["etag"]
    assert alice.get(path, headers={"If-None-Match": tag}).status_code == 304
    change = {"lifecycle": "faulty", "tags": ["rentrée", "rentrée"]}
    assert alice.patch(path, json=change).status_code == 428
    with database.write("test") as session:  # a poll meanwhile
        session.get_one(Device, seeded.device_ids[2]).last_seen_at = clock.now()
    assert alice.get(path).headers["etag"] != tag
    made = alice.patch(path, json=change, headers={"If-Match": tag})
    assert made.status_code == 200, made.text
    assert (made.json()["lifecycle"], made.json()["tags"]) == ("faulty", ["rentrée"])
    again = alice.patch(path, json={"tags": []}, headers={"If-Match": tag})
    assert (again.status_code, again.json()["current"]["lifecycle"]) == (412, "faulty")
    wrong = alice.patch(path, json={"room_id": 7}, headers={"If-Match": "*"})
    assert (wrong.status_code, wrong.json()["detail"]) == (400, "Ce local n’est pas de ce site")


def test_dossiers_schools_and_authorities_are_those_of_the_sites_that_are_seen(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    def of(path: str, name: str, key: str, **query: str) -> list[object]:
        return [each[key] for each in alice.get(f"/api/v1/{path}", params=query).json()[name]]

    with database.write("test") as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == seeded.site_ids[1])).one()
        dossier.measures = ["equipment"]
    assert of("dossiers", "dossiers", "status") == ["in_service", "cadastre_pending"]
    assert of("dossiers", "dossiers", "site_id", status="cadastre_pending") == [2]
    assert of("dossiers", "dossiers", "site_id", measure="equipment") == [2]
    assert of("dossiers", "dossiers", "site_id", province="Namur", late="false") == [1]
    assert of("dossiers", "dossiers", "site_id", late="true") == []
    assert of("schools", "schools", "fase") == [95001, 95002, 95003]
    assert of("schools", "schools", "fase", education_network="WBE") == [95003]
    assert of("organising-authorities", "organising_authorities", "fase") == [700, 701, 702]
    alice.headers.update(bearer(database, "marc"))
    assert of("dossiers", "dossiers", "site_id") == [2]
    assert of("schools", "schools", "fase") == [95002]
    assert of("organising-authorities", "organising_authorities", "fase") == [701]


def test_a_list_as_csv_holds_every_row_and_no_formula(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    hostile(database, seeded)
    with database.write("test") as session:
        session.add_all(Device(site_id=seeded.site_ids[2], name=f"x{n:03}") for n in range(450))
    for answer in (
        alice.get("/api/v1/devices", params={"format": "csv"}),
        alice.get("/api/v1/devices", headers={"Accept": "text/csv"}),
    ):
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="devices.csv"'
        rows = read_csv(answer)
        assert len(rows) == 10 + len(HOSTILE) + 450
        shown = [row["name"] for row in rows if row["site_id"] == str(seeded.site_ids[1])]
        assert shown == [f"'{name}" for name in HOSTILE[:-1]] + ['ap;"x"']
    switches = alice.get("/api/v1/devices", params={"format": "csv", "role": "switch"})
    assert len(read_csv(switches)) == 2


def test_a_list_as_a_workbook_holds_texts_numbers_and_moments(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    hostile(database, seeded)
    answer = alice.get("/api/v1/devices", params={"format": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    head, *cells = book.get_sheet_by_index(0).to_python()
    assert head[:3] == ["id", "site_id", "name"]
    shown = [row[2] for row in cells if row[1] == seeded.site_ids[1]]
    assert [str(each).strip() for each in shown] == [each.strip() for each in HOSTILE]
    assert hasattr(cells[0][head.index("last_seen_at")], "year")


def test_an_export_shows_what_its_caller_sees_and_stands_in_the_audit_log(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    query = {"format": "csv", "q": "institut"}
    assert client.get("/api/v1/sites", params=query).status_code == 401
    answer = client.get("/api/v1/sites", params=query, headers=bearer(database, "marc"))
    assert [row["name"] for row in read_csv(answer)] == ["Institut Saint-Roch"]
    with database.read() as session:
        (noted,) = session.exec(select(Change).where(Change.action == "export")).all()
    assert (noted.actor, noted.table_name) == ("user:marc", "sites")
    assert noted.after == {"format": "csv", "query": query}


@pytest.mark.parametrize("fase", ["99999", "95001/9999", "9" * 30])
def test_a_wrong_fase_number_finds_nothing_and_breaks_nothing(
    alice: httpx.Client, seeded: Seeded, fase: str
) -> None:
    for name in ("sites", "dossiers"):
        answer = alice.get(f"/api/v1/{name}", params={"q": fase})
        assert (answer.status_code, answer.json()[name]) == (200, [])
    found = alice.get("/api/v1/search", params={"q": fase}).json()
    assert [each for kind in found.values() if kind for each in kind["hits"]] == []


@pytest.mark.one_database
def test_what_is_no_list_and_what_does_not_fit_is_a_problem(
    alice: httpx.Client, seeded: Seeded
) -> None:
    one = alice.get(f"/api/v1/sites/{seeded.site_ids[0]}", params={"format": "csv"})
    assert (one.status_code, one.json()["detail"]) == (
        406,
        "Ceci n’est pas une liste qui s’exporte",
    )
    wrong = alice.get("/api/v1/sites", params={"format": "csv", "status": "nope"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.one_database
def test_the_document_says_which_lists_can_be_had_as_files(alice: httpx.Client) -> None:
    paths = alice.get("/api/v1/openapi.json").json()["paths"]
    lists = {
        path
        for path, methods in paths.items()
        if any(each["name"] == "format" for each in methods.get("get", {}).get("parameters", ()))
    }
    assert {"/api/v1/sites", "/api/v1/devices", "/api/v1/findings", "/api/v1/audit-log"} <= lists
    assert "/api/v1/sites/{site_id}" not in lists
    assert "text/csv" in paths["/api/v1/sites"]["get"]["responses"]["200"]["content"]


def test_a_finding_is_accepted_for_a_while_by_who_judges_the_site(
    alice: httpx.Client, database: Database, seeded: Seeded
) -> None:
    with database.write("test") as session:
        row = session.exec(select(FindingRow)).first()
        assert row is not None
        row.rule_id = "identity.no_serial"
        path = f"/api/v1/findings/{row.id}/waiver"
    wanted = {"reason": "remplacé en juillet", "ends_at": "2100-01-01T00:00:00Z"}
    past = alice.post(path, json={**wanted, "ends_at": "2020-01-01T00:00:00Z"})
    assert past.status_code == 400
    made = alice.post(path, json=wanted)
    assert made.status_code == 201, made.text
    assert (made.status_code, made.json()["granted_by"]) == (201, "user:alice")
    with database.read() as session:
        assert [each.reason for each in session.exec(select(Waiver))] == ["remplacé en juillet"]
    alice.headers.update(bearer(database, "marc"))
    assert alice.post(path, json=wanted).status_code == 403
