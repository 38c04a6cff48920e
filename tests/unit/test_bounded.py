"""Fan-out within limits: so many of a group at once, and no group keeps the others waiting."""

import threading
from collections import Counter

from collectors.bounded import Limit, fan_out_within
from inventory.errors import Unreachable


class Seen:
    """Counts what runs at once, by group and in all."""

    def __init__(self, together: int) -> None:
        self._lock = threading.Lock()
        self._now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.full = threading.Barrier(together)

    def work(self, item: tuple[str, int]) -> str:
        with self._lock:
            for name in (item[0], "all"):
                self._now[name] += 1
                self.most[name] = max(self.most[name], self._now[name])
        if item[1] == 0:
            self.full.wait(30)  # the first of each group meet: all groups run at the same time
        with self._lock:
            self._now.subtract((item[0], "all"))
        return f"{item[0]}{item[1]}"


def test_a_large_group_neither_exceeds_its_limit_nor_keeps_the_others_from_running() -> None:
    seen = Seen(together=4)
    items = [(group, n) for group in "abcd" for n in range(40 if group == "a" else 3)]
    outcomes = fan_out_within(
        seen.work, items, max_workers=6, limits=lambda item: (Limit(item[0], 2),)
    )
    assert [each.unwrap() for each in outcomes] == [f"{group}{n}" for group, n in items]
    assert max(seen.most[group] for group in "abcd") <= 2
    assert 4 <= seen.most["all"] <= 6


def test_an_item_under_two_limits_waits_for_both() -> None:
    seen = Seen(together=1)
    items = [("a", n) for n in range(1, 30)]
    fan_out_within(
        seen.work, items, max_workers=8, limits=lambda _: (Limit("site", 5), Limit("jump", 1))
    )
    assert seen.most["a"] == 1


def test_a_failure_is_the_outcome_of_its_item_and_frees_its_place() -> None:
    def work(item: int) -> int:
        if item % 2:
            raise Unreachable("no answer")
        return item

    told: list[object] = []
    outcomes = fan_out_within(
        work,
        range(10),
        max_workers=4,
        limits=lambda _: (Limit("one at a time", 1),),
        on_done=told.append,
    )
    assert [each.value for each in outcomes] == [n if n % 2 == 0 else None for n in range(10)]
    assert all(isinstance(each.error, Unreachable) for each in outcomes[1::2])
    assert len(told) == 10
    assert fan_out_within(work, [], max_workers=4, limits=lambda _: ()) == []
