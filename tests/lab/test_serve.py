"""`preau serve`: two real processes, what happens when one dies, and how they end."""

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.patience import PATIENCE_S, wait_until
from tests.seed import seed
from tests.serving import preau, preau_here, serving
from tests.webapp import bearer, person


@pytest.fixture(autouse=True)
def installed(database: Database, vault: Vault) -> None:
    """The commands under test need a database and a key file."""


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.one_database
def test_a_child_that_dies_is_started_again_and_sigterm_ends_both(settings: Settings) -> None:
    with serving(settings) as served:
        before = served.children()
        assert set(before) == {"web", "jobs"}
        for part in ("jobs", "web"):
            os.kill(before[part], signal.SIGKILL)
        wait_until(
            lambda: {"web", "jobs"} == set(served.children()) and served.healthy(),
            "a child is not started again",
        )
        after = served.children()
        assert not set(before.values()) & set(after.values())
        assert "process_died" in served.log.read_text()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(PATIENCE_S) == 0
        assert not any(alive(pid) for pid in after.values())


@pytest.mark.one_database
def test_children_do_not_outlive_a_supervisor_that_is_killed(settings: Settings) -> None:
    with serving(settings) as served:
        children = served.children()
        served.process.kill()
        served.process.wait(PATIENCE_S)
        wait_until(lambda: not any(alive(pid) for pid in children.values()), "a child outlives it")


@pytest.mark.one_database
def test_the_web_process_copies_the_journal_of_sqlite_into_its_file(
    settings: Settings, database: Database
) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL does so itself")
    file = settings.data_dir / "preau.sqlite"
    with serving(settings):
        database.checkpoint()
        before = file.read_bytes()
        seed(database)
        wait_until(lambda: file.read_bytes() != before, "the journal is not copied")


def test_a_job_asked_for_over_the_api_is_run_by_the_other_process(
    settings: Settings, database: Database
) -> None:
    site = seed(database).site_ids[1]
    person(database, "alice")
    headers = bearer(database, "alice")
    with (
        serving(settings) as served,
        httpx.Client(base_url=served.address, headers=headers, timeout=PATIENCE_S) as client,
    ):
        answer = client.post("/api/v1/jobs", json={"kind": "audit", "site_id": site})
        address = answer.headers["location"]
        wait_until(
            lambda: client.get(address).json()["state"] not in {"queued", "running"},
            "the job does not end",
        )
        job = client.get(address).json()
    assert (job["state"], job["error"]) == ("done", None)
    assert job["result"]["audit"]["judged"] == 0


@pytest.mark.one_database
def test_a_port_in_use_is_one_sentence_and_nothing_is_started(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for only in ((), ("--only", "web")):
            ended = preau(settings, "serve", "--port", port, *only)
            assert ended.returncode == 2
            assert ended.stdout == ""
            assert ended.stderr.count("\n") == 1
            assert f"127.0.0.1:{port}: cannot listen there" in ended.stderr


@pytest.mark.one_database
def test_without_a_database_it_says_what_to_run(settings: Settings, tmp_path: Path) -> None:
    nowhere = settings.model_copy(update={"data_dir": tmp_path / "nowhere", "database_url": None})
    ended = preau(nowhere, "serve")
    assert ended.returncode == 2
    assert "preau db upgrade" in ended.stderr
    examined = preau_here(nowhere, "doctor")
    assert examined.returncode == 1
    assert "FAILS  database" in examined.stdout


def test_an_account_is_made_listed_and_given_a_token(settings: Settings) -> None:
    account = ("nadia", "--name", "Nadia", "--role", "adviser", "--scope", "province:Namur")
    made = preau_here(settings, "user", "add", *account, typed="quatre mots bien choisis\n")
    assert (made.returncode, made.stderr) == (0, "")
    assert "nadia  Nadia  adviser (province:Namur)" in preau_here(settings, "user", "list").stdout
    assert preau_here(settings, "user", "token", "nadia").stdout.startswith("preau_")
    unknown = preau_here(settings, "user", "token", "nobody")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert preau_here(settings, "doctor").returncode == 0
