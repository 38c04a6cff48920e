"""How long work tells what it does: a step in words, how much of it is done, and of how much."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called as (step, done, total) in the caller's thread."""


def quiet(_step: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class Counter:
    """Tells one step's progress, one by one."""

    def __init__(self, tell: Progress, step: str, total: int) -> None:
        self._tell, self._step, self._total = tell, step, total
        self._done = 0
        tell(step, 0, total)

    def one_more(self, _: object = None) -> None:
        """Count one."""
        self._done += 1
        self._tell(self._step, self._done, self._total)
