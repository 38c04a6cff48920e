"""The web application: its parts put together."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Match, compile_path
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import api.http
import api.web
from api.http import docs, health, metrics
from api.http.admission import Admission
from api.http.conditional import Tagged, tagged
from api.http.dependencies import Installation
from api.http.exports import Exports, describe_exports
from api.http.live import Watching, database_reader
from api.http.middleware import Gate, Watch
from api.http.needs import refuse_undeclared
from api.http.once import AlreadyAnswered, KeptAnswers, done_once
from api.http.problems import PROBLEM_RESPONSE, answer_errors
from api.http.rate_limit import RateLimit
from api.http.uploading import Slots, takes_files
from api.web.templating import STATIC
from collectors.series import open_series
from inventory.database import Database
from inventory.settings import Settings

API_VERSION = "1.0.0"
API_PREFIX = "/api/v1"
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {**PROBLEM_RESPONSE, "description": text}
    for code, text in {
        400: "A value cannot be used.",
        401: "No valid token or session.",
        403: "The caller's role does not allow it.",
        404: "Not there, or out of the caller's scope.",
        406: "It cannot be had in the form that is asked for.",
        409: "Its state does not allow it, or its Idempotency-Key is in use.",
        413: "The body is too large.",
        422: "A parameter does not fit.",
        429: "Asked too often; Retry-After says when to ask again.",
    }.items()
}


class _StaticFiles(StaticFiles):
    """Files whose address holds their digest, so that browsers keep them for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        if scope.get("query_string", b"").startswith(b"v="):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def page_routers() -> Iterator[APIRouter]:
    """Yield the router of every module of api.web: a page is a module there, named nowhere else."""
    return _routers_in(api.web)


def resource_routers() -> Iterator[APIRouter]:
    """Yield the router of every resource of the JSON API: a module of api.http that tells it."""
    return (each for each in _routers_in(api.http) if each.include_in_schema)


def other_routers() -> Iterator[APIRouter]:
    """Yield what stands beside the JSON API: the pages, and what machines ask of this process."""
    yield health.router
    yield metrics.router
    yield from page_routers()


def every_route() -> Iterator[tuple[str, APIRoute]]:
    """Yield every route of the application with its whole path."""
    below = [(API_PREFIX, router) for router in (*resource_routers(), docs.router)]
    for prefix, router in (*below, *(("", each) for each in other_routers())):
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield prefix + route.path, route


def _routers_in(package: ModuleType) -> Iterator[APIRouter]:
    for module in pkgutil.iter_modules(package.__path__):
        found = importlib.import_module(f"{package.__name__}.{module.name}")
        router = getattr(found, "router", None)
        if isinstance(router, APIRouter):
            yield router


def make_application(settings: Settings, database: Database) -> FastAPI:
    """Return the application that serves one installation's pages and API."""
    return serve_installation(make_routes(), settings, database)


def serve_installation(app: FastAPI, settings: Settings, database: Database) -> FastAPI:
    """Let an application that has its routes serve one installation, and return it."""
    app.state.installation = Installation(settings, database, open_series(settings, database))
    app.state.rate_limit = RateLimit(settings.api_requests_per_s, settings.api_burst)
    app.state.figures = metrics.RequestFigures()
    app.state.uploads = Slots()
    app.state.watching = Watching(database_reader(database))
    # The last is the outermost. Each page of an export is a request that waits for its own turn.
    app.add_middleware(KeptAnswers)
    app.add_middleware(Tagged)
    app.add_middleware(Admission)
    app.add_middleware(Gate, takes_files=_paths_that_take_files())
    app.add_middleware(Exports)
    app.add_middleware(Watch, figures=app.state.figures, https=settings.secure_cookies)
    return app


@cache
def _paths_that_take_files() -> Callable[[str], bool]:
    paths = [compile_path(path)[0] for path, route in every_route() if takes_files(route)]
    return lambda asked: any(path.match(asked) for path in paths)


def _as_before(_request: Request, told: Exception) -> Response:
    assert isinstance(told, AlreadyAnswered)
    return told.response()


def _pass_over(router: APIRouter) -> None:
    """Let a router look at its routes only for paths below its prefix; each request meets all."""
    look = router.matches
    begins = API_PREFIX + router.prefix.partition("{")[0]

    def matches(scope: Scope) -> tuple[Match, Scope]:
        return look(scope) if scope["path"].startswith(begins) else (Match.NONE, {})

    router.matches = matches  # type: ignore[method-assign]


def make_routes() -> FastAPI:
    """Return an application with every address, which serves no installation yet."""
    app = FastAPI(
        title="Préau",
        version=API_VERSION,
        summary="The WiFi of schools, from the cadastre to maintenance.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    answer_errors(app)
    app.add_exception_handler(AlreadyAnswered, _as_before)
    # Each by itself: a router within a router is looked through once for each of the two.
    for router in resource_routers():
        below = tagged(done_once(router))
        _pass_over(below)
        app.include_router(below, prefix=API_PREFIX, responses=_PROBLEMS)
    app.include_router(docs.router, prefix=API_PREFIX)
    describe_exports(app)
    for router in other_routers():
        app.include_router(router)
    refuse_undeclared(route for _, route in every_route())
    app.mount("/static", _StaticFiles(directory=STATIC), name="static")
    return app
