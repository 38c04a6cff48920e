"""What stands above every page: the pages that are of use to who is logged in, and may be opened.

A right says who may open a page, `people` for whom it is made: a head of school may see incidents,
and finds them on the page of the school.
"""

from collections.abc import Collection
from dataclasses import dataclass

from api.usecases.scope import Right, Viewer
from inventory.models import UserRole as Role
from inventory.sentences import N_

_TECHNICAL = frozenset(
    {Role.NETWORK_ENGINEER, Role.SUPPORT_AGENT, Role.CONTRACTOR, Role.PROGRAMME_MANAGER}
)
_FIELD = frozenset({Role.CONTRACTOR, Role.INSTALLER})
_CADASTRE = frozenset(
    {
        Role.CADASTRE_MANAGER,
        Role.PROGRAMME_MANAGER,
        Role.ADVISER,
        Role.ORGANISING_AUTHORITY,
        Role.SCHOOL_HEAD,
        Role.SCHOOL_IT_CONTACT,
    }
)
_FOLLOWING = frozenset(
    {
        Role.PROGRAMME_MANAGER,
        Role.CADASTRE_MANAGER,
        Role.ADVISER,
        Role.ORGANISING_AUTHORITY,
        Role.CONTRACTOR,
        Role.CONTRACT_OFFICER,
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One page. `people` None: for everybody who may open it; `everywhere` as in `Needs`."""

    address: str
    label: str
    right: Right = Right.SEE
    people: Collection[Role] | None = None
    everywhere: bool = False

    def is_for(self, viewer: Viewer) -> bool:
        """Return whether `viewer` finds it above the pages."""
        held = viewer.everywhere(self.right) if self.everywhere else viewer.holds(self.right)
        return held and (
            self.people is None or any(grant.role in self.people for grant in viewer.grants)
        )


ENTRIES = (
    Entry("/", N_("Écoles")),
    Entry("/avancement", N_("Avancement")),
    Entry("/cadastre", N_("Cadastre"), Right.SEE_CADASTRE, people=_CADASTRE),
    Entry("/retards", N_("Retards"), people=_FOLLOWING),
    Entry("/eligibilite", N_("Éligibilité"), Right.RUN_ELIGIBILITY, everywhere=True),
    Entry("/interventions", N_("Interventions"), people=_FIELD),
    Entry("/incidents", N_("Incidents"), people=_TECHNICAL | {Role.INSTALLER}),
    Entry("/deploiements", N_("Déploiements"), people=_TECHNICAL),
    Entry("/propositions", N_("Propositions"), Right.ACCEPT_DEVICES),
    Entry("/visites", N_("Visites"), Right.SEE_VISITS),
    Entry("/programmation", N_("Programmation"), Right.SEE_PROGRAMME, everywhere=True),
    Entry("/utilisateurs", N_("Comptes"), Right.MANAGE_USERS),
    Entry("/journal", N_("Journal d’audit"), Right.READ_AUDIT_LOG, everywhere=True),
)


def navigation(viewer: Viewer) -> list[Entry]:
    """Return what `viewer` finds above the pages, in order."""
    return [entry for entry in ENTRIES if entry.is_for(viewer)]
