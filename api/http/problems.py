"""Errors as answers: RFC 9457 problem details for the API, a French page for a browser.

No stack trace, no SQL and no value that was sent stands in either.
"""

import math
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.http.live import TooManyStreams
from api.http.rate_limit import TooManyRequests
from api.usecases.throttle import TooManyAttempts
from api.web.errors import error_page
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

API = "/api/"
PROBLEM_JSON = "application/problem+json"


class NotLoggedIn(PreauError):
    """Nobody is logged in; a page sends its reader to the login, the API says 401."""


class TooManyUploads(PreauError):
    """As many files come in as this process takes at once."""


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field("about:blank", description="RFC 9457, 4.2.1: the status says it all")
    title: str
    status: int
    detail: str | None = None
    errors: list[dict[str, Any]] | None = Field(None, description="which parameters do not fit")


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
    (NotLoggedIn, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (InvalidInput, HTTPStatus.BAD_REQUEST),
    (DeviceError, HTTPStatus.BAD_GATEWAY),
    (Misconfigured, HTTPStatus.SERVICE_UNAVAILABLE),
)


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
        answer = failure(request, status_of(error), str(error))
        if wait_s := _wait_s(error):
            answer.headers["Retry-After"] = str(math.ceil(wait_s))  # RFC 9110, 10.2.3
        return answer

    @app.exception_handler(RequestValidationError)
    def on_invalid(request: Request, error: RequestValidationError) -> Response:
        # What was sent (`input`, `ctx`) is left out: it could be a password.
        errors = [{"where": list(e["loc"]), "what": e["msg"]} for e in error.errors()]
        if is_api(request):
            return failure(request, HTTPStatus.UNPROCESSABLE_ENTITY, None, jsonable_encoder(errors))
        in_path = any(e["loc"][0] == "path" for e in error.errors())
        return failure(request, HTTPStatus.NOT_FOUND if in_path else HTTPStatus.BAD_REQUEST, None)

    @app.exception_handler(HTTPException)
    def on_http(request: Request, error: HTTPException) -> Response:
        response = failure(request, HTTPStatus(error.status_code), None)
        response.headers.update(error.headers or {})
        return response


def failure(
    request: Request,
    status: HTTPStatus,
    detail: str | None,
    errors: list[dict[str, Any]] | None = None,
) -> Response:
    """Return the answer that tells of a failure, in the form that the address asks for."""
    if not is_api(request):
        return error_page(request, status)
    problem = Problem(title=status.phrase, status=status, detail=detail, errors=errors)
    response = JSONResponse(problem.model_dump(exclude_none=True), status, media_type=PROBLEM_JSON)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


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
