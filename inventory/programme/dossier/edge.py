"""What an edge of the dossier's machine is."""

from dataclasses import dataclass
from enum import StrEnum

from inventory.programme.dossier.facts import Guard
from inventory.programme.dossier.status import EvidenceKind, Role, Status


class Path(StrEnum):
    """Which dossiers an edge is for: equipment alone takes a short path."""

    ANY = "any"
    CONNECTIVITY = "connectivity"
    EQUIPMENT_ONLY = "equipment_only"


class Step(StrEnum):
    """What an edge does besides changing the status."""

    NONE = "none"
    OPEN_CABLING = "open_cabling"
    CLOSE_CABLING = "close_cabling"
    CLOSE_DELIVERY = "close_delivery"
    LEAVE_TRACKS = "leave_tracks"
    HOLD = "hold"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a status to another.

    `voids` are documents that no longer count once it is taken, `forgets` facts that are asked for
    again: a refused design needs a new plan and new signatures. `dated` are the edges of a final
    acceptance, whose PV is late after the guarantee has ended.
    """

    origin: Status
    to: Status
    label: str
    roles: frozenset[Role]
    guards: tuple[Guard, ...] = ()
    evidence: tuple[EvidenceKind, ...] = ()
    reason_needed: bool = False
    path: Path = Path.ANY
    step: Step = Step.NONE
    voids: frozenset[EvidenceKind] = frozenset()
    forgets: frozenset[str] = frozenset()
    dated: bool = False
