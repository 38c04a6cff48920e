"""How long tests wait: on what lasts, as long as a busy machine may need.

A quiet machine waits for nothing: a limit says when something is taken for broken, not how fast it
should be. Two cores that run four test processes, each with three of the product's, need a minute
for what takes two seconds alone; what never comes is told late, and that is all it costs.
"""

import time
from collections.abc import Callable

PATIENCE_S = 120.0
_LOOK_AGAIN_S = 0.05


def wait_until(reached: Callable[[], bool], what: str = "the condition") -> None:
    """Return once `reached` says so; fails, naming `what`, when it does not come true."""
    until_s = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < until_s, f"not reached: {what}"
        time.sleep(_LOOK_AGAIN_S)
