"""The page of a plan before it is sent: what changes, what it risks, and a second person's word."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from deploy.backup import Reading, keep_backup
from deploy.risk import ApprovalRules, DeviceRisk, why_second_person
from inventory import clock
from inventory.database import Database
from inventory.leases import lease, plan_resource
from inventory.models import (
    DeployPlan,
    GrantScope,
    Job,
    PlanApproval,
    PlanRequest,
    PlanState,
    Push,
    PushState,
)
from inventory.models import UserRole as Role
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import hidden_field, log_in, person, web_client

PATH_REASON = "la configuration réseau de la borne est rechargée"


@pytest.fixture
def seeded(database: Database) -> Seeded:
    """A frozen plan by alice whose changes need a second person."""
    made = seed(database)
    risk = DeviceRisk(reasons=(PATH_REASON,), notes=("« Crèche » reste",), clients=7)
    rules = ApprovalRules(devices=99, path_devices=0, clients=99)
    with database.write("test") as session:
        plan = session.get_one(DeployPlan, 1)
        plan.state = PlanState.FROZEN
        plan.reason = "rentrée de janvier"
        for push in session.exec(select(Push)):
            push.state, push.risk = PushState.PLANNED, risk.to_json()
            push.diff = f"  config wifi-iface\n+     option ssid 'ELEVES'\n+ hostname {push.id}\n"
        plan.risk = {"second_person": why_second_person([risk], rules)}
    return made


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "bruno")
    person(database, "marc", Role.SCHOOL_HEAD, GrantScope.PROVINCE, "Namur")
    with web_client(settings, database) as client:
        yield client


def _approve(client: httpx.Client, page: str) -> httpx.Response:
    data = {"csrf": hidden_field(page), "remarque": "vu avec la direction"}
    return client.post("/deploiements/1/approbation", data=data)


def test_an_identical_change_is_shown_once_with_its_devices(client: httpx.Client) -> None:
    log_in(client, "alice")
    page = client.get("/deploiements/1").text
    review = page.split('id="titre-revue"')[1].split("</section>")[0]
    assert review.count("option ssid") == 1
    assert "10 équipements" in review
    assert review.count("hostname") == 10
    assert "rentrée de janvier" in page


@pytest.mark.one_database
def test_what_a_change_risks_is_said_before_it_is_sent(client: httpx.Client) -> None:
    log_in(client, "alice")
    page = client.get("/deploiements/1").text
    assert page.count(PATH_REASON) == 1
    assert "70 postes étaient connectés" in page
    assert "« Crèche » reste" in page
    assert "le chemin d’administration de 1 équipement change, plus que 0" in page


@pytest.mark.one_database
def test_the_author_sees_no_button_and_another_approves(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "alice")
    page = client.get("/deploiements/1").text
    assert "Rien n’est envoyé avant l’approbation" in page
    assert "Approuver ce plan" not in page
    assert _approve(client, page).status_code == 403
    client.cookies.clear()
    log_in(client, "bruno")
    page = client.get("/deploiements/1").text
    assert "Approuver ce plan" in page
    assert _approve(client, page).status_code == 303
    after = client.get("/deploiements/1").text
    assert "Approuvé par bruno" in after
    assert "vu avec la direction" in after
    assert "Approuver ce plan" not in after
    with database.read() as session:
        assert [each.approved_by for each in session.exec(select(PlanApproval))] == ["user:bruno"]


@pytest.mark.one_database
def test_who_only_follows_a_school_sees_its_devices_and_cannot_approve(
    client: httpx.Client,
) -> None:
    log_in(client, "marc")
    answer = client.get("/deploiements/1")
    page: Any = answer.text
    if answer.status_code == 200:
        assert "Approuver ce plan" not in page
    page = client.get("/").text
    assert _approve(client, page).status_code in {403, 404}


def test_kept_configurations_are_read_by_who_works_on_the_network(
    client: httpx.Client, database: Database, vault: Vault, seeded: Seeded
) -> None:
    device_id = seeded.device_ids[2]
    digests = []
    for ssid in ("ancien", "ELEVES"):
        text = f"package wireless\nconfig a\n\toption ssid '{ssid}'\n"
        with database.write("user:alice") as session:
            reading = Reading(device_id, text + "# canary", text, "user:alice", "plan 7")
            digests.append(keep_backup(session, vault, reading).digest[:12])
    path = f"/appareils/{device_id}/configurations"
    log_in(client, "alice")
    page = client.get(path).text
    assert all(digest in page for digest in digests)
    assert "ELEVES" in page
    assert "plan 7" in page
    changed = client.get(path, params={"de": digests[0], "a": digests[1]}).text
    assert "-     option ssid &#39;ancien&#39;" in changed
    assert "canary" not in page + changed
    assert path in client.get(f"/appareils/{device_id}").text
    client.cookies.clear()
    log_in(client, "marc")
    assert client.get(path).status_code == 403
    assert path not in client.get(f"/appareils/{device_id}").text


MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def approved(database: Database, client: httpx.Client) -> Iterator[None]:
    """Bruno has approved the plan, alice is logged in; the clock is the test's."""
    with database.write("test") as session:
        session.add(PlanApproval(plan_id=1, approved_by="user:bruno", approved_at=SUNDAY))
        for number, push in enumerate(session.exec(select(Push).order_by(col(Push.id)))):
            push.wave = 1 if number == 0 else 2
    log_in(client, "alice")
    clock.set_source(lambda: SUNDAY)
    yield
    clock.set_source(None)


def _press(client: httpx.Client, what: str, **fields: str) -> int:
    page = client.get("/deploiements/1").text
    data = {"csrf": hidden_field(page), **fields}
    return client.post(f"/deploiements/1/{what}", data=data).status_code


def _jobs(database: Database) -> list[tuple[str, Any]]:
    with database.read() as session:
        return [(job.kind, job.arguments) for job in session.exec(select(Job))]


def test_a_plan_is_run_from_its_page(
    client: httpx.Client, database: Database, approved: None
) -> None:
    page = client.get("/deploiements/1").text
    assert 'id="vague-2"' in page
    assert 'max="9"' in page
    assert "Lancer l’envoi" in page
    assert _press(client, "lancer") == 303
    assert _jobs(database) == [("rollout", {"plan_id": 1, "now": None})]


@pytest.mark.one_database
def test_in_school_hours_somebody_answers_for_it_by_name(
    client: httpx.Client, database: Database, approved: None
) -> None:
    clock.set_source(lambda: MONDAY)
    log_in(client, "alice")
    assert "interrompre le WiFi d’écoles" in client.get("/deploiements/1").text
    assert _press(client, "lancer") == 409
    assert _jobs(database) == []
    assert _press(client, "lancer", motif="panne totale") == 303
    ((_, arguments),) = _jobs(database)
    assert arguments["now"] == "user:alice: panne totale"


def test_what_runs_is_paused_and_what_is_halted_says_why_and_goes_on(
    client: httpx.Client, database: Database, approved: None
) -> None:
    with database.write("test") as session:
        session.get_one(DeployPlan, 1).state = PlanState.RUNNING
    with lease(database, plan_resource(1), holder="a run", purpose="rollout", ttl_s=600):
        assert _press(client, "suspendre") == 303
        assert "Un arrêt est demandé" in client.get("/deploiements/1").text
    with database.write("test") as session:
        plan = session.get_one(DeployPlan, 1)
        assert plan.asked is PlanRequest.PAUSE
        plan.state, plan.asked = PlanState.HALTED, None
        plan.halt = {"wave": 1, "message": "la vague 1 n’a pas tenu", "wording": None}
        session.exec(select(Push)).first().state = PushState.VERIFIED  # type: ignore[union-attr]
    page = client.get("/deploiements/1").text
    assert "la vague 1 n’a pas tenu" in page
    assert "Reprendre l’envoi" in page
    assert _press(client, "retablir") == 303
    assert _press(client, "annuler") == 303
    assert [kind for kind, _ in _jobs(database)] == ["rollback"]
    assert "Annulé" in client.get("/deploiements/1").text


@pytest.mark.one_database
def test_who_runs_no_jobs_sees_no_button_and_is_refused(
    client: httpx.Client, database: Database, approved: None
) -> None:
    client.cookies.clear()
    log_in(client, "marc")
    page = client.get("/").text
    for what in ("lancer", "suspendre", "annuler", "retablir"):
        data = {"csrf": hidden_field(page)}
        assert client.post(f"/deploiements/1/{what}", data=data).status_code == 403
    assert _jobs(database) == []
    assert "Lancer l’envoi" not in client.get("/deploiements/1").text
