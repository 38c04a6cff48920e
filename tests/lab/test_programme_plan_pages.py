"""Plans of the programme and advisers' hours on their pages and over the API."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from api.jobs.queue import claim
from api.usecases.dossier_state import dossier_of_site
from api.usecases.programme_plan_decision import apply_plan
from api.usecases.programme_plans import solve_plan
from inventory import clock
from inventory.database import Database
from inventory.models import AdviserVisit, Change, Dossier, GrantScope, UserRole
from inventory.programme.dossier import Status
from inventory.settings import Settings
from tests.moved_clock import moved_clock
from tests.seed import Seeded, seed
from tests.webapp import bearer, hidden_field, log_in, person, web_client

PLANS = "/api/v1/programme-plans"


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def seeded(database: Database) -> Seeded:
    from api.usecases.funding import define_funding
    from api.usecases.lots import define_lot

    made = seed(database)
    with database.write("test") as session:
        define_lot(session, "Lot Meuse", sites_per_year=2)
        define_funding(session, "FSE", name="Fonds social")
        for site_id in made.site_ids[1:]:
            dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).first()
            dossier = dossier or Dossier(site_id=site_id, status="", updated_at=clock.now())
            dossier.status, dossier.measures = Status.ENROLMENT_REQUESTED, ["connectivity"]
            session.add(dossier)
    return made


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    """Anne manages the programme, Paul its province, Zoe advises the second school."""
    person(database, "anne", UserRole.PROGRAMME_MANAGER)
    person(database, "paul", UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Liège")
    person(database, "zoe", UserRole.ADVISER, GrantScope.SITE, str(seeded.site_ids[1]))
    with web_client(settings, database) as client:
        yield client


def _solved(client: httpx.Client, database: Database, headers: dict[str, str]) -> int:
    year = clock.now().year + 1
    made = client.post(PLANS, json={"name": "Projet", "first_year": year}, headers=headers)
    assert made.status_code == 200, made.text
    assert made.json()["state"] == "solving"
    job = claim(database, "test", ["programme_plan"])
    assert job is not None
    assert job.requested_by == "user:anne"
    solve_plan(database, int(job.arguments["plan_id"]), actor=job.requested_by)
    return int(job.arguments["plan_id"])


def test_a_plan_is_proposed_changed_and_applied_over_the_api(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    anne = bearer(database, "anne")
    number = _solved(client, database, anne)
    plan = client.get(f"{PLANS}/{number}", headers=anne).json()
    assert (plan["state"], plan["placed"], plan["breaches"]) == ("draft", 2, [])
    [first, second] = client.get(f"{PLANS}/{number}/sites", headers=anne).json()["sites"]
    assert {first["site_id"], second["site_id"]} == set(seeded.site_ids[1:])
    assert [part["told"] for part in first["score_parts"]] == [None] * 4
    address = f"{PLANS}/{number}/sites/{second['site_id']}"
    edit = {"action": "exclude", "version": 1, "reason": "désistement"}
    edited = client.patch(address, json=edit, headers=anne)
    assert edited.json()["excluded"] is True
    again = client.patch(address, json=edit, headers=anne)
    assert (again.status_code, "à la version 2" in again.json()["detail"]) == (409, True)
    half = {"action": "pin", "version": 2, "quarter": "2027-T1"}
    assert client.patch(address, json=half, headers=anne).status_code == 400
    old = client.post(f"{PLANS}/{number}/application", json={"version": 1}, headers=anne)
    assert old.status_code == 409
    asked = client.post(f"{PLANS}/{number}/application", json={"version": 2}, headers=anne)
    assert asked.status_code == 200, asked.text
    job = claim(database, "test", ["programme_apply"])
    assert job is not None
    apply_plan(database, number, actor=job.requested_by)
    english = {**anne, "Accept-Language": "en"}
    for address, body in (
        (f"{PLANS}/{number}/application", {"version": 3}),
        (f"{PLANS}/{number}/prices", None),
    ):
        late = client.post(address, json=body, headers=english)
        assert late.json()["detail"] == f"The plan {number} is Applied, no draft"
    with database.read() as session:
        assert dossier_of_site(session, first["site_id"]).status == Status.SCHEDULED
        assert dossier_of_site(session, second["site_id"]).status == Status.ENROLMENT_REQUESTED


def test_a_plan_belongs_to_who_plans_everywhere(client: httpx.Client, database: Database) -> None:
    anne = bearer(database, "anne")
    number = _solved(client, database, anne)
    for login in ("paul", "zoe"):
        answer = client.get(f"{PLANS}/{number}", headers=bearer(database, login))
        assert answer.status_code == 403


def test_a_site_is_moved_on_its_page_and_what_breaks_is_shown_at_once(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    number = _solved(client, database, bearer(database, "anne"))
    log_in(client, "anne")
    year = clock.now().year + 1
    for site_id in seeded.site_ids[1:]:
        page = client.get(f"/programmation/{number}/ecoles/{site_id}").text
        form = {
            "csrf": hidden_field(page),
            "version": hidden_field(page, "version"),
            "action": "placer",
            "trimestre": f"{year}-T2",
            "lot": "1",
            "source": "1",
        }
        moved = client.post(f"/programmation/{number}/ecoles/{site_id}", data=form)
        assert moved.headers["location"] == f"/programmation/{number}#ecarts"
    page = client.get(f"/programmation/{number}").text
    assert f"Lot Meuse\u00a0: 2 sites en {year}-T2, pour 1 au plus." in page
    assert "2 écoles épinglées" in page
    assert "Appliquer ce plan" not in page
    listed = client.get(f"/programmation/{number}/ecoles?etat=pinned").text
    assert listed.count("Épinglée</span>") == 2
    table = client.get(f"/programmation/{number}/decision.csv")
    assert table.text.count("\r\n") == 3


def test_the_day_of_an_advisers_page_is_that_of_brussels(
    client: httpx.Client, database: Database
) -> None:
    with moved_clock() as moved:
        moved.at = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
        log_in(client, "zoe")
        assert 'type="date" value="2026-12-01"' in client.get("/visites").text
        visit = {"on": "2026-11-30", "minutes": 60, "kind": "visit", "funding_source_id": 1}
        headers = bearer(database, "zoe")
        assert client.post("/api/v1/adviser-visits", json=visit, headers=headers).is_success
        assert "/visites/mois/2026-11/signer" in client.get("/visites/mois/2026-11").text


def test_an_adviser_tells_a_visit_on_a_page_and_signs_the_month(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "zoe")
    page = client.get("/visites").text
    last = clock.now().date().replace(day=1)
    day = last.fromordinal(last.toordinal() - 1)
    form = {
        "csrf": hidden_field(page),
        "jour": day.isoformat(),
        "duree": "1h30",
        "genre": "visit",
        "source": "1",
        "ecole": "95002/9502",
        "notes": "Plan des bornes",
    }
    assert client.post("/visites", data=form).headers["location"] == "/visites"
    for wrong, fault in (
        ({"duree": "25:00"}, "duree"),
        ({"duree": "abc"}, "duree"),
        ({"jour": "demain"}, "jour"),
        ({"ecole": "95001/9501"}, "ecole"),
    ):
        answer = client.post("/visites", data={**form, **wrong})
        assert answer.headers["location"] == f"/visites?faute={fault}"
    with database.read() as session:
        [visit] = session.exec(select(AdviserVisit)).all()
    assert (visit.minutes, visit.site_id) == (90, seeded.site_ids[1])
    month = f"/visites/mois/{day:%Y-%m}"
    assert "1:30" in client.get(month).text
    client.post(f"{month}/signer", data={"csrf": form["csrf"]})
    assert "les heures ne changent plus" in client.get(month).text
    late = client.post(f"/visites/{visit.id}", data=form)
    assert late.headers["location"] == "/visites?faute=mois"
    book = client.get(f"{month}/feuille.xlsx")
    assert book.content.startswith(b"PK")
    anne = bearer(database, "anne")
    sheet = f"/api/v1/adviser-visits/months/{day:%Y-%m}/sheet.csv"
    assert client.get(sheet, params={"login": "zoe"}, headers=anne).is_success
    with database.read() as session:
        noted = session.exec(select(Change).where(Change.action == "export")).all()
    assert [(each.actor, each.after) for each in noted] == [
        ("user:zoe", {"login": "zoe", "month": f"{day:%Y-%m}", "format": "xlsx"}),
        ("user:anne", {"login": "zoe", "month": f"{day:%Y-%m}", "format": "csv"}),
    ]
    told = client.get(f"/api/v1/adviser-visits/months/{day:%Y-%m}?login=zoe", headers=anne)
    assert told.json()["by_source"] == {"FSE": 90}
    assert told.json()["signed_by"] == "user:zoe"
