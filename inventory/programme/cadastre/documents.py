"""What is signed: the answers as one canonical text, and its hash.

Canonical JSON as in RFC 8785, as far as these values need it: names sorted, no blanks, UTF-8; there
is no floating-point number among the answers.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(value: Mapping[str, Any]) -> str:
    """Return the one text of a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def response_document(
    *, edition: str, questionnaire: str, site: str, answers: Mapping[str, Any]
) -> str:
    """Return what a head signs: which edition and school, and every answer to what is asked."""
    return canonical(
        {"edition": edition, "questionnaire": questionnaire, "site": site, "answers": answers}
    )


def sha256_of(document: str) -> str:
    """Return the SHA-256 (hex) of a document's bytes."""
    return hashlib.sha256(document.encode()).hexdigest()
