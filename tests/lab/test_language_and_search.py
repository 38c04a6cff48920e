"""Which language a page is in, what a person prefers, and the search and incidents over HTTP."""

from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from inventory.database import Database
from inventory.models import FindingRow, GrantScope, User, UserRole
from inventory.sentences import Sentence, wording
from inventory.settings import Settings
from tests.seed import Seeded, seed, seed_network
from tests.webapp import bearer, hidden_field, log_in, person, web_client


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    seed_network(database, made)
    return made


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield client


def _language(page: httpx.Response) -> str:
    return page.text.split('<html lang="', 1)[1].split('"', 1)[0]


@pytest.mark.one_database
def test_the_language_is_the_account_s_else_the_cookie_s_else_the_browser_s(
    client: httpx.Client, database: Database
) -> None:
    def asked(header: str) -> str:
        return _language(client.get("/connexion", headers={"Accept-Language": header}))

    headers = ["", "nl-BE,fr;q=0.5", "fr;q=0.2,de;q=0.9", "es", "en;q=0, nl;q=x", "*", "q=;,;;"]
    assert [asked(each) for each in headers] == ["fr", "nl", "de", "fr", "fr", "fr", "fr"]
    chosen = client.post(
        "/preferences", data={"langue": "de", "suite": "/connexion?suite=/sites/1"}
    )
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/connexion?suite=/sites/1")
    assert asked("nl") == "de"
    log_in(client, "alice")
    page = client.get("/")
    assert (_language(page), page.headers["content-language"]) == ("de", "de")
    form = {"langue": "nl", "suite": "/", "csrf": hidden_field(page.text)}
    client.post("/preferences", data=form)
    client.cookies.delete("preau_langue")
    assert _language(client.get("/")) == "nl"
    assert "Pagina niet gevonden" in client.get("/sites/999").text
    with database.read() as session:
        assert session.exec(select(User.locale).where(User.login == "alice")).one() == "nl"


@pytest.mark.one_database
def test_a_preference_leads_nowhere_else_and_a_foreign_form_changes_no_account(
    client: httpx.Client, database: Database
) -> None:
    away = client.post("/preferences", data={"theme": "dark", "suite": "//evil.example"})
    assert away.headers["location"] == "/"
    assert 'data-theme="dark"' in client.get("/connexion").text
    log_in(client, "alice")
    client.post("/preferences", data={"langue": "en", "csrf": "guessed"})
    client.post("/preferences", data={"langue": "xx", "theme": "yy"})
    with database.read() as session:
        assert session.exec(select(User.locale).where(User.login == "alice")).one() is None
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/preferences", data={"langue": "nl"}, headers=foreign).status_code == 403


@pytest.mark.one_database
def test_what_was_found_is_said_in_the_reader_s_language(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    found = Sentence("%(name)s refuse nos identifiants", name="<b>ap8</b>")
    with database.write("test") as session:
        row = session.exec(select(FindingRow)).first()
        assert row is not None
        row.message, row.wording = str(found), wording(found)
    log_in(client, "alice")
    address = f"/sites/{seeded.site_ids[0]}"
    assert "&lt;b&gt;ap8&lt;/b&gt; refuse nos identifiants" in client.get(address).text
    client.post("/preferences", data={"langue": "nl"})
    dutch = client.get(address).text
    assert "&lt;b&gt;ap8&lt;/b&gt; weigert onze aanmeldgegevens" in dutch
    for told in ("Stand van het dossier", "In dienst", "geleden"):
        assert told in dutch
    # What nobody marked is shown as it was written.
    assert "Audit terminé : 2 constats ouverts." in dutch


def test_the_search_finds_over_http_what_the_caller_may_see(
    client: httpx.Client, database: Database
) -> None:
    def found(login: str, **asked: str) -> dict[str, list[str]]:
        answer = client.get("/api/v1/search", params=asked, headers=bearer(database, login))
        assert answer.status_code == 200
        return {
            kind: [hit["title"] for hit in each["hits"]]
            for kind, each in answer.json().items()
            if each and each["hits"]
        }

    assert found("alice", q="tilleuls sw2") == {"devices": ["sw2"], "incidents": ["sw2"]}
    assert found("alice", q="ap3", kind="devices") == {"devices": ["ap3"]}
    assert found("marc", q="tilleuls") == {}
    first = client.get(
        "/api/v1/search?q=ap&kind=devices&limit=5", headers=bearer(database, "alice")
    ).json()["devices"]
    rest = client.get(
        "/api/v1/search",
        params={"q": "ap", "kind": "devices", "limit": 5, "after": first["next"]},
        headers=bearer(database, "alice"),
    ).json()["devices"]
    titles = [hit["title"] for hit in first["hits"] + rest["hits"]]
    assert titles == [f"ap{number}" for number in range(1, 9)]
    assert rest["next"] is None
    log_in(client, "alice")
    page = client.get("/recherche", params={"q": "<i>tilleuls"}).text
    assert "&lt;i&gt;tilleuls" in page
    assert "École communale Les Tilleuls" in page
    assert "Rien ne correspond" in client.get("/recherche", params={"q": "zzz"}).text


def test_incidents_are_listed_counted_and_seen_only_by_those_concerned(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    open_now = client.get("/api/v1/incidents?phase=open", headers=bearer(database, "alice")).json()
    (incident,) = open_now["incidents"]
    assert (incident["device"], len(incident["shadowed_ids"])) == ("sw2", 3)
    of_other = client.get("/api/v1/incidents", headers=bearer(database, "marc")).json()
    assert of_other == {"incidents": [], "next": None}
    assert "preau_incidents_open 1.0" in client.get("/metrics").text
    log_in(client, "alice")
    page = client.get("/incidents").text
    assert "sw2" in page
    assert "ap5, ap6, ap7" in page
    assert "Aucun incident clos" in client.get("/incidents?etat=closed").text
