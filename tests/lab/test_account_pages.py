"""The pages of accounts, invitations, the audit log and retention, as people use them."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from api.usecases.access import find_user, viewer_of
from api.usecases.retention import run_retention
from api.usecases.tokens import whose_token
from inventory.database import Database
from inventory.models import ApiToken, GrantScope, User, UserRole, WebSession
from inventory.settings import Settings
from tests.passwords import PASSWORD
from tests.patience import PATIENCE_S
from tests.seed import Seeded, seed
from tests.webapp import hidden_field, log_in, person, web_client

OTHER_PASSWORD = "cinq autres mots faciles à retenir"


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    person(database, "mona", UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Namur")
    person(database, "ada", UserRole.PROGRAMME_MANAGER)
    return made


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    with web_client(settings, database) as client:
        yield client


def send(client: httpx.Client, page: str, action: str, **fields: str) -> httpx.Response:
    csrf = hidden_field(client.get(page).text)
    return client.post(action, data={"csrf": csrf, **fields})


def text(answer: httpx.Response) -> str:
    return re.sub(r"[ \n]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def test_an_invited_person_sets_a_password_by_the_link_and_logs_in(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    log_in(client, "mona")
    invited = send(
        client,
        "/utilisateurs",
        "/utilisateurs",
        identifiant="iris",
        nom="Iris D.",
        courriel="iris@example.be",
        role="school_head",
        perimetre="site",
        valeur="95001/9501",
    )
    assert invited.status_code == 200, text(invited)
    link = re.search(r"<code>(http://[^<]+)</code>", invited.text)
    assert link is not None
    assert "Invité" in text(client.get("/utilisateurs"))
    client.cookies.clear()
    page = client.get(link[1])
    assert "Bienvenue, Iris D.. Votre identifiant est iris." in text(page)
    fields = {"csrf": hidden_field(page.text), "jeton": hidden_field(page.text, "jeton")}
    twice = client.post("/invitation", data=fields | {"nouveau": PASSWORD, "encore": "x"})
    assert "Les deux nouveaux mots de passe ne sont pas les mêmes." in text(twice)
    short = client.post("/invitation", data=fields | {"nouveau": "court", "encore": "court"})
    assert short.status_code == 400
    done = client.post("/invitation", data=fields | {"nouveau": PASSWORD, "encore": PASSWORD})
    assert done.headers["location"] == "/connexion"
    assert client.get(link[1]).status_code == 404
    assert log_in(client, "iris") == 303
    assert client.get(f"/sites/{seeded.site_ids[0]}").status_code == 200
    assert client.get(f"/sites/{seeded.site_ids[1]}").status_code == 404
    assert client.get("/utilisateurs").status_code == 403
    forged = client.post("/invitation", data={"jeton": "x", "nouveau": PASSWORD})
    assert forged.status_code == 403


def test_what_reaches_too_far_is_refused_in_one_sentence_and_nothing_is_made(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "mona")
    for fields, told in (
        ({"perimetre": "all"}, "Vous ne pouvez pas donner ce rôle sur ce périmètre."),
        (
            {"perimetre": "site", "valeur": "95002/9502"},
            "Vous ne pouvez pas donner ce rôle sur ce périmètre.",
        ),
        (
            {"perimetre": "province", "valeur": "Mordor"},
            "Ce périmètre n’existe pas\u00a0: vérifiez le nom ou le numéro.",
        ),
        (
            {"perimetre": "site", "valeur": "95001/9501", "identifiant": "ada"},
            "Cet identifiant est déjà pris, ou il manque l’identifiant ou le nom.",
        ),
    ):
        wanted = {"identifiant": "iris", "nom": "Iris", "role": "school_head"} | fields
        answer = send(client, "/utilisateurs", "/utilisateurs", **wanted)
        assert answer.status_code == 400
        assert told in text(answer)
    with database.read() as session:
        assert len(session.exec(select(User)).all()) == 2


def test_a_grant_is_given_and_taken_back_on_the_page_of_a_person(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    person(database, "hugo", UserRole.SCHOOL_HEAD, GrantScope.SITE, str(seeded.site_ids[0]))
    with database.read() as session:
        page = f"/utilisateurs/{find_user(session, 'hugo').id}"
        own = f"/utilisateurs/{find_user(session, 'mona').id}"
    log_in(client, "mona")
    given = send(
        client, page, f"{page}/droits", role="adviser", perimetre="province", valeur="Namur"
    )
    assert given.status_code == 303
    assert "Conseil École numérique Province Namur" in text(client.get(page))
    taken = send(
        client, page, f"{page}/droits/retirer", role="adviser", perimetre="province", cle="Namur"
    )
    assert taken.status_code == 303
    assert "École École communale Les Tilleuls" in text(client.get(page))
    assert send(client, page, f"{page}/bloquer").status_code == 303
    assert "Bloqué" in text(client.get(page))
    with httpx.Client(base_url=client.base_url, timeout=PATIENCE_S) as elsewhere:
        assert log_in(elsewhere, "hugo") == 401
    assert send(client, page, f"{page}/bloquer", retablir="oui").status_code == 303
    assert "demandez à un ou une collègue" in text(client.get(own))
    assert send(client, own, f"{own}/bloquer").status_code == 403


def test_one_changes_ones_password_and_stays_logged_in_here_alone(
    client: httpx.Client, database: Database
) -> None:
    with httpx.Client(base_url=client.base_url, timeout=PATIENCE_S) as elsewhere:
        log_in(elsewhere, "ada")
        log_in(client, "ada")
        before = client.cookies["preau_session"]
        for fields, told in (
            ({"actuel": "faux"}, "Le mot de passe actuel n’est pas correct."),
            ({"encore": "autre"}, "Les deux nouveaux mots de passe ne sont pas les mêmes."),
            (
                {"nouveau": "court", "encore": "court"},
                "Un mot de passe a au moins 12 caractères",
            ),
        ):
            wanted = {"actuel": PASSWORD, "nouveau": OTHER_PASSWORD, "encore": OTHER_PASSWORD}
            answer = send(client, "/compte", "/compte/mot-de-passe", **(wanted | fields))
            assert answer.status_code == 400
            assert told in text(answer)
        assert elsewhere.get("/compte").status_code == 200
        changed = send(client, "/compte", "/compte/mot-de-passe", **wanted)
        assert changed.status_code == 303
        assert client.cookies["preau_session"] != before
        assert client.get("/compte").status_code == 200
        assert elsewhere.get("/compte").status_code == 303


def test_a_login_gives_a_new_session_and_ends_the_old_one(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "ada")
    first = client.cookies["preau_session"]
    log_in(client, "ada")
    assert client.cookies["preau_session"] != first
    with database.read() as session:
        assert len(session.exec(select(WebSession)).all()) == 1


def test_one_ends_ones_other_sessions(client: httpx.Client) -> None:
    with httpx.Client(base_url=client.base_url, timeout=PATIENCE_S) as elsewhere:
        log_in(elsewhere, "ada")
        log_in(client, "ada")
        page = client.get("/compte")
        assert "Autre session" in text(page)
        name = hidden_field(page.text, "nom")
        assert send(client, "/compte", "/compte/sessions", nom=name).status_code == 303
        assert elsewhere.get("/compte").status_code == 303
        log_in(elsewhere, "ada")
        assert send(client, "/compte", "/compte/sessions").status_code == 303
        assert elsewhere.get("/compte").status_code == 303
        assert client.get("/compte").status_code == 200


def test_a_token_is_made_on_ones_page_shown_once_and_revoked(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "mona")
    made = send(
        client, "/compte", "/compte/jetons", nom="excel", jours="30", role="0", lecture="oui"
    )
    token = re.search(r"<code>(preau_[^<]+)</code>", made.text)
    assert token is not None
    assert token[1] not in client.get("/compte").text
    with database.read() as session:
        viewer = whose_token(session, token[1])
        assert viewer is not None
        assert viewer.grants == viewer_of(session, find_user(session, "mona")).grants
        assert viewer.token is not None
        assert viewer.token.read_only
        number = session.exec(select(ApiToken.id)).one()
    assert "excel jusqu’au" in text(client.get("/compte"))
    bad = send(client, "/compte", "/compte/jetons", nom="excel", jours="9999")
    assert "Le jeton n’est pas créé" in text(bad)
    assert send(client, "/compte", f"/compte/jetons/{number}/revoquer").status_code == 303
    with database.read() as session:
        assert whose_token(session, token[1]) is None


def test_the_audit_log_and_the_reports_are_shown_to_who_answers_for_all(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    log_in(client, "ada", "faux")
    log_in(client, "ada")
    run_retention(database, settings, actor="test", dry_run=True)
    page = client.get("/journal", params={"action": "login_failed"})
    assert "web:login" in text(page)
    assert "Connexion refusée app_user" in text(page)
    assert "user:ada Connexion app_user" in text(client.get("/journal", params={"qui": "Ada"}))
    for query in ({"du": "2020-01-01", "au": "2020-01-02"}, {"qui": "nobody"}):
        assert "Rien ne correspond à cette recherche." in text(client.get("/journal", params=query))
    assert client.get("/journal", params={"du": "hier", "suite": "x"}).status_code == 400
    reports = text(client.get("/conservation"))
    assert "Essai, rien n’est supprimé" in reports
    assert "Journal d’audit 366 jours 0" in reports
    client.cookies.clear()
    log_in(client, "mona")
    for address in ("/journal", "/conservation"):
        assert client.get(address).status_code == 403
