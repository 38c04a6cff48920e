"""The web application behind a real socket, with people who may do different things."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from api.http.application import make_application
from api.usecases.access import add_user, new_token
from inventory.database import Database
from inventory.models import GrantScope, UserRole
from inventory.settings import Settings

PASSWORD = "quatre mots faciles à retenir"


@contextmanager
def web_client(settings: Settings, database: Database) -> Iterator[httpx.Client]:
    """Yield a client, which follows no redirect, of a server of its own."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        application = make_application(settings, database)
        config = uvicorn.Config(application, log_config=None, lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            with httpx.Client(base_url=address, timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def person(
    database: Database,
    login: str,
    role: UserRole = UserRole.NETWORK_ENGINEER,
    scope: GrantScope = GrantScope.ALL,
    scope_key: str = "",
) -> None:
    """Make an account with the one password of these tests."""
    with database.write("test") as session:
        add_user(
            session,
            login,
            display_name=login.title(),
            password=PASSWORD,
            role=role,
            scope=scope,
            scope_key=scope_key,
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
