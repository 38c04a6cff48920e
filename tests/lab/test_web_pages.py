import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from api.usecases.throttle import DEFAULT
from api.web import texts
from api.web.addresses import own_address
from api.web.templating import STATIC, ago, diff_lines
from inventory import clock
from inventory.cabling import CableState
from inventory.database import Database
from inventory.findings.finding import Severity
from inventory.models import (
    DeviceRole,
    Grant,
    GrantScope,
    Health,
    Incident,
    Job,
    JobState,
    Lifecycle,
    PushState,
    Site,
    User,
    UserRole,
)
from inventory.programme.dossier import Status
from inventory.programme.spelling import plain
from inventory.settings import Settings
from tests.cadastre import campaign
from tests.seed import Seeded, seed, seed_network
from tests.webapp import bearer, hidden_field, log_in, person, web_client

TEMPLATES = sorted((STATIC.parent / "templates").rglob("*.html"))


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield client


def test_a_person_logs_in_is_sent_where_they_wanted_and_logs_out(client: httpx.Client) -> None:
    asked = client.get("/sites/1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/connexion?suite=/sites/1")
    assert log_in(client, "alice", suite="/sites/1") == 303
    page = client.get("/")
    assert "École communale Les Tilleuls" in page.text
    cookie = client.cookies["preau_session"]
    out = client.post("/deconnexion", data={"csrf": hidden_field(page.text)})
    assert out.headers["location"] == "/connexion"
    client.cookies.set("preau_session", cookie)
    assert client.get("/").status_code == 303


@pytest.mark.one_database
def test_a_wrong_password_is_told_in_french_and_the_cookie_cannot_be_read_by_scripts(
    client: httpx.Client,
) -> None:
    form = client.get("/connexion")
    answer = client.post(
        "/connexion",
        data={"csrf": hidden_field(form.text), "identifiant": "alice", "mot_de_passe": "x"},
    )
    assert answer.status_code == 401
    assert "n’est pas correct" in answer.text
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]
    assert "preau_session" not in answer.headers["set-cookie"]


@pytest.mark.one_database
def test_behind_https_cookies_are_secure_and_bound_to_the_host(
    settings: Settings, database: Database
) -> None:
    with web_client(settings.model_copy(update={"secure_cookies": True}), database) as client:
        answer = client.get("/connexion")
    assert answer.headers["set-cookie"].startswith("__Host-preau_form=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.one_database
def test_guessing_is_stopped_with_a_page_that_says_to_wait(client: httpx.Client) -> None:
    statuses = [log_in(client, "alice", "wrong") for _ in range(DEFAULT.per_login_and_address + 1)]
    assert statuses == [401] * DEFAULT.per_login_and_address + [429]


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\tb", "", "/\n/x"]
)
def test_a_login_never_leads_to_another_site(address: str) -> None:
    assert own_address(address) == "/"
    assert own_address("/sites/3?a=1") == "/sites/3?a=1"


@pytest.mark.one_database
def test_a_form_without_its_token_or_from_another_site_does_nothing(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "alice")
    address = f"/sites/{seeded.site_ids[0]}/travaux"
    token = hidden_field(client.get(f"/sites/{seeded.site_ids[0]}").text)
    assert client.post(address, data={"kind": "audit"}).status_code == 403
    assert client.post(address, data={"kind": "audit", "csrf": "é"}).status_code == 403
    foreign = client.post(
        address, data={"kind": "audit", "csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    assert client.post("/connexion", data={"csrf": ""}).status_code == 403
    with database.read() as session:
        assert session.exec(select(Job)).all() == []


def test_asking_for_an_audit_queues_it_and_the_page_shows_its_state(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "alice")
    address = f"/sites/{seeded.site_ids[0]}"
    token = hidden_field(client.get(address).text)
    answer = client.post(f"{address}/travaux", data={"kind": "audit", "csrf": token})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}#travaux")
    assert "En attente" in client.get(address).text
    assert "En attente" in client.get(f"{address}/travaux").text
    with database.read() as session:
        job = session.exec(select(Job)).one()
    assert (job.kind, job.state, job.requested_by) == ("audit", JobState.QUEUED, "user:alice")


@pytest.mark.one_database
def test_a_site_out_of_scope_is_not_found_and_its_jobs_cannot_be_asked_for(
    client: httpx.Client, seeded: Seeded
) -> None:
    log_in(client, "marc")
    listed = client.get("/").text
    assert "Saint-Roch" in listed
    assert "Tilleuls" not in listed
    other, own = seeded.site_ids[0], seeded.site_ids[1]
    token = hidden_field(client.get(f"/sites/{own}").text)
    for address in (f"/sites/{other}", f"/sites/{other}/travaux", "/sites/999999"):
        assert client.get(address).status_code == 404
    form = {"kind": "audit", "csrf": token}
    assert client.post(f"/sites/{other}/travaux", data=form).status_code == 403
    assert client.post(f"/sites/{own}/travaux", data=form).status_code == 403
    assert "Lancer l’audit" not in client.get(f"/sites/{own}").text


def test_the_site_page_tells_all_that_a_head_teacher_asks(
    client: httpx.Client, seeded: Seeded
) -> None:
    log_in(client, "alice")
    text = client.get(f"/sites/{seeded.site_ids[0]}").text
    for told in (
        "En service",
        "Qui doit agir",
        "Prononcer la réception définitive",
        "Borne WiFi",
        "Ne répond pas",
        "L’équipement n’a pas répondu.",
        "ADMIN, ELEVES",
        "canal",
        "Appliqué et relu",
        "L’équipement n’a pas accepté la configuration.",
        "‹secret:wlan-eleves›",
        "La borne ne répond plus.",
        "95001/9501",
        "Pouvoir organisateur de Namur",
        "Audit terminé",
    ):
        assert told in text, told


@pytest.mark.one_database
def test_the_site_page_leads_to_the_cadastre_who_may_see_it_there(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    namur, liege = seeded.site_ids[:2]
    # At one school she helps its users, at the other she is its head.
    person(database, "sophie", UserRole.SUPPORT_AGENT, GrantScope.SITE, str(namur))
    with database.write("test") as session:
        sophie = session.exec(select(User).where(User.login == "sophie")).one().id or 0
        head = Grant(user_id=sophie, role=UserRole.SCHOOL_HEAD, scope=GrantScope.SITE)
        head.scope_key = str(liege)
        session.add(head)
        campaign(session)
    log_in(client, "sophie")
    assert f'href="/sites/{namur}/cadastre"' not in client.get(f"/sites/{namur}").text
    assert f'href="/sites/{liege}/cadastre"' in client.get(f"/sites/{liege}").text
    led = client.get(f"/sites/{liege}/cadastre")
    assert client.get(led.headers["location"]).status_code == 200


@pytest.mark.one_database
def test_the_site_page_draws_the_network_and_names_the_one_cause(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "alice")
    address = f"/sites/{seeded.site_ids[0]}"
    assert "Place inconnue" in client.get(address).text
    seed_network(database, seeded)
    page = client.get(address).text.replace("\u00a0", " ")
    section = re.sub(r"<[^>]*>|\s+", " ", page.split('id="reseau"')[1].split("</section>")[0])
    text = re.sub(r"\s+", " ", section)
    for told in (
        "sw2 ne répond plus.",
        "3 équipements sont injoignables à cause de cette panne : ap5, ap6, ap7.",
        "sw1 Fonctionne sw2 Ne répond pas 1/1/24 ↔ 1/1/24 vu il y a 7 min ap5 Injoignable",
        "Les deux bouts se contredisent sw1 dit être sur 1/1/2 ; l’autre bout y voit 1/1/7.",
        "ap3 Fonctionne eth0 ↔ 1/1/3 vu il y a 7 min Vu d’un seul bout",
        "Place inconnue Aucun câble connu ne mène à ces équipements. ap8 Ne répond pas",
    ):
        assert told in text, (told, text)
    with database.write("test") as session:
        incident = session.exec(select(Incident)).one()
        incident.closed_at = clock.now()
        incident.shadowed_ids, incident.whole_site = incident.shadowed_ids[:1], True
    page = client.get(address).text.replace("\u00a0", " ")
    assert "notice-bad" not in page
    for told in (
        "Incidents clos récemment",
        "sw2 ne répondait plus.",
        "Un équipement était injoignable à cause de cette panne :",
        "Plus rien ne répondait dans l’école",
    ):
        assert told in page, told


QUERIES = {
    "q=ecole": {"Tilleuls"},
    "q=LIÈGE roch": {"Saint-Roch"},
    "q=95003/9503": {"Lac"},
    "q=%25": {"Tilleuls", "Saint-Roch", "Lac"},
    "q=zzz": set(),
    "province=Hainaut": {"Lac"},
    "statut=in_service": {"Tilleuls"},
    "etat=down": {"Tilleuls"},
    "etat=findings": {"Tilleuls"},
    "etat=unequipped": {"Saint-Roch", "Lac"},
    "etat=well": set(),
    "province=Mars&statut=x&etat=y": {"Tilleuls", "Saint-Roch", "Lac"},
}


def test_the_list_is_searched_and_filtered(client: httpx.Client) -> None:
    log_in(client, "alice")

    def found(query: str) -> set[str]:
        # Only the rows: the search box shows again what was typed.
        rows = re.findall(r'class="site-name"[^>]*>([^<]+)<', client.get(f"/?{query}").text)
        return {row.split()[-1] for row in rows}

    assert {query: found(query) for query in QUERIES} == QUERIES


def test_page_by_page_every_site_is_seen_once_and_names_are_escaped(
    client: httpx.Client, database: Database
) -> None:
    with database.write("test") as session:
        for number in range(117):
            name = f"École <b>{number:03}</b>"
            session.add(Site(name=name, search_key=plain(f"mille {number % 7}")))
    log_in(client, "alice")
    seen: list[str] = []
    address = "/?q=mille"
    for _ in range(3):
        text = client.get(address).text
        assert "<b>" not in text
        seen += re.findall(r"École &lt;b&gt;(\d+)", text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert not address
    assert sorted(seen) == [f"{number:03}" for number in range(117)]


@pytest.mark.one_database
def test_errors_are_french_pages_that_tell_nothing_of_the_inside(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "alice")
    assert "Page introuvable" in client.get("/nulle-part").text
    assert client.get("/sites/abc").status_code == 404
    assert client.get("/?suite=forged").status_code == 400
    with database.write("test") as session:
        session.connection().exec_driver_sql("DROP TABLE push_step")
    broken = client.get(f"/sites/{seeded.site_ids[0]}")
    assert broken.status_code == 500
    assert "Une erreur s’est produite" in broken.text
    assert "push_step" not in broken.text
    assert "default-src 'none'" in broken.headers["content-security-policy"]


@pytest.mark.one_database
def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: httpx.Client) -> None:
    assert client.post("/connexion", content=b"x" * (2 * 1024 * 1024)).status_code == 413


@pytest.mark.one_database
def test_every_answer_carries_the_headers_that_browsers_obey(client: httpx.Client) -> None:
    for address in ("/connexion", "/", "/api/v1/sites", "/healthz", "/static/preau.css", "/nope"):
        headers = client.get(address).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert client.get("/connexion").headers["cache-control"] == "no-store"
    kept = client.get("/static/preau.css?v=1").headers["cache-control"]
    assert "immutable" in kept


@pytest.mark.one_database
def test_a_program_with_a_token_gets_no_page(client: httpx.Client, database: Database) -> None:
    # Pages take the browser's session alone, so that a token cannot be used to click around.
    assert client.get("/", headers=bearer(database, "alice")).status_code == 303


def test_vendored_files_are_what_their_manifest_says() -> None:
    manifest = (STATIC / "VENDORED.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"\| (vendor/\S+) \| `([0-9a-f]{64})` \|", manifest))
    on_disk = {
        str(path.relative_to(STATIC)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file()
    }
    assert listed == on_disk


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_inline_code_or_reaches_elsewhere(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?://", text)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (Status, texts.STATUSES),
        (Health, texts.HEALTH),
        (Severity, texts.SEVERITY),
        (CableState, texts.CABLE_STATE),
        (DeviceRole, texts.DEVICE_ROLE),
        (Lifecycle, texts.LIFECYCLE),
        (PushState, texts.PUSH_STATE),
        (JobState, texts.JOB_STATE),
        (UserRole, texts.USER_ROLE),
    ],
)
def test_every_state_has_its_words(known: Any, told: Any) -> None:
    assert {str(each) for each in known} == {str(each) for each in told}


def test_a_status_has_the_same_name_on_pages_as_in_the_dossier() -> None:
    assert {str(s): texts.STATUSES[s].label for s in Status} == {str(s): s.label for s in Status}


def test_how_long_ago_is_told_in_words() -> None:
    now = clock.now()
    told = [
        ago(now - timedelta(**past)).replace("\u00a0", " ")
        for past in ({"seconds": 5}, {"minutes": 5}, {"hours": 3}, {"days": 1}, {"days": 12})
    ]
    assert told == ["à l’instant", "il y a 5 min", "il y a 3 h", "il y a 1 jour", "il y a 12 jours"]


def test_a_difference_says_by_more_than_colour_what_each_line_is() -> None:
    assert diff_lines("--- a\n+++ b\n@@ 1 @@\n x\n-y\n+z") == [
        ("file", "--- a"),
        ("file", "+++ b"),
        ("place", "@@ 1 @@"),
        ("same", " x"),
        ("removed", "-y"),
        ("added", "+z"),
    ]
