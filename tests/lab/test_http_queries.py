"""Whatever stands in an address, a form or a cookie: no answer is a 500."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from inventory.database import open_database
from inventory.models import UserRole
from tests.cadastre import campaign
from tests.seed import seed
from tests.webapp import also, bearer, hidden_field, log_in, person, shared_settings, web_client

PAGES = (
    "/",
    "/appareils/{id}",
    "/cadastre",
    "/cadastre/{id}/avancement",
    "/cadastre/INCOR26/sites/{id}",
    "/cadastre/INCOR26/sites/1/sections/{id}",
    "/eligibilite",
    "/eligibilite/{id}",
    "/connexion",
    "/deploiements",
    "/deploiements/{id}",
    "/incidents",
    "/recherche",
    "/sites/{id}",
    "/sites/{id}/travaux",
    "/static/{id}",
)
RESOURCES = (
    "cadastre/editions/{id}",
    "cadastre/editions/INCOR26/responses",
    "cadastre/editions/INCOR26/sites/{id}",
    "eligibility/preview",
    "eligibility/runs/{id}/outcomes",
    "sites",
    "sites/{id}",
    "sites/{id}/devices",
    "sites/{id}/findings",
    "sites/{id}/dossier",
    "sites/{id}/series",
    "devices/{id}",
    "devices/{id}/observation",
    "devices/{id}/series",
    "findings",
    "incidents",
    "jobs",
    "jobs/{id}",
    "plans",
    "plans/{id}",
    "search",
)
NAMES = (
    "q", "province", "statut", "status", "etat", "condition", "suite", "after", "limit",
    "severity", "rule_id", "resolved", "genre", "kind", "phase", "site_id",
    "edition", "education_network", "par", "regles", "rule_set", "by",
    "periode", "port", "span", "start", "end",
)  # fmt: skip

anything = st.one_of(
    st.text(max_size=60),
    st.integers().map(str),
    st.sampled_from(
        [
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "1y",
            "\0",
            "%",
            "_",
            "\\",
            "' OR 1=1 --",
            "in_service",
            "down",
            "Namur",
            "W10",
            "1",
            "9" * 40,
        ]
    ),
    st.binary(max_size=20).map(lambda raw: raw.decode("latin-1")),
)
queries = st.dictionaries(st.sampled_from(NAMES), anything, max_size=5)
slow = hypothesis_settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Shared:
    """One server for all tests here, which leave no trace, and a token of Alice's."""

    client: httpx.Client
    headers: dict[str, str]


@pytest.fixture(scope="module")
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Shared]]:
    """Return what gives the server of one kind of database, started when first asked for."""
    with ExitStack() as stack:

        @cache
        def of(kind: str) -> Shared:
            settings = shared_settings(request, kind, tmp_path_factory.mktemp("queries"))
            database = open_database(settings)
            stack.callback(database.close)
            seed(database)
            person(database, "alice")
            also(database, "alice", UserRole.PROGRAMME_MANAGER)
            with database.write("test") as session:
                campaign(session)
            client = stack.enter_context(web_client(settings, database))
            log_in(client, "alice")
            return Shared(client, bearer(database, "alice"))

        yield of


@pytest.fixture
def client(database_kind: str, shared: Callable[[str], Shared]) -> httpx.Client:
    return shared(database_kind).client


@pytest.fixture
def headers(database_kind: str, shared: Callable[[str], Shared]) -> dict[str, str]:
    return shared(database_kind).headers


@slow
@given(path=st.sampled_from(PAGES), row=anything, query=queries)
def test_no_address_breaks_a_page(
    client: httpx.Client, path: str, row: str, query: dict[str, str]
) -> None:
    answer = client.get(path.replace("{id}", quote(row, safe="")), params=query)
    assert answer.status_code < 500, answer.url


@slow
@given(path=st.sampled_from(RESOURCES), row=anything, query=queries)
def test_no_address_breaks_the_api(
    client: httpx.Client, path: str, row: str, query: dict[str, str]
) -> None:
    answer = client.get(f"/api/v1/{path.replace('{id}', quote(row, safe=''))}", params=query)
    assert answer.status_code < 500, answer.url


@pytest.mark.one_database
@slow
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.fixed_dictionaries(
            {"kind": anything, "site_id": st.one_of(st.none(), st.integers(), anything)}
        ),
    ),
    token=st.booleans(),
)
def test_no_body_breaks_the_api(
    client: httpx.Client,
    headers: dict[str, str],
    body: bytes | dict[str, object],
    token: bool,
) -> None:
    headers = headers if token else {"X-CSRF-Token": "x"}
    answer = (
        client.post("/api/v1/jobs", content=body, headers=headers)
        if isinstance(body, bytes)
        else client.post("/api/v1/jobs", json=body, headers=headers)
    )
    assert answer.status_code < 500


@pytest.mark.one_database
@slow
@given(fields=st.dictionaries(st.sampled_from(["csrf", "kind", "suite"]), anything, max_size=3))
def test_no_form_breaks_a_page(client: httpx.Client, fields: dict[str, str]) -> None:
    token = hidden_field(client.get("/").text)
    for form in (fields, {**fields, "csrf": token}):
        assert client.post("/sites/1/travaux", data=form).status_code < 500
    assert client.post("/connexion", data=fields).status_code < 500


@pytest.mark.one_database
@slow
@given(
    cookie=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    header=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
)
def test_no_cookie_and_no_header_breaks_anything(
    client: httpx.Client, cookie: str, header: str
) -> None:
    for path in ("/", "/api/v1/sites"):
        answer = client.get(
            path, headers={"Cookie": f"preau_session={cookie}", "Authorization": header.strip()}
        )
        assert answer.status_code < 500
