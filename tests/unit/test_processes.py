"""Whether a process still lives, and the leases of those that do not."""

import os
import subprocess
import sys

from inventory.database import Database
from inventory.leases import holder_of, lease
from inventory.models import Lease
from inventory.processes import is_gone, this_process


def _mark_of_a_process_that_ended() -> str:
    told = subprocess.run(
        [sys.executable, "-c", "from inventory.processes import *; print(this_process())"],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def test_a_process_is_gone_once_it_ended_and_not_before() -> None:
    assert not is_gone(this_process())
    assert is_gone(_mark_of_a_process_that_ended())


def test_a_number_that_another_process_was_given_is_not_the_first_process() -> None:
    host, boot, space, pid, _ = this_process().split("|")
    assert int(pid) == os.getpid()
    assert is_gone("|".join((host, boot, space, pid, "1")))


def test_nothing_is_claimed_of_processes_elsewhere_or_of_words_that_are_no_mark() -> None:
    host, boot, space, _, began = this_process().split("|")
    assert not is_gone("|".join(("elsewhere", boot, space, "999999", began)))
    assert not is_gone("|".join((host, boot, "pid:[1]", "999999", began)))
    assert is_gone("|".join((host, "an earlier boot", space, "999999", began)))
    assert not is_gone(None)
    assert not is_gone("nonsense")


def test_a_lease_of_a_process_that_died_is_free_at_once(database: Database) -> None:
    with lease(database, "device:1", holder="killed", purpose="push", ttl_s=600):
        with database.write("test") as session:
            session.get_one(Lease, "device:1").process = _mark_of_a_process_that_ended()
        with database.read() as session:
            assert holder_of(session, "device:1") is None
        with lease(database, "device:1", holder="next", purpose="push", ttl_s=600) as held:
            assert held.holder == "next"
            with database.read() as session:
                assert holder_of(session, "device:1") == "next"


def test_what_is_loaded_is_looked_at_no_more_by_the_collector_of_garbage() -> None:
    program = """
import gc
from inventory.processes import settle
settle()
kept = gc.get_freeze_count()
more = [[] for _ in range(1000)]
settle()
print(kept > 1000, gc.get_freeze_count() == kept)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True"]
