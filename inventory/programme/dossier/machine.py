"""Deciding one move of a dossier, and replaying its history. Pure: values in, values out."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from inventory.programme.dossier.edge import Edge, Path, Step
from inventory.programme.dossier.edges import EDGES
from inventory.programme.dossier.facts import (
    Facts,
    Measured,
    Situation,
    final_acceptance_late,
)
from inventory.programme.dossier.status import EvidenceKind, Measure, Role, Status, Track
from inventory.sentences import Sentence

BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, slots=True)
class DossierState:
    """Where a dossier stands. `version` grows by one with each move.

    `evidence` holds the kinds of document that it has and that still count; `before_hold` is the
    status to which it returns from on hold.
    """

    status: Status = Status.IDENTIFIED
    version: int = 1
    before_hold: Status | None = None
    cabling: Track = Track.WAITING
    delivered: bool = False
    measures: frozenset[Measure] = frozenset({Measure.CONNECTIVITY})
    evidence: frozenset[EvidenceKind] = frozenset()

    @property
    def equipment_only(self) -> bool:
        """Whether it takes the short path."""
        return self.measures == {Measure.EQUIPMENT}


@dataclass(frozen=True, slots=True)
class Move:
    """A move that may be made: the edge, the state after it; `late` marks a PV after its time."""

    edge: Edge
    after: DossierState
    late: bool = False


class Why(StrEnum):
    """Why a move is refused."""

    NO_SUCH_EDGE = "no_such_edge"
    ROLE = "role"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A move that may not be made, and everything that is missing, as French sentences."""

    why: Why
    missing: tuple[str, ...]


def decide(
    state: DossierState,
    to: Status,
    role: Role,
    facts: Facts,
    at: datetime,
    *,
    measured: Callable[[], Measured] = Measured,
    reason: str | None = None,
    evidence: Collection[EvidenceKind] = (),
) -> Move | Refusal:
    """Return the move of `state` to `to` at `at` (aware), or all that keeps it from being made.

    `evidence` are the documents handed in with the move; those that the dossier already has count
    too. `measured` is called once at most, when the move depends on what is counted.
    """
    edges = [edge for edge in possible_edges(state) if edge.to is to]
    if not edges:
        return Refusal(Why.NO_SUCH_EDGE, (_no_way(state, to),))
    edge = edges[0]
    if role not in edge.roles:
        people = tuple(Sentence(label) for label in sorted(each.label for each in edge.roles))
        return Refusal(
            Why.ROLE,
            (
                Sentence(
                    "«\u00a0%(move)s\u00a0» revient à\u00a0: %(people)s\u00a0; "
                    "pas à\u00a0: %(role)s.",
                    move=Sentence(edge.label),
                    people=people,
                    role=Sentence(role.label),
                ),
            ),
        )
    situation = Situation(facts, cache(measured), at.astimezone(BRUSSELS).date())
    held = state.evidence | frozenset(evidence)
    missing = [
        *_missing_tracks(state, edge),
        *(sentence for guard in edge.guards for sentence in guard(situation)),
        *(
            Sentence("Il manque %(document)s.", document=Sentence(kind.label))
            for kind in edge.evidence
            if kind not in held
        ),
    ]
    if edge.reason_needed and not (reason and reason.strip()):
        missing.append(Sentence("Le motif est obligatoire."))
    if edge.to is Status.ENROLMENT_REQUESTED and not state.measures:
        missing.append(
            Sentence("La mesure demandée (connectivité, équipement) n’est pas indiquée.")
        )
    if missing:
        return Refusal(Why.MISSING, tuple(missing))
    late = edge.dated and final_acceptance_late(situation)
    return Move(edge, _follow(replace(state, evidence=held), edge), late)


def possible_edges(state: DossierState) -> tuple[Edge, ...]:
    """Return the edges that leave `state`, whoever asks and whatever is still missing."""
    return tuple(edge for edge in EDGES if edge.origin is state.status and _open(state, edge))


def replay(
    moves: Iterable[tuple[Status, Status]], measures: frozenset[Measure]
) -> DossierState | None:
    """Return the state that a history of (from, to) leads to from the register's import.

    None when the history holds a step that the machine does not know.
    """
    state = DossierState(measures=measures)
    for origin, to in moves:
        edges = [edge for edge in possible_edges(state) if edge.to is to]
        if not edges or state.status is not origin:
            return None
        state = _follow(state, edges[0])
    return state


def _open(state: DossierState, edge: Edge) -> bool:
    """Whether an edge that leaves the status is there for this dossier now."""
    path = Path.EQUIPMENT_ONLY if state.equipment_only else Path.CONNECTIVITY
    if edge.path not in (Path.ANY, path):
        return False
    match edge.step:
        case Step.OPEN_CABLING:
            return state.cabling is Track.WAITING
        case Step.CLOSE_CABLING:
            return state.cabling is Track.RUNNING
        case Step.CLOSE_DELIVERY:
            return not state.delivered
        case Step.RESUME:
            return edge.to is state.before_hold
        case _:
            return True


def _missing_tracks(state: DossierState, edge: Edge) -> list[Sentence]:
    if edge.step is not Step.LEAVE_TRACKS:
        return []
    missing = []
    if state.cabling is not Track.CLOSED:
        missing.append(Sentence("Le câblage n’est pas clôturé."))
    if not state.delivered:
        missing.append(Sentence("Le matériel n’est pas livré."))
    return missing


def _follow(state: DossierState, edge: Edge) -> DossierState:
    after = replace(
        state,
        status=edge.to,
        version=state.version + 1,
        before_hold=None,
        evidence=state.evidence - edge.voids,
    )
    match edge.step:
        case Step.OPEN_CABLING:
            return replace(after, cabling=Track.RUNNING)
        case Step.CLOSE_CABLING:
            return replace(after, cabling=Track.CLOSED)
        case Step.CLOSE_DELIVERY:
            return replace(after, delivered=True)
        case Step.HOLD:
            return replace(after, before_hold=state.status)
        case _:
            return after


def _no_way(state: DossierState, to: Status) -> Sentence:
    ways = sorted({edge.to.label for edge in possible_edges(state)})
    origin, wanted = Sentence(state.status.label), Sentence(to.label)
    if not ways:
        return Sentence(
            "On ne passe pas de «\u00a0%(origin)s\u00a0» à «\u00a0%(to)s\u00a0». "
            "Plus aucun passage n’est possible.",
            origin=origin,
            to=wanted,
        )
    return Sentence(
        "On ne passe pas de «\u00a0%(origin)s\u00a0» à «\u00a0%(to)s\u00a0». "
        "Possible\u00a0: %(ways)s.",
        origin=origin,
        to=wanted,
        ways=tuple(Sentence(each) for each in ways),
    )
