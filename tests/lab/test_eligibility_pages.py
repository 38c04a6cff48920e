"""Eligibility on its page and over the API: who runs the rules, what is shown, what is applied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, select

from api.jobs.functions import FUNCTIONS, JobContext
from api.jobs.worker import JobsWorker
from api.usecases.progress import quiet
from api.usecases.register import apply_import, parse_register
from inventory.database import Database
from inventory.models import (
    Dossier,
    DossierTransition,
    Grant,
    GrantScope,
    Job,
    User,
    UserRole,
)
from inventory.secrets import open_vault
from inventory.settings import Settings
from tests.cadastre import campaign
from tests.registers import as_json, row
from tests.webapp import bearer, hidden_field, log_in, person, web_client

NARROW = "2026-1-adultes-secondaire"


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[httpx.Client]:
    adults = row(2, 21, type_d_enseignement="Promotion sociale supérieur", niveau="Supérieur")
    with database.write("test") as session:
        apply_import(session, parse_register(as_json([row(1, 11), adults]), "f"), actor="test")
    person(database, "paul", UserRole.PROGRAMME_MANAGER)
    person(database, "nora", UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Namur")
    with web_client(settings, database) as client:
        yield client


def _statuses(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.exec(select(Dossier.status)).all())


def test_the_page_shows_what_would_change_applies_it_and_puts_the_rules_in_force(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    log_in(client, "paul")
    assert "Rien ne changerait." in client.get("/eligibilite").text
    page = client.get("/eligibilite", params={"regles": NARROW}).text
    assert "Identifiée → Non éligible" in page
    assert "Enseignement non visé par le programme\u00a0: Promotion sociale supérieur." in page
    assert _statuses(database) == ["identified", "identified"]
    form = {name: hidden_field(page, name) for name in ("csrf", "regles", "digest")}
    worker = JobsWorker(settings, database, open_vault(settings, create=True))
    stale = client.post("/eligibilite", data={**form, "digest": "0" * 64})
    assert stale.status_code == 303
    assert "En attente" in client.get(stale.headers["location"]).text
    assert worker.run_one()
    refused = client.get(stale.headers["location"])
    assert "n’est plus ce qui a été montré (regardez de nouveau" in refused.text
    spoken = client.get(stale.headers["location"], headers={"accept-language": "nl"}).text
    assert "Wat zou wijzigen is niet meer wat werd getoond" in spoken
    assert _statuses(database) == ["identified", "identified"]
    done = client.post("/eligibilite", data={**form, "adopter": "oui"})
    again = client.post("/eligibilite", data={**form, "adopter": "oui"})
    assert again.headers["location"] == done.headers["location"]
    assert "Application des règles</a>" in client.get("/eligibilite").text
    assert worker.run_one()
    assert not worker.run_one()
    assert _statuses(database) == ["identified", "ineligible"]
    told = client.get(done.headers["location"]).text
    assert "Dossier déplacé\u00a0: <strong>1</strong>" in told
    run = told.split('href="/eligibilite/', 1)[1].split('"', 1)[0]
    german = client.get(f"/eligibilite/{run}", headers={"accept-language": "de"}).text
    assert "Vom Programm nicht erfasster Unterricht: Promotion sociale supérieur." in german
    rules = client.get("/eligibilite").text.split('id="titre-regles"')[1]
    assert rules.index(NARROW) < rules.index("En vigueur") < rules.index("2026-1</strong>")


def test_the_api_lists_shows_applies_and_tells_page_by_page(
    client: httpx.Client, database: Database
) -> None:
    paul, nora = bearer(database, "paul"), bearer(database, "nora")
    base = "/api/v1/eligibility"
    assert client.get(f"{base}/rules", headers=nora).status_code == 403
    told = client.get(f"{base}/rules", headers=paul).json()["rule_sets"]
    assert [each["version"] for each in told if each["in_force"]] == ["2026-1"]
    first = client.get(f"{base}/preview?rule_set={NARROW}&limit=1", headers=paul).json()
    second = client.get(
        f"{base}/preview?rule_set={NARROW}&limit=1&after={first['next']}", headers=paul
    ).json()
    assert [each["outcome"] for each in (*first["changes"], *second["changes"])] == [
        "noted",
        "moved",
    ]
    assert second["next"] is None
    given = {"rule_set": NARROW, "digest": first["digest"]}
    run = client.post(f"{base}/runs", json=given, headers=paul).json()
    assert (run["counts"]["moved"], run["cause"]) == (1, "asked")
    assert client.post(f"{base}/runs", json=given, headers=paul).status_code == 409
    outcomes = client.get(f"{base}/runs/{run['id']}/outcomes", headers=paul).json()["outcomes"]
    assert [each["to_status"] for each in outcomes] == [None, "ineligible"]
    assert outcomes[1]["reasons"][0] == "Le site est situé en Région wallonne."
    rules = {**told[0]["rules"], "version": "essai-1", "minimum_pupils": 10}
    kept = client.post(f"{base}/rules", json={"rules": rules}, headers=paul).json()
    assert [each["version"] for each in kept["rule_sets"] if each["in_force"]] == ["essai-1"]
    assert client.get(f"{base}/runs", headers=paul).json()["runs"][0]["id"] == run["id"]
    assert client.get(f"{base}/runs/99/outcomes", headers=paul).status_code == 404


def test_who_lost_the_right_meanwhile_changes_nothing(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    log_in(client, "paul")
    page = client.get("/eligibilite", params={"regles": NARROW}).text
    form = {name: hidden_field(page, name) for name in ("csrf", "regles", "digest")}
    asked = client.post("/eligibilite", data=form).headers["location"]
    with database.write("test") as session:
        paul = session.exec(select(User).where(User.login == "paul")).one()
        grant = session.exec(select(Grant).where(Grant.user_id == paul.id)).one()
        grant.scope, grant.scope_key = GrantScope.PROVINCE, "Namur"
    assert JobsWorker(settings, database, open_vault(settings, create=True)).run_one()
    assert _statuses(database) == ["identified", "identified"]
    assert "n’applique pas les règles" in client.get(asked).text


def test_an_edition_is_opened_for_the_schools_that_were_shown(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    person(database, "carla", UserRole.CADASTRE_MANAGER)
    with database.write("test") as session:
        campaign(session)
    log_in(client, "carla")
    page = client.get("/cadastre/INCOR26/ouvrir").text
    assert "2 écoles identifiées" in page
    form = {name: hidden_field(page, name) for name in ("csrf", "digest")}
    stale = client.post("/cadastre/INCOR26/ouvrir", data={**form, "digest": "0" * 64})
    assert (stale.status_code, "ne sont plus celles" in stale.text) == (409, True)
    done = client.post("/cadastre/INCOR26/ouvrir", data=form)
    assert done.status_code == 303
    # Between the click and the work somebody moves one of the two: it is left as it stands now.
    with database.write("test") as session:
        moved = session.exec(select(Dossier).order_by(col(Dossier.site_id).desc())).first()
        assert moved is not None
        moved.version += 1
    assert JobsWorker(settings, database, open_vault(settings, create=True)).run_one()
    assert _statuses(database) == ["cadastre_pending", "identified"]
    told = client.get(done.headers["location"]).text
    assert "Le cadastre est demandé à 1 école." in told
    assert "Le dossier a changé entre-temps" in told
    # Run again, as after a worker that died: what it asked is told as asked, and moved once.
    with database.read() as session:
        job = session.exec(select(Job).order_by(col(Job.id).desc())).first()
        assert job is not None
        before = len(session.exec(select(DossierTransition)).all())
    context = JobContext(settings, database, open_vault(settings), "user:carla", quiet)
    result = FUNCTIONS["cadastre_opening"].run(context, job.arguments)
    assert (result["asked"], result["refused"]) == (1, 1)
    with database.read() as session:
        assert len(session.exec(select(DossierTransition)).all()) == before


def test_what_the_rules_decided_is_told_in_the_readers_language(
    client: httpx.Client, database: Database
) -> None:
    paul = {**bearer(database, "paul"), "accept-language": "nl"}
    with database.write("test") as session:
        adults = session.exec(select(Dossier).order_by(col(Dossier.site_id).desc())).first()
        assert adults is not None
        site = adults.site_id
    base = "/api/v1/eligibility"
    reason = "Onderwijs waarop het programma niet gericht is: Promotion sociale supérieur."
    preview = client.get(f"{base}/preview?rule_set={NARROW}", headers=paul).json()
    assert reason in preview["changes"][1]["reasons"]
    run = client.post(f"{base}/runs", json={"rule_set": NARROW}, headers=paul).json()
    outcomes = client.get(f"{base}/runs/{run['id']}/outcomes", headers=paul).json()["outcomes"]
    assert reason in outcomes[1]["reasons"]
    told = client.get(f"/api/v1/sites/{site}/dossier", headers=paul).json()
    assert (told["status"], told["history"][0]["reason"]) == ("ineligible", reason)
    log_in(client, "paul")
    page = client.get(f"/sites/{site}", headers={"accept-language": "nl"}).text
    assert reason in page
    moves = client.get(f"/api/v1/sites/{site}/dossier/moves", headers=paul).json()["moves"]
    back = next(each for each in moves if each["to"] == "cadastre_pending")
    assert back["missing"] == [f"De site komt niet in aanmerking: {reason}"]


def test_a_refusal_of_the_dossiers_way_is_kept_in_words(
    client: httpx.Client, database: Database
) -> None:
    with database.write("test") as session:
        adults = session.exec(select(Dossier).order_by(col(Dossier.site_id).desc())).first()
        assert adults is not None
        adults.status = "ordered"
    paul = {**bearer(database, "paul"), "accept-language": "nl"}
    run = client.post("/api/v1/eligibility/runs", json={"rule_set": NARROW}, headers=paul).json()
    outcomes = client.get(f"/api/v1/eligibility/runs/{run['id']}/outcomes", headers=paul).json()
    told = outcomes["outcomes"][1]
    assert told["outcome"] == "refused"
    assert told["missing"][0].startswith("Men gaat niet van")
    french = {**paul, "accept-language": "fr"}
    again = client.get(f"/api/v1/eligibility/runs/{run['id']}/outcomes", headers=french).json()
    assert again["outcomes"][1]["missing"] != told["missing"]
    log_in(client, "paul")
    page = client.get(f"/eligibilite/{run['id']}", headers={"accept-language": "nl"}).text
    assert "Men gaat niet van" in page


def test_a_program_has_the_rules_applied_in_the_background_as_they_were_shown(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    paul, nora = bearer(database, "paul"), bearer(database, "nora")
    base = "/api/v1/eligibility"
    shown = client.get(f"{base}/preview", params={"rule_set": NARROW}, headers=paul).json()
    body = {"rule_set": NARROW, "digest": shown["digest"], "adopt": True}
    assert client.post(f"{base}/applications", json=body, headers=nora).status_code == 403
    worker = JobsWorker(settings, database, open_vault(settings, create=True))
    old = client.post(f"{base}/applications", json={**body, "digest": "0" * 64}, headers=paul)
    assert old.status_code == 202
    assert worker.run_one()
    dutch = {**paul, "Accept-Language": "nl"}
    failed = client.get(old.headers["location"], headers=dutch).json()
    assert failed["state"] == "failed"
    assert failed["error"].startswith("Wat zou wijzigen is niet meer wat werd getoond")
    once = {**paul, "Idempotency-Key": "apply-the-rules"}
    asked = client.post(f"{base}/applications", json=body, headers=once)
    again = client.post(f"{base}/applications", json=body, headers=once)
    assert (asked.status_code, again.json()) == (202, asked.json())
    assert again.headers["location"] == asked.headers["location"]
    assert worker.run_one()
    assert not worker.run_one()
    done = client.get(asked.headers["location"], headers=paul).json()
    assert (done["state"], done["result"]["rule_set"]) == ("done", NARROW)
    assert _statuses(database) == ["identified", "ineligible"]
    assert client.get(f"{base}/rules", headers=paul).json()["rule_sets"][0]["in_force"]
