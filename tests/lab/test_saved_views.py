"""Views of lists: kept under a name, each person's own, removed."""

from collections.abc import Iterator

import httpx
import pytest

from api.usecases.saved_views import VIEWS_AT_MOST, save_view, views_of
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.settings import Settings
from tests.seed import seed
from tests.webapp import hidden_field, log_in, person, web_client


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[httpx.Client]:
    seed(database)
    person(database, "alice")
    person(database, "berta")
    with web_client(settings, database) as client:
        yield client


def test_a_view_is_kept_without_its_place_in_the_list_and_leads_to_its_filters(
    client: httpx.Client,
) -> None:
    log_in(client, "alice")
    page = client.get("/?province=Namur").text
    assert 'value="province=Namur"' in page
    form = {
        "csrf": hidden_field(page),
        "page": "/",
        "filtres": "province=Namur&suite=xyz",
        "nom": "  Mes écoles  de Namur ",
    }
    answer = client.post("/vues", data=form)
    assert answer.headers["location"] == "/?province=Namur"
    shown = client.get("/").text
    assert '<a href="/?province=Namur" >Mes écoles de Namur</a>' in shown
    assert "Mes écoles de Namur" not in client.get("/retards").text
    assert client.post("/vues", data={**form, "page": "/connexion"}).status_code == 400
    assert client.post("/vues", data={**form, "nom": " "}).status_code == 400
    assert client.post("/vues/1", data=form).status_code == 303
    assert "Mes écoles de Namur" not in client.get("/").text


def test_a_view_is_nobody_elses(client: httpx.Client) -> None:
    log_in(client, "alice")
    csrf = hidden_field(client.get("/").text)
    client.post("/vues", data={"csrf": csrf, "page": "/", "filtres": "q=x", "nom": "À moi"})
    client.cookies.clear()
    log_in(client, "berta")
    page = client.get("/?q=z").text
    assert "À moi" not in page
    assert client.post("/vues/1", data={"csrf": hidden_field(page)}).status_code == 404


@pytest.mark.one_database
def test_the_same_name_replaces_and_there_is_an_end_to_them(database: Database) -> None:
    seed(database)
    person(database, "alice")
    with database.write("test") as session:
        for place in range(VIEWS_AT_MOST):
            save_view(session, 1, "/", f"vue {place}", "q=a")
        save_view(session, 1, "/", "vue 0", "q=b")
        with pytest.raises(InvalidInput, match="30 vues"):
            save_view(session, 1, "/", "une de trop", "q=a")
        assert views_of(session, 1, "/")[0].query == "q=b"
