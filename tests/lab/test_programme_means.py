"""Lots, contractors and funding sources over the API and on their pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, select

from inventory.database import Database
from inventory.models import Change, FundingSource, Lot, UserRole
from inventory.settings import Settings
from tests.webapp import bearer, hidden_field, log_in, person, web_client


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[httpx.Client]:
    """Anne manages the programme, Omer signs its contracts and changes nothing of this."""
    person(database, "anne", UserRole.PROGRAMME_MANAGER)
    person(database, "omer", UserRole.CONTRACT_OFFICER)
    with web_client(settings, database) as client:
        yield client


def changes(database: Database, table: str) -> list[Change]:
    with database.read() as session:
        query = select(Change).where(Change.table_name == table).order_by(col(Change.id))
        return list(session.exec(query))


def test_a_lot_is_made_once_and_changed_with_its_reason_over_the_api(
    client: httpx.Client, database: Database
) -> None:
    anne = bearer(database, "anne")
    built = client.post(
        "/api/v1/contractors",
        json={"name": "Réseaux SA", "company_number": "BE 0202.239.951"},
        headers=anne,
    )
    assert built.status_code == 201, built.text
    assert built.json()["company_number"] == "0202239951"
    wanted = {"name": "Lot 1", "contractor_id": built.json()["id"], "sites_per_year": 120}
    once = {**anne, "Idempotency-Key": "lot-1"}
    made = client.post("/api/v1/lots", json=wanted, headers=once)
    assert (made.status_code, made.headers["location"]) == (201, "/api/v1/lots/1")
    assert client.post("/api/v1/lots", json=wanted, headers=once).json() == made.json()
    assert client.post("/api/v1/lots", json=wanted, headers=anne).status_code == 409

    read = client.get("/api/v1/lots/1", headers=anne)
    tag = read.headers["etag"]
    assert client.get("/api/v1/lots/1", headers={**anne, "If-None-Match": tag}).status_code == 304
    change = {"sites_per_year": 150, "reason": "Avenant 2"}
    assert client.patch("/api/v1/lots/1", json=change, headers=anne).status_code == 428
    unsaid = client.patch("/api/v1/lots/1", json={"sites_per_year": 9}, headers=anne)
    assert unsaid.status_code == 422
    held = {**anne, "If-Match": tag}
    changed = client.patch("/api/v1/lots/1", json=change, headers=held)
    assert changed.json() == {
        "id": 1, "name": "Lot 1", "contractor_id": 1, "contractor": "Réseaux SA",
        "sites_per_year": 150, "dossiers": 0,
    }  # fmt: skip
    late = client.patch("/api/v1/lots/1", json=change, headers=held)
    assert (late.status_code, late.json()["current"]["sites_per_year"]) == (412, 150)
    fresh = {**anne, "If-Match": client.get("/api/v1/lots/1", headers=anne).headers["etag"]}
    nobody = {"contractor_id": None, "reason": "Résiliation"}
    assert client.patch("/api/v1/lots/1", json=nobody, headers=fresh).json()["contractor"] is None
    told = [(each.action, each.reason, each.after) for each in changes(database, "lot")]
    assert told[1:] == [
        ("update", "Avenant 2", {"sites_per_year": 150}),
        ("update", "Résiliation", {"contractor_id": None}),
    ]
    assert {each.actor for each in changes(database, "lot")} == {"user:anne"}
    assert client.get("/api/v1/lots/99", headers=anne).status_code == 404


def test_lists_are_walked_by_name_and_had_as_a_file(
    client: httpx.Client, database: Database
) -> None:
    anne, omer = bearer(database, "anne"), bearer(database, "omer")
    for name in ("PRR", "FEDER", "FSE"):
        made = {"code": name, "ceiling": "1250.50", "ends_on": "2029-12-31"}
        assert client.post("/api/v1/funding-sources", json=made, headers=anne).status_code == 201
    first = client.get("/api/v1/funding-sources?limit=2", headers=omer).json()
    assert [each["code"] for each in first["funding_sources"]] == ["FEDER", "FSE"]
    rest = client.get(
        "/api/v1/funding-sources", params={"limit": 2, "after": first["next"]}, headers=omer
    ).json()
    assert [(each["code"], each["ceiling"]) for each in rest["funding_sources"]] == [
        ("PRR", "1250.50")
    ]
    assert rest["next"] is None
    for path in ("/api/v1/funding-sources", "/api/v1/lots", "/api/v1/contractors"):
        assert client.get(f"{path}?format=csv", headers=omer).status_code == 200
        assert client.get(f"{path}?after=x", headers=omer).status_code == 400
    refused = client.post("/api/v1/funding-sources", json={"code": "RW"}, headers=omer)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("contractors", {"name": "A", "company_number": "0202239950"}),
        ("lots", {"name": "A", "contractor_id": 9}),
        ("funding-sources", {"code": "A", "starts_on": "2027-02-01", "ends_on": "2027-01-01"}),
        ("funding-sources", {"code": "A", "ceiling": "1.001"}),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_kept(
    client: httpx.Client, database: Database, path: str, body: dict[str, object]
) -> None:
    spoken = {**bearer(database, "anne"), "Accept-Language": "nl"}
    answer = client.post(f"/api/v1/{path}", json=body, headers=spoken)
    assert answer.status_code in {400, 404, 422}
    assert answer.headers["content-language"] == "nl"
    assert client.get(f"/api/v1/{path}", headers=spoken).json()["next"] is None
    assert not changes(database, path.rstrip("s").replace("-", "_"))


def test_a_page_changes_what_it_showed_and_tells_its_history(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "anne")
    page = client.get("/financement").text
    form = {
        "csrf": hidden_field(page),
        "code": "PRR",
        "plafond": "2 500 000,50",
        "au": "2029-12-31",
    }
    assert client.post("/financement", data=form).status_code == 303
    assert "2\u202f500\u202f000,50" in client.get("/financement").text.replace("\u00a0", "\u202f")
    page = client.get("/financement/1").text
    change = {
        **form,
        "etat": hidden_field(page, "etat"),
        "nom": "Plan de relance",
        "plafond": "3e6",
    }
    unsaid = client.post("/financement/1", data={**change, "motif": " "})
    assert (unsaid.status_code, "il manque le motif" in unsaid.text) == (400, True)
    assert 'value="Plan de relance"' in unsaid.text
    assert hidden_field(unsaid.text, "etat") == change["etat"]
    change["plafond"] = "3000000"
    done = client.post("/financement/1", data={**change, "motif": "Arrêté du 12 mars"})
    assert done.status_code == 303
    stale = client.post("/financement/1", data={**change, "nom": "X", "motif": "encore"})
    assert (stale.status_code, "entre-temps" in stale.text) == (400, True)
    assert 'value="Plan de relance"' in stale.text
    told = client.get("/financement/1").text
    assert "Arrêté du 12 mars" in told
    assert "2500000.50 → 3000000.00" in told
    assert client.get("/journal").text.count("Arrêté du 12 mars") == 1
    with database.read() as session:
        row = session.exec(select(FundingSource)).one()
        assert (row.name, str(row.ceiling)) == ("Plan de relance", "3000000.00")


def test_lots_and_contractors_are_made_on_their_pages(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "anne")
    csrf = hidden_field(client.get("/adjudicataires").text)
    wrong = client.post("/adjudicataires", data={"csrf": csrf, "nom": "Meuse SA", "bce": "12"})
    assert (wrong.status_code, 'value="Meuse SA"' in wrong.text) == (400, True)
    made = {"csrf": csrf, "nom": "Meuse SA", "bce": "0202.239.951"}
    assert client.post("/adjudicataires", data=made).status_code == 303
    lot = {"csrf": csrf, "nom": "Lot 1", "adjudicataire": "1", "par_an": "40"}
    assert client.post("/lots", data=lot).status_code == 303
    for yearly in ("beaucoup", "200000"):
        wrong = client.post("/lots", data={**lot, "nom": "Lot 2", "par_an": yearly})
        assert (wrong.status_code, "de 0 à 100000" in wrong.text) == (400, True)
    page = client.get("/lots/1").text
    change = {**lot, "etat": hidden_field(page, "etat"), "par_an": "", "motif": "Non communiqué"}
    assert client.post("/lots/1", data=change).status_code == 303
    with database.read() as session:
        assert session.exec(select(Lot.sites_per_year)).one() is None
    assert "Meuse SA" in client.get("/lots").text
    log_in(client, "omer")
    seen = client.get("/lots/1")
    assert (seen.status_code, "Enregistrer" in seen.text) == (200, False)
