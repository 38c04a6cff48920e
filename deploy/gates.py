"""The gate between two waves: whether what was changed does as well as before.

A figure that was not told before, or is not told after, is no reason to stop; one that was told and
is worse is. Values in, reasons out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from inventory.sentences import Sentence

_FEW_CLIENTS = 5  # below, a client that went home says nothing of the change


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a device did at one moment; None: not told.

    `behind` are the devices on its cables that answered, `grave` the rules that found something
    major or blocking about it.
    """

    answers: bool | None = None
    behind: frozenset[int] | None = None
    clients: int | None = None
    grave: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Return the form that is kept with the push."""
        told = asdict(self)
        told["behind"] = None if self.behind is None else sorted(self.behind)
        told["grave"] = sorted(self.grave)
        return told


def vitals_from_json(told: Mapping[str, Any] | None) -> Vitals | None:
    """Return what `Vitals.to_json` kept; None where nothing was."""
    if told is None:
        return None
    behind = told["behind"]
    return Vitals(
        answers=told["answers"],
        behind=None if behind is None else frozenset(behind),
        clients=told["clients"],
        grave=frozenset(told["grave"]),
    )


def worse(name: str, before: Vitals, after: Vitals, clients_back: float) -> list[Sentence]:
    """Return what is worse than before the change, in sentences about the device `name`.

    `clients_back` is the share of its clients of before that must be there again.
    """
    found: list[Sentence] = []
    if before.answers and after.answers is False:
        found.append(Sentence("%(name)s ne répond plus", name=name))
    if before.behind is not None and after.behind is not None:
        lost = len(before.behind - after.behind)
        if lost:
            found.append(
                Sentence.counted(
                    "%(name)s\u00a0: %(num)s équipement derrière lui ne répond plus",
                    "%(name)s\u00a0: %(num)s équipements derrière lui ne répondent plus",
                    lost,
                    name=name,
                )
            )
    if before.clients is not None and after.clients is not None:
        wanted = before.clients * clients_back
        if before.clients >= _FEW_CLIENTS and after.clients < wanted:
            found.append(
                Sentence(
                    "%(name)s\u00a0: %(after)s clients au lieu de %(before)s",
                    name=name,
                    after=after.clients,
                    before=before.clients,
                )
            )
    found += [
        Sentence("%(name)s\u00a0: nouveau constat grave, %(rule)s", name=name, rule=rule)
        for rule in sorted(after.grave - before.grave)
    ]
    return found
