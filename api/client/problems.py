"""What the API refuses, as exceptions: RFC 9457 problem details, in the client's language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx


class PreauProblem(Exception):
    """The API answered a problem. `detail` says what, `errors` which parameters do not fit."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.title: str = str(told.get("title", ""))
        self.detail: str | None = told.get("detail")
        self.errors: list[dict[str, Any]] = list(told.get("errors") or [])
        super().__init__(self.detail or self.title or str(status))


class Unauthorised(PreauProblem):
    """The token is not known, or it has ended."""


class Forbidden(PreauProblem):
    """The token's owner may not do this."""


class NotThere(PreauProblem):
    """It is not there, or out of the token's scope."""


class TooMany(PreauProblem):
    """Too many requests; `retry_after_s` says when to ask again."""

    retry_after_s: float = 0.0


class MoveRefused(PreauProblem):
    """A dossier does not take this step; `missing` is all that it misses."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(status, told)
        self.missing: tuple[str, ...] = tuple(told.get("missing") or ())


class Changed(PreauProblem):
    """It was changed since it was read; `current` is what it is now, `changes` what was done."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(status, told)
        self.current: dict[str, Any] = dict(told.get("current") or {})
        self.changes: tuple[dict[str, Any], ...] = tuple(told.get("changes") or ())


_KINDS: Mapping[int, type[PreauProblem]] = {
    HTTPStatus.UNAUTHORIZED: Unauthorised,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotThere,
    HTTPStatus.PRECONDITION_FAILED: Changed,
    HTTPStatus.TOO_MANY_REQUESTS: TooMany,
}


def problem_of(answer: httpx.Response) -> PreauProblem:
    """Return the exception that tells what an answer refuses."""
    try:
        told = answer.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    problem = problem_from(answer.status_code, told)
    if isinstance(problem, TooMany):
        problem.retry_after_s = float(answer.headers.get("retry-after", 1))
    return problem


def problem_from(status: int, told: Mapping[str, Any]) -> PreauProblem:
    """Return the exception for a status and its problem details."""
    if told.get("missing"):
        return MoveRefused(status, told)
    return _KINDS.get(status, PreauProblem)(status, told)
