"""How often one token or person may call the JSON API.

Counted in the memory of each process: it keeps a program that runs wild from the others. What
guards passwords is counted in the database (`api.usecases.throttle`).
"""

import math
import threading
import time
from collections.abc import Callable

from inventory.errors import NotAllowed
from inventory.sentences import Sentence

_KEPT = 10_000
PART = "preau.part_of_a_request"
"""True in the scope of what one request asks for inside: it is counted once."""


class TooManyRequests(NotAllowed):
    """A caller asks more often than the settings allow; `wait_s` says when to ask again."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(
            Sentence("Trop de demandes"),
            todo=Sentence("réessayez dans %(seconds)s\u00a0s", seconds=math.ceil(wait_s)),
        )


class RateLimit:
    """A bucket for each caller: `burst` requests at once, refilled by `per_s`."""

    def __init__(
        self, per_s: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_s, self._burst, self._clock = per_s, burst, clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """Count one request; raises TooManyRequests when the caller's bucket is empty."""
        now = self._clock()
        with self._lock:
            left, since = self._buckets.get(caller, (float(self._burst), now))
            left = min(self._burst, left + (now - since) * self._per_s)
            if left < 1:
                raise TooManyRequests((1 - left) / self._per_s)
            self._buckets[caller] = (left - 1, now)
            if len(self._buckets) > _KEPT:
                self._forget(now)

    def _forget(self, now: float) -> None:
        """Forget the callers whose buckets are full again."""
        full_s = self._burst / self._per_s
        self._buckets = {
            caller: (left, since)
            for caller, (left, since) in self._buckets.items()
            if now - since < full_s
        }
