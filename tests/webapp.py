"""The web application behind a real socket, with people who may do different things.

No request that any test makes may hold more database connections than `api.http.admission` counts.
"""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import select
from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.admission import MOST_HELD
from api.http.application import make_routes, serve_installation
from api.http.serving import answer_at_once
from api.usecases.tokens import new_token
from inventory.database import Database
from inventory.models import Grant, GrantScope, User, UserRole
from inventory.settings import Settings
from tests.passwords import PASSWORD, cheap_hash
from tests.patience import PATIENCE_S


@contextmanager
def web_client(settings: Settings, database: Database) -> Iterator[httpx.Client]:
    """Yield a client, which follows no redirect, of a server of its own."""
    application = _application(settings, database)
    with (
        socket.socket() as listening,
        _watched_connections(application, database) as holding_too_many,
    ):
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        answer_at_once(listening)
        config = uvicorn.Config(application, log_config=None, lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
        assert not holding_too_many, "more connections at once than two (api.http.admission)"


def _application(settings: Settings, database: Database) -> FastAPI:
    """Return the application of one installation; all of this process share its routes.

    FastAPI looks at the parameters of every route when it is made and when it is first asked:
    half a second of each test that asks for a page.
    """
    application = copy(_routes())
    application.state = State()
    application.user_middleware = []
    return serve_installation(application, settings, database)


@dataclass
class _Held:
    """The database connections that one request holds."""

    asked: str
    now: int = 0


_holder: ContextVar[_Held | None] = ContextVar("holder", default=None)


class _Holding:
    """Notes for which request a connection is taken, also in the threads that work for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = _holder.set(_Held(f"{scope.get('method')} {scope.get('path')}"))
        try:
            await self._app(scope, receive, send)
        finally:
            _holder.reset(before)


@contextmanager
def _watched_connections(application: FastAPI, database: Database) -> Iterator[list[str]]:
    """Yield a list to which requests are added that hold more than `MOST_HELD` connections."""
    wrong: list[str] = []

    def taken(_driver: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        held = record.info["held"] = _holder.get()
        if held is not None:
            held.now += 1
            if held.now > MOST_HELD:
                wrong.append(held.asked)

    def given_back(_driver: object, record: ConnectionPoolEntry) -> None:
        held = record.info.pop("held", None)
        if held is not None:
            held.now -= 1

    event.listen(database.engine, "checkout", taken)
    event.listen(database.engine, "checkin", given_back)
    application.add_middleware(_Holding)
    try:
        yield wrong
    finally:
        event.remove(database.engine, "checkout", taken)
        event.remove(database.engine, "checkin", given_back)


@cache
def _routes() -> FastAPI:
    return make_routes()


def person(
    database: Database,
    login: str,
    role: UserRole = UserRole.NETWORK_ENGINEER,
    scope: GrantScope = GrantScope.ALL,
    scope_key: str = "",
) -> None:
    """Make an account with the one password of these tests."""
    with database.write("test") as session:
        user = User(login=login, display_name=login.title(), password_hash=cheap_hash())
        session.add(user)
        session.flush()
        assert user.id is not None
        session.add(Grant(user_id=user.id, role=role, scope=scope, scope_key=scope_key))


def also(database: Database, login: str, *roles: UserRole) -> None:
    """Grant somebody more roles, everywhere."""
    with database.write("test") as session:
        user = session.exec(select(User).where(User.login == login)).one()
        session.add_all(
            Grant(user_id=user.id or 0, role=role, scope=GrantScope.ALL) for role in roles
        )


def bearer(database: Database, login: str) -> dict[str, str]:
    """Return the header that carries a new token of `login`."""
    with database.write("test") as session:
        token = new_token(session, login, name="test", days=1)
    return {"Authorization": f"Bearer {token}"}


def hidden_field(page: str, name: str = "csrf") -> str:
    """Return the value of a hidden field of a page."""
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def log_in(client: httpx.Client, login: str, password: str = PASSWORD, suite: str = "/") -> int:
    """Fill in the login form and return the status of the answer."""
    form = client.get("/connexion", params={"suite": suite})
    answer = client.post(
        "/connexion",
        data={
            "csrf": hidden_field(form.text),
            "identifiant": login,
            "mot_de_passe": password,
            "suite": suite,
        },
    )
    return answer.status_code


def shared_settings(request: pytest.FixtureRequest, kind: str, folder: Path) -> Settings:
    """Return the settings of an empty installation at the newest schema that many tests share."""
    if kind == "postgresql":
        server = request.getfixturevalue("postgres_server")
        return Settings(data_dir=folder, database_url=server.new_database(migrated=True))
    shutil.copy2(request.getfixturevalue("migrated_sqlite"), folder / "preau.sqlite")
    return Settings(data_dir=folder, database_url=None)
