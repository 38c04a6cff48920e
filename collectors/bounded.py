"""Fan-out within limits: so many at once in all, and so many of each group (a site, a jump host).

A thread that waited for its group's turn would keep the others from theirs, so nothing is started
before it may run.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from collectors.outcome import Outcome, outcome_of

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` items that share `name` run at once."""

    name: str
    most: int


def fan_out_within(
    work: Callable[[Key], Value],
    items: Iterable[Key],
    *,
    max_workers: int,
    limits: Callable[[Key], tuple[Limit, ...]],
    on_done: Callable[[Outcome[Key, Value]], None] | None = None,
) -> list[Outcome[Key, Value]]:
    """Return one outcome for each item, in the order of the items.

    As `collectors.outcome.fan_out`, with no more than `max_workers` at once and no more of a group
    than each of an item's `limits` says.
    """
    listed = list(items)
    waiting = _Waiting[Key](listed, limits)
    outcomes: dict[int, Outcome[Key, Value]] = {}
    running: dict[Future[Outcome[Key, Value]], int] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(max_workers, len(listed) or 1))) as pool:
        while True:
            while len(running) < max_workers and (place := waiting.take()) is not None:
                running[pool.submit(outcome_of, work, listed[place])] = place
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                place = running.pop(future)
                waiting.give_back(place)
                outcomes[place] = future.result()
                if on_done is not None:
                    on_done(outcomes[place])
    return [outcomes[place] for place in range(len(listed))]


class _Waiting(Generic[Key]):
    """What has not begun yet, by the limits it is under."""

    def __init__(self, items: list[Key], limits: Callable[[Key], tuple[Limit, ...]]) -> None:
        self._limits = [limits(item) for item in items]
        self._queues: dict[tuple[Limit, ...], deque[int]] = {}
        for place, under in enumerate(self._limits):
            self._queues.setdefault(under, deque()).append(place)
        self._running: Counter[str] = Counter()

    def take(self) -> int | None:
        """Return the place of the next item that may run now, None when none may."""
        for under, queue in self._queues.items():
            if all(self._running[limit.name] < max(1, limit.most) for limit in under):
                place = queue.popleft()
                del self._queues[under]
                if queue:  # to the end, so that the groups take turns
                    self._queues[under] = queue
                self._running.update(limit.name for limit in under)
                return place
        return None

    def give_back(self, place: int) -> None:
        """Say that an item ended."""
        self._running.subtract(limit.name for limit in self._limits[place])
