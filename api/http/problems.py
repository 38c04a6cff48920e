"""Errors as answers: RFC 9457 problem details for the API, a page for a browser.

Both in the language of who asked (RFC 9457, 3.1.3 and 3.1.4). No stack trace, no SQL and no value
that was sent stands in either.
"""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.http.invalid import what_does_not_fit
from api.http.live import TooManyStreams
from api.http.rate_limit import TooManyRequests
from api.http.speech import speech_of
from api.usecases.cadastre_responses import CadastreRefused
from api.usecases.dossiers import MoveRefused
from api.usecases.idempotency import NotTheSameRequest
from api.usecases.throttle import TooManyAttempts
from api.web.errors import error_page
from api.web.language import Tongue
from inventory.errors import (
    Conflict,
    DeviceError,
    InvalidInput,
    Misconfigured,
    NotAllowed,
    NotFound,
    PreauError,
)
from inventory.files.kinds import NotTaken, TooLarge
from inventory.sentences import N_

API = "/api/"
PROBLEM_JSON = "application/problem+json"


class NotLoggedIn(PreauError):
    """Nobody is logged in; a page sends its reader to the login, the API says 401."""


class TooManyUploads(PreauError):
    """As many files come in as this process takes at once."""


class PreconditionMissing(PreauError):
    """A write that must say in If-Match which state it is about (RFC 6585, 3)."""


class Changed(Conflict):
    """A write about a state that is no longer the thing's (RFC 9110, 13.1.1)."""

    def __init__(
        self, what: str, *, current: dict[str, Any], changes: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(what)
        self.current, self.changes = current, changes


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field("about:blank", description="RFC 9457, 4.2.1: the status says it all")
    title: str
    status: int
    detail: str | None = None
    errors: list[dict[str, Any]] | None = Field(None, description="which parameters do not fit")
    missing: list[str] | None = Field(None, description="all that a dossier's move still misses")
    current: dict[str, Any] | None = Field(
        None, description="what the thing is now that was changed meanwhile"
    )
    changes: list[dict[str, Any]] | None = Field(
        None, description="what was done to it meanwhile, oldest first, as far as it is known"
    )


PROBLEM_RESPONSE: dict[str, Any] = {
    "model": Problem,
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
"""How a route documents that it answers a problem; its `description` says when."""

# The most precise class first.
_STATUS: tuple[tuple[type[PreauError], HTTPStatus], ...] = (
    (TooManyRequests, HTTPStatus.TOO_MANY_REQUESTS),
    (TooManyAttempts, HTTPStatus.TOO_MANY_REQUESTS),
    (TooManyStreams, HTTPStatus.SERVICE_UNAVAILABLE),
    (TooManyUploads, HTTPStatus.SERVICE_UNAVAILABLE),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (NotTaken, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (PreconditionMissing, HTTPStatus.PRECONDITION_REQUIRED),
    (Changed, HTTPStatus.PRECONDITION_FAILED),
    (NotTheSameRequest, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotLoggedIn, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (InvalidInput, HTTPStatus.BAD_REQUEST),
    (DeviceError, HTTPStatus.BAD_GATEWAY),
    (Misconfigured, HTTPStatus.SERVICE_UNAVAILABLE),
)


_TITLES: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: N_("Cette demande ne peut être comprise"),
    HTTPStatus.UNAUTHORIZED: N_("Il faut dire qui demande"),
    HTTPStatus.FORBIDDEN: N_("Cela n’est pas permis"),
    HTTPStatus.NOT_FOUND: N_("Introuvable"),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("Cette adresse ne répond pas à cette méthode"),
    HTTPStatus.NOT_ACCEPTABLE: N_("Cette forme n’existe pas"),
    HTTPStatus.CONFLICT: N_("L’état présent ne le permet pas"),
    HTTPStatus.PRECONDITION_FAILED: N_("Modifié entre-temps"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_("C’est trop grand"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: N_("Ce type de fichier n’est pas accepté"),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("Une valeur ne convient pas"),
    HTTPStatus.PRECONDITION_REQUIRED: N_("Il manque l’en-tête If-Match"),
    HTTPStatus.TOO_MANY_REQUESTS: N_("Trop de demandes"),
    HTTPStatus.INTERNAL_SERVER_ERROR: N_("Une erreur de Préau"),
    HTTPStatus.BAD_GATEWAY: N_("L’équipement n’a pas fait ce qui était demandé"),
    HTTPStatus.SERVICE_UNAVAILABLE: N_("Ce n’est pas possible pour le moment"),
}


def status_of(error: PreauError) -> HTTPStatus:
    """Return the HTTP status that stands for an error."""
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def answer_errors(app: FastAPI) -> None:
    """Make `app` answer every error in one of the two forms."""

    @app.exception_handler(PreauError)
    def on_preau_error(request: Request, error: PreauError) -> Response:
        if isinstance(error, NotLoggedIn) and not is_api(request):
            return RedirectResponse(_login_address(request), HTTPStatus.SEE_OTHER)
        answer = _answer(request, problem_of(error, speech_of(request)))
        if wait_s := _wait_s(error):
            answer.headers["Retry-After"] = str(math.ceil(wait_s))  # RFC 9110, 10.2.3
        return answer

    @app.exception_handler(RequestValidationError)
    def on_invalid(request: Request, error: RequestValidationError) -> Response:
        if is_api(request):
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            errors = what_does_not_fit(error.errors(), speech_of(request))
            return _answer(request, _problem(status, speech_of(request), errors=errors))
        in_path = any(e["loc"][0] == "path" for e in error.errors())
        return failure(request, HTTPStatus.NOT_FOUND if in_path else HTTPStatus.BAD_REQUEST, None)

    @app.exception_handler(HTTPException)
    def on_http(request: Request, error: HTTPException) -> Response:
        response = failure(request, HTTPStatus(error.status_code), None)
        response.headers.update(error.headers or {})
        return response


def problem_of(error: PreauError, speech: Tongue) -> Problem:
    """Return an error as problem details in a language."""
    problem = _problem(status_of(error), speech, _begun(error.said(speech.say), error))
    if isinstance(error, MoveRefused):
        problem.detail = speech.say(N_("Le dossier ne peut pas faire ce pas"))
        problem.missing = [speech.say(sentence) for sentence in error.missing]
    elif isinstance(error, CadastreRefused) and error.problems:
        problem.errors = [
            {
                "where": [each.path],
                "what": each.words.said(speech.tag) if each.words else speech.say(each.sentence),
            }
            for each in error.problems
        ]
    elif isinstance(error, Changed):
        problem.current, problem.changes = error.current, error.changes
    return problem


def _begun(said: str, error: PreauError) -> str:
    """Return a sentence with its capital; one that begins with a name keeps the name as it is."""
    return said if error.where else said[:1].upper() + said[1:]


def failure(request: Request, status: HTTPStatus, detail: str | None) -> Response:
    """Return the answer that tells of a failure, in the form that the address asks for."""
    speech = speech_of(request)
    return _answer(request, _problem(status, speech, speech.say(detail) if detail else None))


def _problem(status: HTTPStatus, speech: Tongue, detail: str | None = None, **more: Any) -> Problem:
    title = speech.say(_TITLES.get(status, status.phrase))
    return Problem(title=title, status=status, detail=detail, **more)


def _answer(request: Request, problem: Problem) -> Response:
    status = HTTPStatus(problem.status)
    if not is_api(request):
        return error_page(request, status)
    headers = {"Content-Language": speech_of(request).tag}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    content = jsonable_encoder(problem, exclude_none=True)
    return JSONResponse(content, status, headers, media_type=PROBLEM_JSON)


def is_api(request: Request) -> bool:
    """Return whether the JSON API is asked, not a page."""
    return request.url.path.startswith(API)


def _wait_s(error: PreauError) -> float | None:
    if isinstance(error, TooManyAttempts):
        return error.wait.total_seconds()
    return error.wait_s if isinstance(error, TooManyRequests) else None


def _login_address(request: Request) -> str:
    return str(request.app.url_path_for("login_page")) + (
        f"?suite={request.url.path}" if request.method == "GET" else ""
    )
