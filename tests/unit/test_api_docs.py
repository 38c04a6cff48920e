"""How the API's documentation words a JSON schema."""

import pytest

from api.http.docs import type_words


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Site"}, "Site"),
        ({"type": "string", "format": "date-time"}, "string (date-time)"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Site"}}, "array of Site"),
        ({"enum": ["up", "down"], "type": "string"}, "up | down"),
        ({}, "any"),
    ],
)
def test_a_type_is_told_in_a_few_words(schema: dict[str, object], words: str) -> None:
    assert type_words(schema) == words
