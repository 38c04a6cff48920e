from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlmodel import select

from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict
from inventory.leases import lease, leases
from inventory.models import Lease


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = clock.now()

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Iterator[Time]:
    moved = Time()
    clock.set_source(lambda: moved.now)
    yield moved
    clock.set_source(None)


def _held(database: Database) -> list[str]:
    with database.read() as session:
        return [row.holder for row in session.exec(select(Lease)).all()]


def test_a_second_holder_is_told_who_has_it_and_why(database: Database) -> None:
    with (
        lease(database, "device:1", holder="alice", purpose="push 7", ttl_s=60),
        pytest.raises(Conflict, match="held by alice for push 7 until"),
        lease(database, "device:1", holder="bob", purpose="poll", ttl_s=60),
    ):
        pass


def test_it_is_given_back_also_when_the_work_raises(database: Database) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        lease(database, "device:1", holder="alice", purpose="push", ttl_s=60),
    ):
        1 / 0  # noqa: B018
    assert _held(database) == []


def test_a_dead_holder_blocks_no_longer_than_its_time(database: Database, time: Time) -> None:
    with lease(database, "device:1", holder="dead", purpose="push", ttl_s=60):
        time.move(61)
        with lease(database, "device:1", holder="next", purpose="push", ttl_s=60):
            assert _held(database) == ["next"]


def test_who_lost_it_does_not_give_back_what_is_now_another_s(
    database: Database, time: Time
) -> None:
    outer = lease(database, "device:1", holder="slow", purpose="push", ttl_s=60)
    outer.__enter__()
    time.move(61)
    with lease(database, "device:1", holder="next", purpose="push", ttl_s=60):
        outer.__exit__(None, None, None)
        assert _held(database) == ["next"]


def test_a_renewed_lease_holds_and_a_lost_one_says_so(database: Database, time: Time) -> None:
    with lease(database, "device:1", holder="slow", purpose="push", ttl_s=60) as held:
        time.move(50)
        held.renew(60)
        time.move(50)
        with (
            pytest.raises(Conflict, match="held by slow"),
            lease(database, "device:1", holder="next", purpose="push", ttl_s=60),
        ):
            pass
        time.move(20)
        with (
            lease(database, "device:1", holder="next", purpose="push", ttl_s=60),
            pytest.raises(Conflict, match="another took it"),
        ):
            held.renew(60)


def test_of_many_the_free_ones_are_held_and_the_busy_ones_left_out(database: Database) -> None:
    with (
        lease(database, "device:2", holder="alice", purpose="push", ttl_s=60),
        leases(
            database,
            ["device:1", "device:2", "device:3"],
            holder="poll",
            purpose="poll",
            ttl_s=60,
        ) as held,
    ):
        assert sorted(held) == ["device:1", "device:3"]
    assert _held(database) == []


def test_of_many_askers_at_once_one_has_it(database: Database) -> None:
    with ExitStack() as all_held, ThreadPoolExecutor(8) as pool:

        def ask(number: int) -> bool:
            mine = lease(database, "device:1", holder=f"h{number}", purpose="push", ttl_s=60)
            try:
                all_held.enter_context(mine)
            except Conflict:
                return False
            return True

        assert list(pool.map(ask, range(8))).count(True) == 1
