"""Who sees and does what, where: every grant compiled to one WHERE clause.

Every query of sites, and of what stands at a site, goes through `sites_within`. It starts from
nothing: a person without a grant sees no site.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlmodel import Session, col
from sqlmodel import select as select_row

from inventory.models import (
    Device,
    Dossier,
    GrantScope,
    Implantation,
    School,
    Site,
    SiteImplantation,
)
from inventory.models import UserRole as Role
from inventory.programme.dossier import Role as DossierRole
from inventory.programme.dossier.edges import EDGES


class Right(StrEnum):
    """What can be done at a site."""

    SEE = "see"
    RUN_JOBS = "run_jobs"
    JUDGE = "judge"
    LIFT_RESERVES = "lift_reserves"
    ACCEPT_DEVICES = "accept_devices"
    READ_CLIENTS = "read_clients"
    APPROVE_PLANS = "approve_plans"
    FOLLOW_PREREQUISITES = "follow_prerequisites"
    MOVE_MANY = "move_many"
    PLAN_WORK = "plan_work"
    DO_WORK = "do_work"
    HAND_IN = "hand_in"
    REMOVE_FILES = "remove_files"
    SEE_CADASTRE = "see_cadastre"
    FILL_CADASTRE = "fill_cadastre"
    SIGN_CADASTRE = "sign_cadastre"
    DECIDE_CADASTRE = "decide_cadastre"
    RUN_ELIGIBILITY = "run_eligibility"
    MANAGE_USERS = "manage_users"
    READ_AUDIT_LOG = "read_audit_log"
    SEE_PROGRAMME = "see_programme"
    PLAN_PROGRAMME = "plan_programme"
    RECORD_VISITS = "record_visits"
    SEE_VISITS = "see_visits"
    CHECK_VISITS = "check_visits"
    MOVE_DOSSIERS = "move_dossiers"
    SUBSCRIBE = "subscribe"


# A supplier answers through a tokened link and sees no site.
ROLES: Mapping[Right, frozenset[Role]] = {
    Right.SEE: frozenset(Role) - {Role.SUPPLIER},
    Right.RUN_JOBS: frozenset(
        {Role.NETWORK_ENGINEER, Role.SUPPORT_AGENT, Role.PROGRAMME_MANAGER, Role.CONTRACTOR}
    ),
    # The testers of an installation; who built it does not say that its own defects are gone.
    Right.JUDGE: frozenset(
        {Role.NETWORK_ENGINEER, Role.CONTRACT_OFFICER, Role.PROGRAMME_MANAGER, Role.CONTRACTOR}
    ),
    Right.LIFT_RESERVES: frozenset(
        {Role.NETWORK_ENGINEER, Role.CONTRACT_OFFICER, Role.PROGRAMME_MANAGER}
    ),
    # Personal data, of minors: who answers a support case, and whom the desk asks.
    Right.READ_CLIENTS: frozenset({Role.NETWORK_ENGINEER, Role.SUPPORT_AGENT}),
    # Who knows what hangs on the wall, or answers for what is in the inventory.
    Right.ACCEPT_DEVICES: frozenset(
        {Role.NETWORK_ENGINEER, Role.SUPPORT_AGENT, Role.CONTRACTOR, Role.INSTALLER}
    ),
    Right.APPROVE_PLANS: frozenset({Role.NETWORK_ENGINEER, Role.PROGRAMME_MANAGER}),
    # Who finds that works are needed, and who has them done.
    Right.FOLLOW_PREREQUISITES: frozenset(
        {
            Role.ORGANISING_AUTHORITY,
            Role.ADVISER,
            Role.CONTRACTOR,
            Role.CONTRACT_OFFICER,
            Role.PROGRAMME_MANAGER,
        }
    ),
    Right.PLAN_WORK: frozenset({Role.CONTRACTOR, Role.PROGRAMME_MANAGER}),
    Right.DO_WORK: frozenset({Role.INSTALLER, Role.CONTRACTOR}),
    Right.MOVE_MANY: frozenset({Role.PROGRAMME_MANAGER, Role.CONTRACT_OFFICER}),
    # A school hands in its plans and signed papers, an installer photos and cable tests.
    Right.HAND_IN: frozenset(Role) - {Role.SUPPLIER},
    Right.REMOVE_FILES: frozenset({Role.PROGRAMME_MANAGER}),
    # It names a contact of the school: for who fills, decides or works from it.
    Right.SEE_CADASTRE: frozenset(Role) - {Role.SUPPLIER, Role.INSTALLER, Role.SUPPORT_AGENT},
    Right.FILL_CADASTRE: frozenset({Role.SCHOOL_HEAD, Role.SCHOOL_IT_CONTACT, Role.ADVISER}),
    Right.SIGN_CADASTRE: frozenset({Role.SCHOOL_HEAD}),
    # Also opens an edition for the sites: the dossier's machine gives both to the same role.
    Right.DECIDE_CADASTRE: frozenset({Role.CADASTRE_MANAGER}),
    Right.RUN_ELIGIBILITY: frozenset({Role.PROGRAMME_MANAGER}),
    Right.MANAGE_USERS: frozenset({Role.PROGRAMME_MANAGER}),
    Right.READ_AUDIT_LOG: frozenset({Role.PROGRAMME_MANAGER}),
    Right.SEE_PROGRAMME: frozenset(
        {Role.PROGRAMME_MANAGER, Role.CADASTRE_MANAGER, Role.CONTRACT_OFFICER}
    ),
    Right.PLAN_PROGRAMME: frozenset({Role.PROGRAMME_MANAGER}),
    # An adviser's own hours; who answers for the funds sees those of all.
    Right.RECORD_VISITS: frozenset({Role.ADVISER}),
    Right.SEE_VISITS: frozenset({Role.ADVISER, Role.PROGRAMME_MANAGER}),
    # Who has programs of their own: the desk's, a contractor's, the administration's.
    Right.SUBSCRIBE: frozenset(
        {
            Role.PROGRAMME_MANAGER,
            Role.CADASTRE_MANAGER,
            Role.CONTRACT_OFFICER,
            Role.NETWORK_ENGINEER,
            Role.SUPPORT_AGENT,
            Role.CONTRACTOR,
        }
    ),
    Right.CHECK_VISITS: frozenset({Role.PROGRAMME_MANAGER}),
    # Whoever makes any step of a dossier; each step says by itself which role makes it.
    Right.MOVE_DOSSIERS: frozenset(
        Role(role) for edge in EDGES for role in edge.roles if role is not DossierRole.RULES
    )
    - {Role.SUPPLIER},
}
# Who holds the passwords of devices is named on the machine itself: preau user grant.
GIVABLE = frozenset(Role) - {Role.NETWORK_ENGINEER}
"""The roles that who manages users gives to others, within their own scope."""


_WIDE = frozenset({GrantScope.PROVINCE, GrantScope.EDUCATION_NETWORK, GrantScope.LOT})
"""The scopes that hold hundreds of sites."""


_AT_ONCE = 200
"""How many grants one statement asks about; PostgreSQL takes 1,664 columns."""


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A role over a scope, as held by someone."""

    role: Role
    scope: GrantScope
    scope_key: str = ""


@dataclass(frozen=True, slots=True)
class HeldToken:
    """The token by which somebody asks."""

    id: int
    name: str
    read_only: bool
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. `actor` is how the person stands in change records.

    `grants` is what this request may: less than the person holds, where a token says so.
    """

    user_id: int
    login: str
    display_name: str
    locale: str | None
    grants: tuple[HeldGrant, ...]
    token: HeldToken | None = None

    @property
    def actor(self) -> str:
        """Return the name under which this person's writes are recorded."""
        return f"user:{self.login}"

    def holds(self, right: Right) -> bool:
        """Return whether the right holds anywhere at all."""
        return any(grant.role in ROLES[right] for grant in self.grants)

    def everywhere(self, right: Right) -> bool:
        """Return whether the right holds at every site, those still unknown included."""
        return any(
            grant.scope is GrantScope.ALL and grant.role in ROLES[right] for grant in self.grants
        )


def visible_sites(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on Site that holds exactly the sites `viewer` may see."""
    return sites_within(viewer, Right.SEE)


def sites_within(viewer: Viewer, right: Right) -> ColumnElement[bool]:
    """Return the WHERE clause on Site that holds exactly the sites where `viewer` has `right`."""
    return sites_of(grant for grant in viewer.grants if grant.role in ROLES[right])


def sites_of(grants: Iterable[HeldGrant]) -> ColumnElement[bool]:
    """Return the WHERE clause on Site that holds exactly the sites of `grants`."""
    keys: dict[GrantScope, set[str]] = {scope: set() for scope in GrantScope}
    for grant in grants:
        keys[grant.scope].add(grant.scope_key)
    if keys[GrantScope.ALL]:
        return true()
    clauses: list[ColumnElement[bool]] = []
    if provinces := keys[GrantScope.PROVINCE]:
        clauses.append(col(Site.province).in_(sorted(provinces)))
    if site_ids := _row_ids(keys[GrantScope.SITE]):
        clauses.append(col(Site.id).in_(site_ids))
    if networks := keys[GrantScope.EDUCATION_NETWORK]:
        clauses.append(_site_of_schools(col(School.education_network).in_(sorted(networks))))
    if authorities := _row_ids(keys[GrantScope.ORGANISING_AUTHORITY]):
        clauses.append(_site_of_schools(col(School.organising_authority_id).in_(authorities)))
    if lots := _row_ids(keys[GrantScope.LOT]):
        in_lots = select(col(Dossier.site_id)).where(col(Dossier.lot_id).in_(lots))
        clauses.append(col(Site.id).in_(in_lots))
    return or_(*clauses) if clauses else false()


def reaching(session: Session, grants: Iterable[HeldGrant], site_id: int) -> set[HeldGrant]:
    """Return which of `grants`, whoever holds them, reach a site."""
    wanted = list(set(grants))
    found: set[HeldGrant] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        asked = select(*(sites_of([grant]) for grant in some)).where(col(Site.id) == site_id)
        if (reached := session.execute(asked).first()) is not None:
            found.update(grant for grant, reaches in zip(some, reached, strict=True) if reaches)
    return found


def visible_devices(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on Device that holds the devices `viewer` may see.

    A device without a site is seen by those who see every site.
    """
    if viewer.everywhere(Right.SEE):
        return true()
    if any(grant.scope in _WIDE and grant.role in ROLES[Right.SEE] for grant in viewer.grants):
        # Asked of each device as the list is walked in its order: as IN, a database would gather
        # and sort the devices of a whole province for one page.
        return devices_at(visible_sites(viewer))
    return col(Device.site_id).in_(select(col(Site.id)).where(visible_sites(viewer)))


def devices_at(sites: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the WHERE clause on Device of those at the many sites that a clause on Site holds."""
    at = select(col(Site.id)).where(col(Site.id) == col(Device.site_id), sites)
    return at.correlate(Device).exists()


def covers(session: Session, held: Sequence[HeldGrant], wanted: HeldGrant) -> bool:
    """Return whether the scope of `wanted` lies within those of `held`, now and later.

    The same scope, all, or a site that is one of theirs. A lot whose sites are all in one province
    today is not within that province: tomorrow another site may be in it.
    """
    if any(each.scope is GrantScope.ALL for each in held):
        return True
    if any((each.scope, each.scope_key) == (wanted.scope, wanted.scope_key) for each in held):
        return True
    if wanted.scope is not GrantScope.SITE or not (ids := _row_ids({wanted.scope_key})):
        return False
    return (
        session.exec(select_row(Site.id).where(Site.id == ids[0], sites_of(held))).first()
        is not None
    )


def _site_of_schools(schools: ColumnElement[bool]) -> ColumnElement[bool]:
    served = (
        select(col(SiteImplantation.site_id))
        .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
        .join(School, col(School.id) == col(Implantation.school_id))
        .where(schools)
    )
    return col(Site.id).in_(served)


def _row_ids(keys: set[str]) -> list[int]:
    return sorted(int(key) for key in keys if key.isascii() and key.isdigit())
