"""Idempotency-Key: every write that makes or moves something is done once, whatever breaks."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, func, select

from api.http.application import make_routes
from api.usecases.idempotency import KEPT_FOR, BegunWrite, StoredAnswer, begin
from api.usecases.retention import run_retention
from inventory import origin
from inventory.database import Database
from inventory.errors import Conflict
from inventory.models import IdempotencyKey, Job, Site, Upload, User, UserRole
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.uploads import photo
from tests.webapp import bearer, person, web_client


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "ines")
    person(database, "paul", UserRole.PROGRAMME_MANAGER)
    with web_client(settings, database) as client:
        yield client


def user_id(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(User.id).where(User.login == "ines")).one() or 0


def begun(database: Database, key: str = "k") -> BegunWrite:
    write = begin(database, user_id(database), key, "digest")
    assert isinstance(write, BegunWrite)
    return write


def earlier(database: Database, by: timedelta) -> None:
    """Let whatever was begun have been begun so long ago."""
    with database.write("test") as session:
        row = session.exec(select(IdempotencyKey)).one()
        row.started_at -= by
        row.expires_at -= by


def renamed(database: Database, write: BegunWrite, name: str) -> None:
    """Write something as the request of a key does."""
    with origin.coming_from(None) as coming:
        coming.mark = write.mark
        with database.write("test") as session:
            session.exec(select(Site)).first().name = name  # type: ignore[union-attr]


def names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(Site.name).order_by(col(Site.id))))


def test_every_write_that_makes_or_moves_something_takes_a_key() -> None:
    without = [
        f"{method} {path}"
        for path, methods in make_routes().openapi()["paths"].items()
        for method, operation in methods.items()
        if method in ("post", "patch")
        and "idempotency-key" not in [each["name"] for each in operation.get("parameters", ())]
    ]
    assert without == []


def test_a_file_that_is_sent_again_is_kept_once(client: httpx.Client, database: Database) -> None:
    headers = {**bearer(database, "ines"), "Idempotency-Key": "photo-1"}
    files = {"file": ("a.jpg", photo())}
    first, again = (
        client.post("/api/v1/uploads", data={"kind": "photo"}, files=files, headers=headers)
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert (again.json(), again.headers["location"]) == (first.json(), first.headers["location"])
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotent-replayed"] == "true"
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Upload)).one() == 1


def test_a_job_and_an_edit_that_are_sent_again_are_done_once(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    ines = bearer(database, "ines")
    wanted = {"kind": "poll", "site_id": seeded.site_ids[0]}
    keyed = {**ines, "Idempotency-Key": "job-1"}
    first, again = (client.post("/api/v1/jobs", json=wanted, headers=keyed) for _ in range(2))
    assert (first.status_code, again.json()) == (202, first.json()), first.text
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Job)).one() == 1
    path = f"/api/v1/devices/{seeded.device_ids[0]}"
    tag = client.get(path, headers=ines).headers["etag"]
    keyed = {**ines, "Idempotency-Key": "edit-1", "If-Match": tag}
    edit = {"tags": ["rentrée"]}
    first, again = (client.patch(path, json=edit, headers=keyed) for _ in range(2))
    # Without the key, the second would be about a state that is no more.
    assert (first.status_code, again.status_code) == (200, 200), again.text
    assert again.headers["idempotent-replayed"] == "true"


def test_a_write_that_was_refused_before_it_wrote_may_be_sent_again(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    path = f"/api/v1/sites/{seeded.site_ids[1]}/dossier/transitions"
    headers = {**bearer(database, "paul"), "If-Match": "*", "Idempotency-Key": "k1"}
    assert client.post(path, json={"to": "on_hold"}, headers=headers).status_code == 409
    with database.read() as session:
        assert session.exec(select(IdempotencyKey)).all() == []


def test_a_key_is_in_use_until_it_is_answered_or_given_up(
    settings: Settings, database: Database, client: httpx.Client
) -> None:
    write = begun(database)
    with pytest.raises(Conflict, match="est encore en cours"):
        begin(database, user_id(database), "k", "digest")
    earlier(database, timedelta(minutes=3))
    again = begun(database)  # who began it was killed before it wrote
    renamed(database, again, "École A")
    again.end(StoredAnswer(201, "{}"))
    assert begin(database, user_id(database), "k", "digest") == StoredAnswer(201, "{}")
    write.end(None)  # the one that was given up keeps and forgets nothing
    assert begin(database, user_id(database), "k", "digest") == StoredAnswer(201, "{}")
    earlier(database, KEPT_FOR)
    run_retention(database, settings, actor="test")
    with database.read() as session:
        assert session.exec(select(IdempotencyKey)).all() == []


def test_who_was_given_up_cannot_write_any_more(database: Database, client: httpx.Client) -> None:
    slow = begun(database)
    earlier(database, timedelta(minutes=3))
    begun(database)
    before = names(database)
    with pytest.raises(Conflict, match="est encore en cours"):
        renamed(database, slow, "École B")
    assert names(database) == before


def test_what_was_written_and_not_answered_is_never_done_again(
    database: Database, client: httpx.Client
) -> None:
    renamed(database, begun(database), "École C")  # and the process is killed
    with pytest.raises(Conflict, match="est encore en cours"):
        begin(database, user_id(database), "k", "digest")
    earlier(database, timedelta(minutes=3))
    with pytest.raises(Conflict, match="sa réponse s’est perdue"):
        begin(database, user_id(database), "k", "digest")
