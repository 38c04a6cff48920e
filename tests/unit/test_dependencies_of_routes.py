"""What routes ask for before they run: only what looks into the database may need a thread."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant

from api.http.application import every_route
from api.http.dependencies import who_asks

# Each way to a thread and back costs a request a turn behind all others.
_MAY_BLOCK = {who_asks}


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for each in dependant.dependencies:
        assert each.call is not None
        yield each.call
        yield from _calls(each)


def _needs_no_thread(call: Callable[..., Any]) -> bool:
    asked = call if inspect.isroutine(call) or inspect.isclass(call) else type(call).__call__
    return inspect.iscoroutinefunction(asked) or inspect.isasyncgenfunction(asked)


def test_what_only_computes_needs_no_thread() -> None:
    found = {
        f"{path}: {call!r}"
        for path, route in every_route()
        for call in _calls(route.dependant)
        if call not in _MAY_BLOCK and not inspect.isclass(call) and not _needs_no_thread(call)
    }
    assert not found
