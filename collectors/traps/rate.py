"""How much of each source is looked at: token buckets, judged by the source's address alone.

A core switch that restarts tells of all its ports at once, a controller of all its access points:
that burst passes. A storm does not, and takes nothing from the other sources. What no source is
known for shares one bucket, so that forged addresses share it too.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_s: float


class SourceLimits:
    """One bucket for each source, the least recently heard forgotten beyond `sources`.

    `per_second` notifications of a source pass for ever, and `burst` of them at once.
    """

    def __init__(self, *, per_second: float, burst: int, sources: int = 50_000) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._sources = sources
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def admits(self, source: Hashable, now_s: float) -> bool:
        """Tell whether one more of `source` passes at `now_s`, a monotonic time."""
        bucket = self._buckets.get(source)
        if bucket is None:
            if len(self._buckets) >= self._sources:
                self._buckets.popitem(last=False)
            self._buckets[source] = _Bucket(self._burst - 1.0, now_s)
            return True
        self._buckets.move_to_end(source)
        tokens = bucket.tokens + (now_s - bucket.filled_s) * self._per_second
        bucket.filled_s = now_s
        if tokens < 1.0:
            bucket.tokens = tokens
            return False
        bucket.tokens = min(tokens, self._burst) - 1.0
        return True

    def __len__(self) -> int:
        return len(self._buckets)
