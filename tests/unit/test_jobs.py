from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from api.jobs import functions, queue
from api.jobs.functions import JobContext, JobFunction
from api.jobs.schedule import make_schedule, tick
from api.jobs.worker import JobsWorker
from inventory import clock
from inventory.database import Database
from inventory.errors import Misconfigured, Unreachable
from inventory.leases import lease
from inventory.models import Job, JobState, Worker
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.seed import seed

KINDS = ("audit", "poll", "count", "once")


def ask(database: Database, kind: str, **arguments: Any) -> int:
    with database.write("user:alice") as session:
        job = queue.enqueue(session, kind, arguments, "user:alice")
        assert job.id is not None
        return job.id


def jobs(database: Database) -> list[Job]:
    with database.read() as session:
        return list(session.exec(select(Job).order_by(col(Job.id))))


@pytest.fixture
def kinds() -> Iterator[list[dict[str, Any]]]:
    """Two kinds of job of the test's own; yields the arguments that were run."""
    ran: list[dict[str, Any]] = []

    def count(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
        here.tell("devices read", 1, 2)
        ran.append(arguments)
        if arguments.get("fail"):
            raise Unreachable("no answer", where="127.0.0.1:161")
        return {"ran": len(ran), "by": here.actor}

    functions.FUNCTIONS["count"] = JobFunction("count", repeatable=True, run=count)
    functions.FUNCTIONS["once"] = JobFunction("once", repeatable=False, run=count)
    yield ran
    del functions.FUNCTIONS["count"], functions.FUNCTIONS["once"]


def test_the_same_work_waits_once_and_other_work_beside_it(database: Database) -> None:
    site = seed(database).site_ids[0]
    first = ask(database, "audit")
    assert ask(database, "audit") == first
    assert ask(database, "audit", site_id=site) != first
    assert ask(database, "poll") != first
    queue.claim(database, "w1", KINDS)
    assert ask(database, "audit") != first


def test_asking_at_once_from_many_sides_queues_one_job(database: Database) -> None:
    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(lambda _: ask(database, "audit"), range(12)))
    assert len(ids) == 1
    assert len(jobs(database)) == 1


def test_every_job_is_claimed_by_one_worker_only(database: Database) -> None:
    with database.write("test") as session:
        wanted = {queue.enqueue(session, f"kind{n}", {}, "test").id for n in range(20)}
    kinds = [f"kind{n}" for n in range(20)]

    def claim_all(worker: str) -> list[int]:
        taken = []
        while (claim := queue.claim(database, worker, kinds)) is not None:
            taken.append(claim.job_id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [job_id for ids in pool.map(claim_all, ["a", "b", "c", "d"]) for job_id in ids]
    assert sorted(taken) == sorted(job_id for job_id in wanted if job_id)


def test_a_worker_records_the_result_and_the_error_in_one_sentence(
    settings: Settings, database: Database, vault: Vault, kinds: list[dict[str, Any]]
) -> None:
    site = seed(database).site_ids[0]
    ask(database, "count")
    ask(database, "count", site_id=site, fail=True)
    worker = JobsWorker(settings, database, vault)
    assert worker.run_one()
    assert worker.run_one()
    assert not worker.run_one()
    done, failed = jobs(database)
    assert done.state is JobState.DONE
    assert done.result == {"ran": 1, "by": "user:alice"}
    assert failed.state is JobState.FAILED
    assert failed.error == "127.0.0.1:161: no answer"
    assert len(kinds) == 2


def test_a_defect_in_a_job_fails_that_job_and_not_the_worker(
    settings: Settings, database: Database, vault: Vault, kinds: list[dict[str, Any]]
) -> None:
    def defect(_here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError("community=hunter2")

    functions.FUNCTIONS["count"] = JobFunction("count", repeatable=True, run=defect)
    ask(database, "count")
    assert JobsWorker(settings, database, vault).run_one()
    (job,) = jobs(database)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert "ZeroDivisionError" in job.error
    assert "hunter2" not in job.error


def silence(database: Database, job_id: int) -> None:
    with database.write("test") as session:
        job = session.get_one(Job, job_id)
        job.heartbeat_at = clock.now() - queue.DEAD_AFTER - timedelta(seconds=1)


def test_a_job_whose_worker_died_is_queued_again_but_not_for_ever(database: Database) -> None:
    job_id = ask(database, "count")
    for _ in range(queue.MAX_ATTEMPTS):
        claim = queue.claim(database, "dead", KINDS)
        assert claim is not None
        silence(database, job_id)
        assert queue.recover(database, "alive", ["count"]) == 1
    (job,) = jobs(database)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert "2 times" in job.error


def test_a_job_that_may_not_be_repeated_fails_when_its_worker_dies(database: Database) -> None:
    job_id = ask(database, "once")
    queue.claim(database, "dead", KINDS)
    silence(database, job_id)
    queue.recover(database, "alive", ["count"])
    assert jobs(database)[0].state is JobState.FAILED


def test_a_running_job_whose_worker_lives_is_left_alone(database: Database) -> None:
    ask(database, "count")
    queue.claim(database, "w1", KINDS)
    queue.beat(database, "w1")
    assert queue.recover(database, "w2", ["count"]) == 0
    assert jobs(database)[0].state is JobState.RUNNING


def test_what_a_worker_says_after_its_job_went_to_another_is_not_kept(database: Database) -> None:
    job_id = ask(database, "count")
    queue.claim(database, "slow", KINDS)
    silence(database, job_id)
    queue.recover(database, "other", ["count"])
    queue.claim(database, "other", KINDS)
    queue.finish(database, "slow", job_id, result={"by": "slow"})
    (job,) = jobs(database)
    assert job.state is JobState.RUNNING
    assert job.worker == "other"


def test_a_worker_that_leaves_gives_its_job_back(database: Database) -> None:
    ask(database, "count")
    queue.claim(database, "w1", KINDS)
    queue.beat(database, "w1")
    queue.leave(database, "w1", ["count"])
    (job,) = jobs(database)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    with database.read() as session:
        assert session.exec(select(Worker)).all() == []


def test_the_clock_queues_no_second_job_while_one_waits_or_runs(database: Database) -> None:
    tick(database, "poll")
    tick(database, "poll")
    queue.claim(database, "w1", KINDS)
    tick(database, "poll")
    assert len(jobs(database)) == 1
    assert jobs(database)[0].requested_by == "schedule"


def test_the_audit_is_scheduled_in_brussels_time_and_a_bad_line_is_told(
    settings: Settings, database: Database
) -> None:
    schedule = make_schedule(settings, database)
    triggers = {job.id: str(job.trigger) for job in schedule.get_jobs()}
    assert "hour='2', minute='30'" in triggers["audit"]
    assert "0:15:00" in triggers["poll"]
    assert "0:05:00" in triggers["health"]
    with pytest.raises(Misconfigured, match="audit_cron"):
        make_schedule(settings.model_copy(update={"audit_cron": "every night"}), database)


def test_an_audit_that_meets_another_waits_for_it(
    settings: Settings, database: Database, vault: Vault
) -> None:
    seed(database)
    worker = JobsWorker(settings, database, vault)
    job_id = ask(database, "audit")
    with (
        ThreadPoolExecutor(1) as slot,
        lease(database, "audit", holder="schedule", purpose="audit", ttl_s=60),
    ):
        ran = slot.submit(worker.run_one)
        # It reads the devices first; the audit itself is another's until the block ends.
        assert not wait([ran], timeout=0.5).done
    assert ran.result()
    (job,) = jobs(database)
    assert (job.id, job.state, job.error) == (job_id, JobState.DONE, None)
