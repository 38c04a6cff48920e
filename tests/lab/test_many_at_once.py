"""More requests at once than there are threads and connections: all of them are answered.

What a client says of its request, and how slowly it sends or reads, lets nobody past or keeps
nobody out.
"""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus

import httpx
import pytest
from sqlalchemy.pool import QueuePool

from api.http.admission import AT_ONCE
from inventory.database import Database
from inventory.settings import Settings
from tests.patience import PATIENCE_S, wait_until
from tests.seed import seed
from tests.uploads import pdf
from tests.webapp import bearer, person, web_client

_AT_ONCE = 300  # the server has 40 threads and as many connections
_SLOW = AT_ONCE + 5
_PLAIN: dict[str, str] = {}
_AS_A_FORM = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture
def token(database: Database) -> dict[str, str]:
    seed(database)
    person(database, "alice")
    return bearer(database, "alice")


@pytest.fixture
def client(settings: Settings, database: Database, token: dict[str, str]) -> Iterator[httpx.Client]:
    with (
        web_client(settings, database) as served,
        httpx.Client(
            base_url=served.base_url,
            headers=token,
            timeout=PATIENCE_S,
            limits=httpx.Limits(max_connections=_AT_ONCE),
        ) as client,
    ):
        yield client


@pytest.mark.parametrize("told", [_PLAIN, _AS_A_FORM], ids=["plain", "multipart"])
def test_none_waits_for_a_connection_that_waits_for_its_thread(
    client: httpx.Client, told: dict[str, str]
) -> None:
    def ask(_number: int) -> int:
        return client.get("/api/v1/sites", headers=told).status_code

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        assert set(pool.map(ask, range(_AT_ONCE))) == {HTTPStatus.OK}


def _begin(stack: ExitStack, client: httpx.Client, head: str) -> socket.socket:
    """Open a connection with a small window, and send the head of a request over it."""
    line = stack.enter_context(socket.socket())
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((client.base_url.host, client.base_url.port))
    line.sendall(f"{head}\r\nHost: x\r\n".encode())
    return line


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/jobs", "application/json"),
        ("/api/v1/jobs", "multipart/form-data; boundary=x"),
        ("/api/v1/uploads", "multipart/form-data; boundary=x"),
    ],
)
def test_who_sends_a_body_slowly_keeps_nobody_out(
    client: httpx.Client, database: Database, path: str, kind: str
) -> None:
    body = json.dumps({"kind": "audit", "site_id": 1}).encode()
    with ExitStack() as stack:
        for _ in range(_SLOW):
            line = _begin(stack, client, f"POST {path} HTTP/1.1")
            told = f"Authorization: {client.headers['authorization']}\r\nContent-Type: {kind}\r\n"
            line.sendall(f"{told}Content-Length: {len(body)}\r\n\r\n".encode())
        for _ in range(3):
            assert client.get("/api/v1/sites").status_code == HTTPStatus.OK
        wait_until(lambda: _held(database) == 0)


@pytest.mark.one_database
def test_who_reads_an_answer_slowly_keeps_nobody_out(
    client: httpx.Client, database: Database
) -> None:
    large = pdf("% " + "x" * 4_000_000 + "\n")  # more than the buffers between the two hold
    handed_in = client.post(
        "/api/v1/uploads", data={"kind": "document"}, files={"file": ("plan.pdf", large)}
    )
    assert handed_in.status_code == HTTPStatus.CREATED, handed_in.text
    where = f"{handed_in.headers['location']}/content"
    with ExitStack() as stack:
        for _ in range(_SLOW):
            line = _begin(stack, client, f"GET {where} HTTP/1.1")
            line.sendall(f"Authorization: {client.headers['authorization']}\r\n\r\n".encode())
            assert line.recv(1)
        assert client.get("/api/v1/sites").status_code == HTTPStatus.OK
        wait_until(lambda: _held(database) == 0)


def _held(database: Database) -> int:
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()
