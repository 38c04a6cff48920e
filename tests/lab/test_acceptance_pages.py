"""The pages and routes of surveys and acceptance: rights, kept pictures, forms, the report."""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session, select

from api.usecases.acceptance import run_acceptance
from api.usecases.survey_pictures import Busy, Shelf, Wanted, survey_of_site, tag_of
from api.usecases.surveys import SurveyFiles, import_survey, read_survey_files
from inventory import clock
from inventory.database import Database, open_database
from inventory.models import AcceptanceWord, GrantScope, Job, Reserve, Site, Survey, UserRole
from inventory.secrets import open_vault
from inventory.settings import Settings
from lab import survey as lab_survey
from tests.patience import PATIENCE_S
from tests.seed import seed
from tests.webapp import bearer, hidden_field, log_in, person, web_client


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Database]:
    """Three schools, the first of them surveyed and judged: once for the whole module.

    On one kind of database, which is not the subject here.
    """
    folder = tmp_path_factory.mktemp("pages")
    shutil.copy2(migrated_sqlite, folder / "preau.sqlite")
    settings = Settings(data_dir=folder)
    opened = open_database(settings)
    seeded = seed(opened)
    plan, samples = lab_survey.write(folder)
    with opened.write("alice") as session:
        files = read_survey_files(plan, [samples])
        import_survey(session, "95001/9501", files, actor="user:alice")
        import_survey(session, "95002/9502", _small_floor(folder), actor="user:alice")
    run_acceptance(
        opened, open_vault(settings, create=True), seeded.site_ids[0], actor="user:alice"
    )
    person(opened, "alice")
    person(opened, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Namur")
    person(opened, "luc", UserRole.CONTRACTOR, GrantScope.PROVINCE, "Namur")
    person(opened, "zoe", UserRole.NETWORK_ENGINEER, GrantScope.PROVINCE, "Liège")
    yield opened
    opened.close()


def _small_floor(folder: Path) -> SurveyFiles:
    """Return a survey whose map is drawn in no time."""
    plan, samples = folder / "small.json", folder / "small.csv"
    plan.write_text('{"name": "Local", "size_m": [6, 5]}')
    heard = [
        f"{x},{y},f09fc2a1{ap}010,E,36,-5{ap}" for x in (1, 3, 5) for y in (1, 4) for ap in (0, 9)
    ]
    samples.write_text("\n".join(["x_m,y_m,bssid,ssid,channel,rssi_dbm", *heard]))
    return read_survey_files(plan, [samples])


@pytest.fixture(scope="module")
def address(database: Database) -> Iterator[httpx.URL]:
    with web_client(Settings(data_dir=Path("/nonexistent")), database) as client:
        yield client.base_url


@pytest.fixture
def client(address: httpx.URL) -> Iterator[httpx.Client]:
    """A browser of the test's own."""
    with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        yield client


def test_a_survey_is_shown_with_its_map_in_words_and_the_picture_is_kept(
    client: httpx.Client,
) -> None:
    log_in(client, "alice")
    page = client.get("/sites/1/etudes/1").text
    assert "Maternelle 1, Maternelle 2." in page
    assert "Cette carte se trompe d’environ" in page
    assert "Les murs du plan sont pris en compte" in page
    assert 'href="/sites/1/etudes/1?bande=5&amp;reseau=Ecole-Invites"' in page
    assert "f0:9f:c2:a1:00:10" in page
    picture = client.get("/sites/1/etudes/1/carte.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "private, no-cache"
    tag = picture.headers["etag"]
    again = client.get("/sites/1/etudes/1/carte.png", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    # A band that nobody heard is a page that says so, and no picture.
    silent = client.get("/sites/1/etudes/1", params={"bande": "2.4"})
    assert "ne peut pas être dessinée" in silent.text
    assert client.get("/sites/1/etudes/1/carte.png", params={"bande": "2.4"}).status_code == 404
    assert client.get("/sites/1/etudes/1", params={"bande": "7"}).status_code == 400
    assert client.get("/sites/1/etudes/1", params={"bssid": "x"}).status_code == 400
    assert client.get("/sites/1/etudes/1", params={"reseau": "\0"}).status_code == 200
    assert client.get("/sites/2/etudes/1").status_code == 404


def test_who_may_not_see_a_school_sees_neither_survey_nor_acceptance(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "zoe")
    token = hidden_field(client.get("/sites/2").text)
    for path in ("etudes/1", "etudes/1/carte.png", "recette", "recette/1.pdf"):
        assert client.get(f"/sites/1/{path}").status_code == 404, path
    assert client.post("/sites/1/recette", data={"csrf": token}).status_code == 404
    theirs = bearer(database, "zoe")
    for path in ("acceptance", "acceptance/1", "reserves"):
        assert client.get(f"/api/v1/sites/1/{path}", headers=theirs).status_code == 404, path


def test_an_acceptance_is_shown_asked_for_and_reported(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "alice")
    site = client.get("/sites/1").text
    assert "Recette non réussie" in site
    assert 'href="/sites/1/etudes/1"' in site
    page = client.get("/sites/1/recette").text
    assert "Couverture par la borne la plus forte" in page
    token = hidden_field(page)
    assert client.post("/sites/1/recette", data={"csrf": token}).status_code == 303
    report = client.get("/sites/1/recette/1.pdf")
    assert report.content.startswith(b"%PDF-")
    assert report.headers["content-disposition"] == 'attachment; filename="recette-1-1.pdf"'
    kept = client.get("/sites/1/recette/1.pdf", headers={"If-None-Match": report.headers["etag"]})
    assert kept.status_code == 304
    assert client.get("/sites/1/recette/99.pdf").status_code == 404
    assert client.get("/sites/2/recette").status_code == 200  # never judged: said, not failed
    with database.read() as session:
        assert [job.kind for job in session.exec(select(Job))] == ["acceptance"]
        assert session.exec(select(Job)).one().requested_by == "user:alice"


def test_reserves_are_opened_assigned_and_lifted_by_those_who_may(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "luc")  # the contractor reports, and does not lift its own reserves
    token = hidden_field(client.get("/sites/1/recette").text)
    said = {"csrf": token, "controle": "services.clients", "resultat": "reussi", "note": "essayé"}
    assert client.post("/sites/1/recette/controles", data=said).status_code == 303
    opened = {"csrf": token, "objet": "Goulotte", "gravite": "minor", "echeance": "2026-12-01"}
    assert client.post("/sites/1/reserves", data=opened).status_code == 303
    assert client.post("/sites/1/reserves", data={**opened, "objet": " "}).status_code == 400
    assert client.post("/sites/1/reserves", data={**opened, "echeance": "x"}).status_code == 400
    lifting = {"csrf": token, "action": "lever", "note": "remplacée et vue par Luc"}
    assert client.post("/sites/1/reserves/1", data=lifting).status_code == 403
    given = {"csrf": token, "action": "attribuer", "responsable": "Jean\0", "echeance": ""}
    assert client.post("/sites/1/reserves/1", data=given).status_code == 303
    client.post("/deconnexion", data={"csrf": token})
    log_in(client, "alice")
    lifting["csrf"] = hidden_field(client.get("/sites/1/recette").text)
    assert client.post("/sites/1/reserves/1", data=lifting).status_code == 303
    assert client.post("/sites/1/reserves/1", data=lifting).status_code == 409
    assert client.post("/sites/1/reserves/1", data={"csrf": "x"}).status_code in (400, 403)
    with database.read() as session:
        first = session.exec(select(Reserve).where(Reserve.number == 1)).one()
        word = session.exec(select(AcceptanceWord)).one()
    assert (first.responsible, first.lifted_by) == ("Jean", "user:alice")
    assert (word.check_id, word.said_by, word.passed) == ("services.clients", "user:luc", True)


def test_who_only_sees_a_school_changes_nothing(client: httpx.Client) -> None:
    log_in(client, "marc")
    page = client.get("/sites/1/recette").text
    assert "Réserves ouvertes" in page
    assert "Lancer la recette" not in page
    token = hidden_field(page)
    for path, data in (
        ("recette", {}),
        ("recette/controles", {"controle": "a.b", "resultat": "reussi", "note": "x"}),
        ("reserves", {"objet": "x", "gravite": "minor"}),
        ("reserves/1", {"action": "attribuer", "responsable": "x"}),
    ):
        answer = client.post(f"/sites/1/{path}", data={"csrf": token, **data})
        assert answer.status_code == 403, path


def test_the_api_tells_runs_their_records_and_reserves(
    client: httpx.Client, database: Database
) -> None:
    token = bearer(database, "alice")
    runs = client.get("/api/v1/sites/1/acceptance", headers=token).json()["runs"]
    assert [run["verdict"] for run in runs] == ["failed"]
    whole = client.get("/api/v1/sites/1/acceptance/1", headers=token).json()
    assert whole["record"]["site"]["name"] == "École communale Les Tilleuls"
    assert whole["sha256"] == runs[0]["sha256"]
    reserves = client.get("/api/v1/sites/1/reserves", headers=token).json()["reserves"]
    assert reserves[0]["severity"] == "blocking"
    assert reserves[1]["lifted_at"] is None
    assert client.get("/api/v1/sites/1/acceptance/99", headers=token).status_code == 404


def test_however_many_ask_a_map_is_drawn_once_and_one_at_a_time(database: Database) -> None:
    shelf = Shelf(most=1)

    def ask(wanted: Wanted) -> str:
        with database.read() as session:
            survey = survey_of_site(session, 2, 2)
            picture = shelf.picture(session, session.get_one(Site, 2), survey, wanted)
        assert picture.png is not None
        return picture.tag

    with ThreadPoolExecutor(6) as pool:
        tags = set(pool.map(ask, [Wanted()] * 6))
    assert len(tags) == 1
    assert shelf.drawn == 1
    ask(Wanted(secondary=True))
    ask(Wanted())  # the shelf holds one: it was given away and is drawn again
    assert shelf.drawn == 3


def test_who_waits_too_long_for_a_map_is_told_to_come_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.usecases.survey_pictures.PATIENCE_S", 0.01)
    shelf = Shelf()
    drawing, done = threading.Event(), threading.Event()

    def hold(*_: object) -> None:
        drawing.set()
        done.wait(20)
        raise Busy("the test ends")

    monkeypatch.setattr("api.usecases.survey_pictures._draw", hold)
    with database.read() as session:
        survey = survey_of_site(session, 1, 1)
        site = session.get_one(Site, 1)
        first = threading.Thread(target=lambda: _swallow(shelf, session, site, survey))
        first.start()
        assert drawing.wait(20)
        try:
            with pytest.raises(Busy, match="Trop de cartes"):
                shelf.picture(session, site, survey, Wanted(ssid="other"))
        finally:
            done.set()
            first.join()


def _swallow(shelf: Shelf, session: Session, site: Site, survey: Survey) -> None:
    with contextlib.suppress(Busy):
        shelf.picture(session, site, survey, Wanted())


def test_a_map_is_known_by_all_that_it_shows() -> None:
    survey = Survey(id=1, site_id=1, floor=0, name="R", plan={}, sha256="a" * 64,
                    imported_at=clock.now(), imported_by="x")  # fmt: skip
    wants = [Wanted(), Wanted("2.4"), Wanted(ssid="A"), Wanted(bssid="a" * 12),
             Wanted(secondary=True)]  # fmt: skip
    assert len({tag_of(survey, each) for each in wants}) == len(wants)
    assert tag_of(survey, Wanted()) == tag_of(survey, Wanted())
