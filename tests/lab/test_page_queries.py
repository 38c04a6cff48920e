"""No page asks the database once for each of many things."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import event

from api.http.application import API_PREFIX, every_route
from inventory.database import Database, open_database
from inventory.models import UserRole
from tests.furnished import Furnished
from tests.routes import QUERIES, VALUES
from tests.webapp import also, log_in, person, web_client

PAGES = [
    path
    for path, route in every_route()
    if "GET" in (route.methods or ())
    and not path.startswith(API_PREFIX)
    # Its stream ends with the plan that it follows.
    and not path.endswith("/suivi")
]
MANY = 10
FEW = 2
"""A page may ask the same of two things, as of the two plans that it compares."""


@contextmanager
def asked(database: Database) -> Iterator[dict[str, set[str]]]:
    """Yield the statements that are run meanwhile, each with the values it was run with."""
    found: dict[str, set[str]] = defaultdict(set)

    def note(*call: object) -> None:
        found[str(call[2])].add(repr(call[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_no_page_asks_the_database_once_for_each_of_many_things(
    furnished: Furnished, tmp_path: Path
) -> None:
    settings, _ = furnished(tmp_path / "data")
    database = open_database(settings)
    # Of all else that a page lists the furnished installation has three or more.
    for number in range(MANY):
        person(database, f"poseur{number}", UserRole.INSTALLER)
    person(database, "everyone", UserRole.NETWORK_ENGINEER)
    also(database, "everyone", *(set(UserRole) - {UserRole.NETWORK_ENGINEER}))
    wrong, shown = [], 0
    with web_client(settings, database) as client:
        log_in(client, "everyone")
        for path in PAGES:
            address = re.sub(r"\{(\w+)(:\w+)?\}", lambda name: VALUES[name[1]], path)
            with asked(database) as statements:
                answer = client.get(address, params=QUERIES.get(path))
            shown += answer.status_code == HTTPStatus.OK
            wrong += [
                f"{path}: {len(values)} times {statement}"
                for statement, values in statements.items()
                if len(values) > FEW
            ]
    database.close()
    assert wrong == [], "\n".join(wrong)
    assert shown > len(PAGES) // 2, "most pages were not shown"
