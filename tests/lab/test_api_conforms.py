"""Every operation of the OpenAPI document, asked with generated values over a real socket.

No answer may be a failure of ours, and none may be of a status, a type or a form that the document
does not tell. `PREAU_API_EXAMPLES` asks for more values than the few of each run.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlmodel import select

from api.http import plans
from api.http.application import make_routes
from inventory.database import Database, open_database
from inventory.models import DeployPlan, PlanState, UserRole
from inventory.secrets import open_vault
from tests.browser.installation import furnish
from tests.conftest import DATABASES
from tests.furnished import Furnished
from tests.webapp import bearer, person, shared_settings, web_client

EXAMPLES = int(os.environ.get("PREAU_API_EXAMPLES", "3"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EVENTS = "/api/v1/plans/{plan_id}/events"

DOCUMENT = make_routes().openapi()
OPERATIONS = [
    (method, path)
    for path, methods in sorted(DOCUMENT["paths"].items())
    for method in sorted(methods)
]


@dataclass(frozen=True)
class Served:
    """A furnished installation and the headers of two people of it; its plans have ended."""

    address: str
    tokens: tuple[dict[str, str], ...]
    plan_id: int


@pytest.fixture(scope="module", params=DATABASES if EXAMPLES > 3 else DATABASES[:1])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, furnished: Furnished
) -> Iterator[Served]:
    folder, on_sqlite = tmp_path_factory.mktemp("api"), request.param == "sqlite"
    settings = (
        furnished(folder)[0] if on_sqlite else shared_settings(request, request.param, folder)
    )
    settings = settings.model_copy(update={"api_requests_per_s": 10_000.0, "api_burst": 100_000})
    database: Database = open_database(settings)
    if not on_sqlite:
        furnish(settings, database, open_vault(settings, create=True))
    person(database, "pm", UserRole.PROGRAMME_MANAGER)
    person(database, "engineer", UserRole.NETWORK_ENGINEER)
    with database.write("test") as session:
        # The stream of a plan that goes on lasts for minutes: tests/lab/test_live_plans.py.
        rows = session.exec(select(DeployPlan)).all()
        for row in rows:
            row.state = PlanState.DONE
        plan_id = rows[0].id or 0
    with web_client(settings, database) as client:
        tokens = (bearer(database, "pm"), bearer(database, "engineer"))
        yield Served(str(client.base_url), tokens, plan_id)
    database.close()


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=str)
def test_every_answer_is_one_that_the_document_tells(
    served: Served, method: str, path: str
) -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    operation = schema[path][method]

    @given(case=operation.as_strategy())
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: "schemathesis.Case[Any]") -> None:
        for token in served.tokens:
            answer = case.call(base_url=served.address, headers=token)
            case.validate_response(answer, checks=CHECKS)

    ask()


@pytest.mark.parametrize("status", [200, 401, 404, 422, 503])
def test_every_answer_of_the_stream_is_one_that_the_document_tells(
    served: Served, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if status == 503:
        monkeypatch.setattr(plans, "MAX_STREAMS", 0)
    plan_id = {404: 10**6, 422: 0}.get(status, served.plan_id)
    headers = {} if status == 401 else served.tokens[0]
    operation = schemathesis.openapi.from_dict(DOCUMENT)[EVENTS]["get"]
    case = operation.Case(path_parameters={"plan_id": plan_id})
    answer = case.call(base_url=served.address, headers=headers)
    assert answer.status_code == status
    # That no more can follow is told by 503, which is no failure of ours.
    case.validate_response(answer, checks=[each for each in CHECKS if each != not_a_server_error])
    if status == 200:
        assert answer.headers["content-type"] == ["text/event-stream; charset=utf-8"]
        assert answer.text.rstrip().splitlines()[-2] == "event: end"
