"""The progress of the programme, as its page and the API tell it to people of different scopes."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from api.usecases.programme_progress import ProgressFilter, put_in_service
from api.usecases.scope import HeldGrant, Viewer
from inventory import clock
from inventory.database import Database
from inventory.models import Dossier, DossierTransition, GrantScope, UserRole
from inventory.programme.dossier import Status
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import bearer, log_in, person, web_client


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    with database.write("test") as session:
        session.add(
            Dossier(
                site_id=made.site_ids[2],
                status=Status.ON_HOLD,
                status_before_hold=Status.ORDERED,
                updated_at=clock.now(),
            )
        )
    return made


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield client


def test_the_api_counts_milestones_by_place(client: httpx.Client, database: Database) -> None:
    answer = client.get("/api/v1/programme/progress", headers=bearer(database, "alice"))
    told = answer.json()
    assert told["whole"]["passed"] == {
        "in_scope": 3, "cadastre": 2, "enrolled": 2, "scheduled": 2, "visited": 2, "ordered": 2,
        "configured": 1, "in_service": 1,
    }  # fmt: skip
    assert {place: each["passed"]["in_scope"] for place, each in told["by_canton"].items()} == {
        "namur-1": 1, "liege-1": 1, "charleroi-1": 1,
    }  # fmt: skip
    assert told["statuses"] == {"in_service": 1, "cadastre_pending": 1, "on_hold": 1}


def test_a_person_counts_only_the_sites_of_their_scope(
    client: httpx.Client, database: Database
) -> None:
    answer = client.get("/api/v1/programme/progress", headers=bearer(database, "marc"))
    assert answer.json()["whole"]["passed"]["in_scope"] == 1
    assert list(answer.json()["by_province"]) == ["Liège"]


def test_the_filters_of_province_and_education_network_count_fewer(
    client: httpx.Client, database: Database
) -> None:
    for query in ({"province": "Namur"}, {"education_network": "Subventionné communal"}):
        answer = client.get(
            "/api/v1/programme/progress", params=query, headers=bearer(database, "alice")
        )
        assert list(answer.json()["by_province"]) == ["Namur"]


def test_a_site_is_put_in_service_once_however_often_it_was(
    database: Database, seeded: Seeded
) -> None:
    viewer = Viewer(1, "zoe", "Zoé", None, (HeldGrant(UserRole.ADVISER, GrantScope.ALL),))
    with database.write("test") as session:
        first = put_in_service(session, viewer, ProgressFilter())
        again = DossierTransition(
            dossier_id=1,
            at=clock.now() + timedelta(days=40),
            actor="a",
            role="contract_officer",
            from_status=Status.PROVISIONALLY_ACCEPTED,
            to_status=Status.IN_SERVICE,
        )
        session.add(again)
        session.flush()
        assert put_in_service(session, viewer, ProgressFilter()) == first
    assert sum(count for _, count in first) == 1


@pytest.mark.one_database
def test_the_page_shows_the_map_and_the_same_as_a_table(client: httpx.Client) -> None:
    log_in(client, "alice")
    text = client.get("/avancement?etape=ordered").text
    assert text.count('class="shade-4"') == 2
    assert '<th scope="row"><a href="/?canton=namur-1">Namur</a></th>' in text
    assert "Les chiffres sont ceux des écoles que vous suivez" not in text
    assert "Objectif" in text


@pytest.mark.one_database
def test_who_follows_one_province_is_told_so_and_sees_no_target(client: httpx.Client) -> None:
    log_in(client, "marc")
    text = client.get("/avancement").text
    assert "Les chiffres sont ceux des écoles que vous suivez" in text
    assert "Objectif" not in text
    assert "namur-1" not in text.replace("/?canton=liege-1", "")


@pytest.mark.one_database
def test_a_canton_of_the_map_leads_to_its_schools(client: httpx.Client) -> None:
    log_in(client, "alice")
    text = client.get("/?canton=namur-1").text
    assert "École communale Les Tilleuls" in text
    assert "Institut Saint-Roch" not in text
    assert "Écoles du canton de Namur." in text
