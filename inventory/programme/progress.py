"""How far the programme is: the steps that a site passes on its way, and how many passed each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inventory.programme.dossier.status import Status
from inventory.sentences import N_


class Milestone(StrEnum):
    """What a site has reached once and for all; in the order in which they come."""

    IN_SCOPE = "in_scope"
    CADASTRE = "cadastre"
    ENROLLED = "enrolled"
    SCHEDULED = "scheduled"
    VISITED = "visited"
    ORDERED = "ordered"
    CONFIGURED = "configured"
    IN_SERVICE = "in_service"

    @property
    def label(self) -> str:
        """What people call it, in French."""
        return _LABELS[self]


_LABELS = {
    Milestone.IN_SCOPE: N_("Dans le programme"),
    Milestone.CADASTRE: N_("Cadastre validé"),
    Milestone.ENROLLED: N_("Adhésion demandée"),
    Milestone.SCHEDULED: N_("Programmée"),
    Milestone.VISITED: N_("Visitée"),
    Milestone.ORDERED: N_("Commandée"),
    Milestone.CONFIGURED: N_("Configurée"),
    Milestone.IN_SERVICE: N_("En service"),
}
# The last milestone that a site has passed for certain when it stands at a status.
_REACHED: Mapping[Status, Milestone] = {
    Status.IDENTIFIED: Milestone.IN_SCOPE,
    Status.CADASTRE_PENDING: Milestone.IN_SCOPE,
    Status.CADASTRE_SUBMITTED: Milestone.IN_SCOPE,
    Status.CADASTRE_VALIDATED: Milestone.CADASTRE,
    Status.ENROLMENT_REQUESTED: Milestone.ENROLLED,
    Status.SCHEDULED: Milestone.SCHEDULED,
    Status.PRESTUDY: Milestone.SCHEDULED,
    Status.SITE_SURVEY: Milestone.VISITED,
    Status.AWAITING_PREREQUISITES: Milestone.VISITED,
    Status.DESIGN_APPROVED: Milestone.VISITED,
    Status.ORDERED: Milestone.ORDERED,
    Status.CABLING: Milestone.ORDERED,
    Status.DELIVERED: Milestone.ORDERED,
    Status.INSTALLING: Milestone.ORDERED,
    Status.CONFIGURED: Milestone.CONFIGURED,
    Status.ACCEPTANCE_TESTING: Milestone.CONFIGURED,
    Status.RESERVES_OPEN: Milestone.CONFIGURED,
    Status.PROVISIONALLY_ACCEPTED: Milestone.CONFIGURED,
    Status.IN_SERVICE: Milestone.IN_SERVICE,
    Status.FINALLY_ACCEPTED: Milestone.IN_SERVICE,
    Status.MAINTAINED: Milestone.IN_SERVICE,
    Status.DECOMMISSIONED: Milestone.IN_SERVICE,
}
_ORDER = tuple(Milestone)
OUTSIDE = frozenset({Status.INELIGIBLE, Status.DECLINED})
"""Sites that are not counted among those of the programme."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier stands: its status and, on hold, the one to which it returns."""

    status: Status
    before_hold: Status | None = None

    @property
    def reached(self) -> Milestone | None:
        """Return the last milestone that was passed; None outside the programme."""
        return _REACHED.get(self.before_hold or self.status)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sites passed each milestone; those outside the programme are `outside`."""

    passed: Mapping[Milestone, int]
    outside: int = 0

    @property
    def sites(self) -> int:
        """Return how many sites are in the programme."""
        return self.passed[Milestone.IN_SCOPE]

    def share(self, milestone: Milestone) -> float | None:
        """Return which share of the sites, 0 to 1, passed a milestone; None without sites."""
        return self.passed[milestone] / self.sites if self.sites else None


def tally(standings: Mapping[Standing, int]) -> Tally:
    """Return the tally of sites counted by where they stand."""
    at: Counter[Milestone | None] = Counter()
    for standing, count in standings.items():
        at[standing.reached] += count
    return tally_reached(at)


def tally_reached(at: Mapping[Milestone | None, int]) -> Tally:
    """Return the tally of sites counted by the last milestone that they passed; None: outside."""
    passed: dict[Milestone, int] = {}
    sites = 0
    for step in reversed(_ORDER):
        sites += at.get(step, 0)
        passed[step] = sites
    return Tally({step: passed[step] for step in _ORDER}, outside=at.get(None, 0))
