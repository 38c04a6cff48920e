"""The web application: its parts put together."""

from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.http import devices, docs, findings, health, jobs, metrics, sites
from api.http.dependencies import Installation
from api.http.middleware import Gate, Watch
from api.http.problems import PROBLEM_JSON, Problem, answer_errors
from api.web import login
from api.web import sites as site_pages
from api.web.templating import STATIC
from inventory.database import Database
from inventory.settings import Settings

API_VERSION = "1.0.0"
_PROBLEM: dict[str, Any] = {
    "model": Problem,
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {**_PROBLEM, "description": text}
    for code, text in {
        400: "A value cannot be used.",
        401: "No valid token or session.",
        403: "The caller's role does not allow it.",
        404: "Not there, or out of the caller's scope.",
        422: "A parameter does not fit.",
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


def make_application(settings: Settings, database: Database) -> FastAPI:
    """Return the application that serves one installation's pages and API."""
    app = FastAPI(
        title="Préau",
        version=API_VERSION,
        summary="The WiFi of schools, from the cadastre to maintenance.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.installation = Installation(settings, database)
    app.state.figures = metrics.RequestFigures()
    answer_errors(app)
    api = APIRouter(prefix="/api/v1")
    for resource in (sites, devices, findings, jobs):
        api.include_router(resource.router, responses=_PROBLEMS)
    api.include_router(docs.router)
    app.include_router(api)
    for part in (health, metrics, login, site_pages):
        app.include_router(part.router)
    app.mount("/static", _StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Gate)
    app.add_middleware(Watch, figures=app.state.figures, https=settings.secure_cookies)
    return app
