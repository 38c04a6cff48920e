"""Fan-out: one typed outcome for each item; failure is data, and one bad device stops nobody."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from inventory import clock
from inventory.errors import DeviceError

Key = TypeVar("Key")
Value = TypeVar("Value")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Key, Value]):
    """What came of one item: a value or an error, never both. `at` is when it ended.

    `rtt_s` is the shortest time between a request and its answer, where it was measured.
    """

    key: Key
    value: Value | None
    error: DeviceError | None
    duration_s: float
    rtt_s: float | None = None
    at: datetime = field(default_factory=clock.now)

    def unwrap(self) -> Value:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        assert self.value is not None
        return self.value


def fan_out(
    work: Callable[[Key], Value],
    items: Iterable[Key],
    *,
    max_workers: int,
    on_done: Callable[[Outcome[Key, Value]], None] | None = None,
) -> list[Outcome[Key, Value]]:
    """Return one outcome for each item, in the order of the items.

    `work` runs in a bounded pool of threads. A DeviceError becomes the item's outcome; any other
    exception is a defect of ours, is logged with its trace, and becomes that item's outcome too.
    `on_done` is called in the caller's thread as each one ends.
    """
    listed = list(items)
    outcomes: dict[int, Outcome[Key, Value]] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(max_workers, len(listed) or 1))) as pool:
        futures = {pool.submit(outcome_of, work, item): place for place, item in enumerate(listed)}
        for future in as_completed(futures):
            outcome = future.result()
            outcomes[futures[future]] = outcome
            if on_done is not None:
                on_done(outcome)
    return [outcomes[place] for place in range(len(listed))]


def as_device_error(failure: Exception) -> DeviceError:
    """Return a DeviceError as it is; any other exception is our defect: logged, and made one."""
    if isinstance(failure, DeviceError):
        return failure
    log.error("device_work_failed", error=type(failure).__name__, exc_info=failure)
    return DeviceError(f"the product failed on it: {type(failure).__name__}: {failure}")


def outcome_of(work: Callable[[Key], Value], item: Key) -> Outcome[Key, Value]:
    """Return what came of one item, with the time that it took; nothing is raised."""
    started = time.monotonic()
    value: Value | None = None
    error: DeviceError | None = None
    try:
        value = work(item)
    except Exception as failure:
        error = as_device_error(failure)
    return Outcome(item, value, error, time.monotonic() - started)
