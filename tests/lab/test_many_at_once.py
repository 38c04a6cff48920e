"""More requests at once than there are threads and connections: all of them are answered."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from inventory.database import Database
from inventory.settings import Settings
from tests.seed import seed
from tests.webapp import bearer, person, web_client

_AT_ONCE = 300  # the server has 40 threads and as many connections


def test_none_waits_for_a_connection_that_waits_for_its_thread(
    settings: Settings, database: Database
) -> None:
    seed(database)
    person(database, "alice")
    token = bearer(database, "alice")
    with web_client(settings, database) as client, ThreadPoolExecutor(_AT_ONCE) as pool:

        def ask(_number: int) -> int:
            return client.get("/api/v1/sites", headers=token).status_code

        assert set(pool.map(ask, range(_AT_ONCE))) == {HTTPStatus.OK}
