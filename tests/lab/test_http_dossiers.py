"""Dossiers over the API: two people at one dossier, writes sent twice, many at once."""

from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from inventory import clock
from inventory.database import Database
from inventory.models import (
    DossierTransition,
    Event,
    Evidence,
    GrantScope,
    UserRole,
)
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.uploads import pdf
from tests.webapp import bearer, person, web_client

HOLD = {"to": "on_hold", "reason": "travaux de toiture"}


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "paul", UserRole.PROGRAMME_MANAGER)
    person(database, "lea", UserRole.PROGRAMME_MANAGER)
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield client


def dossier(seeded: Seeded, place: int = 1) -> str:
    return f"/api/v1/sites/{seeded.site_ids[place]}/dossier"


def steps(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(DossierTransition)).all())


def test_of_two_people_at_one_dossier_the_second_is_told_what_the_first_did(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    paul, lea = bearer(database, "paul"), bearer(database, "lea")
    path = dossier(seeded)
    seen = [client.get(path, headers=who).headers["etag"] for who in (paul, lea)]
    made = client.post(f"{path}/transitions", json=HOLD, headers={**paul, "If-Match": seen[0]})
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["version"]) == ("on_hold", 3)
    late = client.post(f"{path}/transitions", json=HOLD, headers={**lea, "If-Match": seen[1]})
    assert late.status_code == 412
    problem = late.json()
    assert problem["detail"] == (
        "Ce dossier a changé depuis que vous l’avez lu\u00a0; regardez-le à nouveau"
    )
    assert (problem["current"]["status"], problem["current"]["version"]) == ("on_hold", 3)
    (change,) = problem["changes"]
    assert (change["actor"], change["to_status"]) == ("user:paul", "on_hold")
    assert steps(database) == 4 + 1


def test_a_write_says_which_state_it_is_about(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    paul, path = bearer(database, "paul"), f"{dossier(seeded)}/transitions"
    assert client.post(path, json=HOLD, headers=paul).status_code == 428
    for wrong in ('"1.x"', 'W/"2.x"', "2", '"nonsense"'):
        headers = {**paul, "If-Match": wrong}
        assert client.post(path, json=HOLD, headers=headers).status_code == 412, wrong
    headers = {**paul, "If-Match": '"1.x", "2.y"'}
    assert client.post(path, json=HOLD, headers=headers).status_code == 201


def test_what_was_read_already_is_not_sent_again(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    paul, path = bearer(database, "paul"), dossier(seeded)
    first = client.get(path, headers=paul)
    again = client.get(path, headers={**paul, "If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    dutch = client.get(
        path, headers={**paul, "If-None-Match": first.headers["etag"], "Accept-Language": "nl"}
    )
    assert (dutch.status_code, dutch.headers["content-language"]) == (200, "nl")


def test_a_refused_step_says_all_that_it_misses_in_the_language_asked_for(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    paul, path = bearer(database, "paul"), f"{dossier(seeded)}/transitions"
    wanted = {"to": "on_hold"}
    told = {}
    for tag in ("fr", "nl", "de", "en"):
        headers = {**paul, "If-Match": "*", "Accept-Language": f"{tag}, *;q=0.1"}
        refused = client.post(path, json=wanted, headers=headers)
        assert (refused.status_code, refused.headers["content-language"]) == (409, tag)
        told[tag] = refused.json()
    assert told["fr"]["detail"] == "Le dossier ne peut pas faire ce pas"
    assert told["fr"]["missing"] == ["Le motif est obligatoire."]
    assert len({problem["missing"][0] for problem in told.values()}) == 4
    assert len({problem["title"] for problem in told.values()}) == 4
    assert steps(database) == 4


def test_a_step_is_made_in_a_role_that_is_held_at_the_school(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    marc, path = bearer(database, "marc"), f"{dossier(seeded)}/transitions"
    headers = {**marc, "If-Match": "*"}
    manager = client.post(path, json={**HOLD, "role": "programme_manager"}, headers=headers)
    assert (manager.status_code, manager.json()["detail"][:37]) == (
        403,
        "Vous n’avez pas ce rôle pour ce site\u00a0: le directeur ou la directrice"[:37],
    )
    assert client.post(path, json=HOLD, headers=headers).status_code == 403
    elsewhere = f"{dossier(seeded, 0)}/transitions"
    assert client.post(elsewhere, json=HOLD, headers=headers).status_code == 404
    assert steps(database) == 4


def test_the_steps_that_are_possible_are_told_with_what_they_miss(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    told = client.get(f"{dossier(seeded)}/moves", headers=bearer(database, "paul")).json()
    moves = {move["to"]: move for move in told["moves"]}
    assert told["version"] == 2
    assert (moves["on_hold"]["reason_needed"], moves["on_hold"]["yours"]) == (
        True,
        ["programme_manager"],
    )
    english = client.get(
        f"{dossier(seeded)}/moves",
        headers={**bearer(database, "paul"), "Accept-Language": "en"},
    ).json()
    assert english["moves"][0]["label"] != told["moves"][0]["label"]


def test_a_document_is_a_file_that_was_handed_in_for_this_site(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    paul = bearer(database, "paul")
    ids = [
        client.post(
            "/api/v1/uploads",
            data={"kind": "document", "site_id": str(seeded.site_ids[place])},
            files={"file": ("courrier.pdf", pdf(f"%{place}\n"))},
            headers=paul,
        ).json()["id"]
        for place in (1, 0)
    ]
    kind = "enrolment_form"
    path, headers = f"{dossier(seeded)}/transitions", {**paul, "If-Match": "*"}
    wrong = {**HOLD, "evidence": [{"kind": kind, "upload_id": ids[1]}]}
    assert client.post(path, json=wrong, headers=headers).status_code == 400
    right = {**HOLD, "evidence": [{"kind": kind, "upload_id": ids[0]}]}
    assert client.post(path, json=right, headers=headers).status_code == 201
    with database.read() as session:
        assert session.exec(select(Evidence.upload_id)).all() == [ids[0]]


def test_a_write_that_is_sent_again_is_done_once_and_answered_the_same(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    paul, path = bearer(database, "paul"), f"{dossier(seeded)}/transitions"
    headers = {**paul, "If-Match": '"2.x"', "Idempotency-Key": '"8e03978e-40d5"'}
    first = client.post(path, json=HOLD, headers=headers)
    again = client.post(path, json=HOLD, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert steps(database) == 5
    other = client.post(path, json={**HOLD, "reason": "autre"}, headers=headers)
    assert (other.status_code, other.json()["detail"]) == (
        422,
        "Cette clé d’idempotence a déjà servi à une autre demande",
    )
    # Another person's key is another key.
    lea = {**bearer(database, "lea"), "If-Match": '"2.x"', "Idempotency-Key": '"8e03978e-40d5"'}
    assert client.post(path, json=HOLD, headers=lea).status_code == 412


def test_a_key_whose_write_was_refused_may_be_sent_again(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    paul, path = bearer(database, "paul"), f"{dossier(seeded)}/transitions"
    headers = {**paul, "If-Match": "*", "Idempotency-Key": "k1"}
    assert client.post(path, json={"to": "on_hold"}, headers=headers).status_code == 409
    assert client.post(path, json=HOLD, headers=headers).status_code == 201


def test_what_happened_is_told_in_the_language_asked_for(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    from inventory.events import record_event
    from inventory.sentences import Sentence

    with database.write("test") as session:
        record_event(
            session,
            "trap.link_down",
            Sentence("Il n’y a pas de site n°%(id)s", id=7),
            device_id=seeded.device_ids[0],
        )
        session.add(
            Event(at=clock.now(), kind="x.y", device_id=seeded.device_ids[0], message="brut")
        )
    path = f"/api/v1/devices/{seeded.device_ids[0]}/events"
    headers = {**bearer(database, "paul"), "Accept-Language": "en"}
    told = [each["message"] for each in client.get(path, headers=headers).json()]
    assert told[:2] == ["brut", "There is no site no.\u00a07"]


@pytest.mark.one_database
def test_what_does_not_fit_is_told_in_the_language_asked_for(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    path = f"{dossier(seeded)}/transitions"
    headers = {**bearer(database, "paul"), "If-Match": "*"}
    body = {"to": "hunter2", "reason": 7, "evidence": "x", "more": 1}
    french = client.post(path, json=body, headers=headers).json()
    assert {each["where"][-1]: each["what"][:24] for each in french["errors"]} == {
        "to": "L’un de ceux-ci est attendu"[:24],
        "reason": "Un texte est attendu",
        "evidence": "Une liste est attendue",
        "more": "Ce nom n’est pas connu",
    }
    german = client.post(path, json=body, headers={**headers, "Accept-Language": "de"}).json()
    assert french["errors"][1]["what"] != german["errors"][1]["what"]
    assert "hunter2" not in str(french)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("GET /api/v1/sites/1/acceptance/999", "Deze site heeft geen opleveringstest 999"),
        ("GET /api/v1/programme-plans/999", "Plan 999 van het programma bestaat niet"),
        ("GET /api/v1/dossiers/transitions/999", "Aanvraag 999 bestaat niet"),
    ],
)
def test_what_is_not_there_is_told_in_the_language_asked_for(
    client: httpx.Client, database: Database, asked: str, told: str
) -> None:
    method, path = asked.split()
    body: dict[str, str] | None = {} if method == "POST" else None
    headers = {**bearer(database, "paul"), "Accept-Language": "nl"}
    answer = client.request(method, path, json=body, headers=headers)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-language"]) == (404, "nl"), problem
    assert problem["title"] == "Niet gevonden"
    assert problem["detail"].startswith(told)
