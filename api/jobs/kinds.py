"""The kinds of jobs: what one is, what its function is given, and how it is registered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.usecases.progress import Progress
from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job function is given; `actor` asked for it, `tell` notes how far it is."""

    settings: Settings
    database: Database
    vault: Vault
    actor: str
    tell: Progress


@dataclass(frozen=True, slots=True)
class JobFunction:
    """A kind of job. `repeatable`: it may be run again after its worker died half-way."""

    kind: str
    repeatable: bool
    run: Callable[[JobContext, dict[str, Any]], dict[str, Any]]


FUNCTIONS: dict[str, JobFunction] = {}

Run = Callable[[JobContext, dict[str, Any]], dict[str, Any]]


def job(kind: str, *, repeatable: bool) -> Callable[[Run], Run]:
    """Register the decorated function as what jobs of `kind` run.

    Raises ValueError for a kind that another function runs already.
    """

    def register(run: Run) -> Run:
        if kind in FUNCTIONS:
            raise ValueError(f"two functions run jobs of the kind {kind}")
        FUNCTIONS[kind] = JobFunction(kind, repeatable, run)
        return run

    return register


def repeatable_kinds() -> list[str]:
    """Return the kinds that may be run again after their worker died."""
    return [function.kind for function in FUNCTIONS.values() if function.repeatable]
