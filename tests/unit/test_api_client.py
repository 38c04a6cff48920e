"""The client of the API has every operation of its document, as it is now."""

import inspect
from typing import Any

import pytest

from api.client import Preau
from api.http.application import make_routes
from tests.api_client import CLIENT, operation_name, operations, written


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return make_routes().openapi()


def test_the_client_is_what_would_be_written_now(document: dict[str, Any]) -> None:
    for name, text in written(document).items():
        assert (CLIENT / name).read_text() == text, "`make client` writes it again"


def test_the_client_has_each_operation_with_what_its_path_names(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        name = operation_name(operation)
        assert hasattr(Preau, name), f"the client lacks {method} {path}"
        parameters = inspect.signature(getattr(Preau, name)).parameters
        for each in operation.get("parameters", []):
            assert each["in"] != "path" or each["name"] in parameters, f"{name}: {each['name']}"


def test_two_routes_of_one_name_are_told(document: dict[str, Any]) -> None:
    paths = document["paths"]
    twice = {**paths, "/api/v1/again": {"get": paths["/api/v1/sites"]["get"]}}
    with pytest.raises(ValueError, match="sites"):
        written({**document, "paths": twice})
