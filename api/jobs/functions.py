"""What each kind of job does: one function that calls one use case.

Adding a kind is adding a decorated function here. Heavy imports stay inside the functions: the web
process reads this module only to know the kinds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job function is given. `say` notes the progress, in a few French words."""

    settings: Settings
    database: Database
    vault: Vault
    actor: str
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class JobFunction:
    """A kind of job. `repeatable`: it may be run again after its worker died half-way."""

    kind: str
    repeatable: bool
    run: Callable[[JobContext, dict[str, Any]], dict[str, Any]]


FUNCTIONS: dict[str, JobFunction] = {}

Run = Callable[[JobContext, dict[str, Any]], dict[str, Any]]


def job(kind: str, *, repeatable: bool) -> Callable[[Run], Run]:
    """Register the decorated function as what jobs of `kind` run."""

    def register(run: Run) -> Run:
        FUNCTIONS[kind] = JobFunction(kind, repeatable, run)
        return run

    return register


def repeatable_kinds() -> list[str]:
    """Return the kinds that may be run again after their worker died."""
    return [function.kind for function in FUNCTIONS.values() if function.repeatable]
