"""What an edition of the register does to sites and their dossiers.

A new implantation gets a site, new or shared; none ever moves between sites, because a person may
have split or merged them. A site follows the register field by field, as long as nobody changed
that field by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlmodel import Session, select

from api.usecases.dossiers import open_dossiers, rejudge
from api.usecases.register_rows import RegisterRows
from api.usecases.rule_sets import rules_in_force
from inventory.models import Dossier, Site, SiteImplantation
from inventory.programme.dossier import Facts, Status
from inventory.programme.eligibility import (
    Eligibility,
    Offer,
    RuleSet,
    Verdict,
    judge_site,
)
from inventory.programme.register.difference import Difference, shown_pair
from inventory.programme.register.entries import Pair, Register
from inventory.programme.register.sites import (
    Assignment,
    assign_sites,
    far_apart,
    search_key,
    site_entry,
)

SiteRef = int | Pair
"""The id of a site that there is, or the first FASE pair of one that is to be."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules answer for one site."""

    site: SiteRef
    eligibility: Eligibility


@dataclass(frozen=True, slots=True)
class SitePlan:
    """The sites of new implantations, the dossiers to open and those that the rules move."""

    assignments: tuple[Assignment, ...]
    new_dossiers: tuple[Judged, ...]
    moves: tuple[Judged, ...]
    notices: tuple[str, ...]

    @property
    def created(self) -> int:
        """How many sites are new."""
        return sum(1 for each in self.assignments if each.site_id is None)

    @property
    def empty(self) -> bool:
        """Whether nothing would be written."""
        return not (self.assignments or self.new_dossiers or self.moves)


def plan_sites(session: Session, rows: RegisterRows, difference: Difference) -> SitePlan:
    """Return what `difference` does to sites and dossiers; writes nothing."""
    after = difference.after
    assignments = assign_sites(
        [after.implantations[pair] for pair in difference.created],
        {
            site_id: [after.implantations[pair] for pair in pairs]
            for site_id, pairs in rows.members.items()
        },
    )
    dossiers = {dossier.site_id: dossier for dossier in session.exec(select(Dossier))}
    rules = rules_in_force(session)
    opened, moves = [], []
    for site, pairs in sorted(_members(rows, assignments).items(), key=lambda each: each[1]):
        eligibility = _judge(pairs, after, rules)
        dossier = dossiers.get(site) if isinstance(site, int) else None
        if dossier is None:
            opened.append(Judged(site, eligibility))
        elif _must_move(dossier, eligibility):
            moves.append(Judged(site, eligibility))
    return SitePlan(assignments, tuple(opened), tuple(moves), tuple(_doubts(assignments, after)))


def write_sites(
    session: Session,
    rows: RegisterRows,
    known: Register,
    difference: Difference,
    plan: SitePlan,
    *,
    today: date,
) -> None:
    """Write what `plan_sites` told, and let the sites follow the register."""
    after = difference.after
    before = {site_id: tuple(pairs) for site_id, pairs in rows.members.items()}
    new_sites = _add_sites(session, rows, after, plan.assignments)
    for site_id, pairs in before.items():
        _follow(rows.sites[site_id], pairs, known, rows.members[site_id], after)
    for site_id, members in rows.members.items():
        closed = all(pair in after.closed for pair in members)
        site = rows.sites[site_id]
        if closed != (site.closed_on is not None):
            site.closed_on = today if closed else None
    open_dossiers(
        session,
        [
            (each.site if isinstance(each.site, int) else new_sites[each.site], each.eligibility)
            for each in plan.new_dossiers
        ],
    )
    for each in plan.moves:
        assert isinstance(each.site, int)
        rejudge(session, each.site, each.eligibility)


def _members(
    rows: RegisterRows, assignments: Sequence[Assignment]
) -> dict[SiteRef, tuple[Pair, ...]]:
    members: dict[SiteRef, tuple[Pair, ...]] = {
        site_id: tuple(pairs) for site_id, pairs in rows.members.items()
    }
    for each in assignments:
        site: SiteRef = each.site_id if each.site_id is not None else each.pairs[0]
        members[site] = (*members.get(site, ()), *each.pairs)
    return members


def _judge(pairs: Sequence[Pair], after: Register, rules: RuleSet) -> Eligibility:
    served = [after.implantations[pair] for pair in pairs if pair not in after.closed]
    offers = [
        Offer(offer.kind, offer.level)
        for entry in served
        for key, offer in after.offers.get(entry.pair, {}).items()
        if (entry.pair, key) not in after.closed_offers
    ]
    first = min(served, key=lambda entry: entry.pair, default=None)
    return judge_site(
        rules,
        commune=first.commune if first else None,
        basin=first.basin if first else None,
        offers=offers,
    )


def _must_move(dossier: Dossier, eligibility: Eligibility) -> bool:
    """Whether the rules' new answer moves a dossier; what a person decided stays decided."""
    if dossier.status == Status.IDENTIFIED:
        return eligibility.verdict is Verdict.INELIGIBLE
    if dossier.status == Status.INELIGIBLE and eligibility.verdict is Verdict.ELIGIBLE:
        answered = Facts.model_validate(dossier.facts).eligibility
        return answered is not None and answered.verdict is Verdict.INELIGIBLE
    return False


def _doubts(assignments: Sequence[Assignment], after: Register) -> Iterator[str]:
    for each in assignments:
        metres = far_apart([after.implantations[pair] for pair in each.pairs])
        if metres is not None:
            yield (
                f"{' and '.join(shown_pair(pair) for pair in each.pairs)} have one address but lie "
                f"{metres:,.0f} m apart: taken as one site, with one of the positions wrong"
            )


def _add_sites(
    session: Session, rows: RegisterRows, after: Register, assignments: Sequence[Assignment]
) -> dict[Pair, int]:
    """Add new sites and the links of new implantations; return site ids by first pair."""
    new: dict[Pair, Site] = {}
    for each in assignments:
        if each.site_id is None:
            values = asdict(site_entry(each.pairs, after))
            key = search_key(values["name"], values["commune"], each.pairs)
            new[each.pairs[0]] = Site(**values, search_key=key)
    session.add_all(new.values())
    session.flush()
    ids: dict[Pair, int] = {}
    for each in assignments:
        site = new[each.pairs[0]] if each.site_id is None else rows.sites[each.site_id]
        assert site.id is not None
        ids[each.pairs[0]] = site.id
        rows.sites[site.id] = site
        rows.members.setdefault(site.id, []).extend(each.pairs)
        for pair in each.pairs:
            implantation_id = rows.implantations[pair].id
            assert implantation_id is not None
            session.add(SiteImplantation(site_id=site.id, implantation_id=implantation_id))
    session.flush()
    return ids


def _follow(
    site: Site,
    pairs_before: Sequence[Pair],
    known: Register,
    pairs_after: Sequence[Pair],
    after: Register,
) -> None:
    """Let a site's fields follow the register where they still say what the register said."""
    before, now = site_entry(pairs_before, known), site_entry(pairs_after, after)
    if before != now:
        told_before = asdict(before)
        for name, value in asdict(now).items():
            if value != told_before[name] and getattr(site, name) == told_before[name]:
                setattr(site, name, value)
    key = search_key(site.name, site.commune, pairs_after)
    if key != site.search_key:
        site.search_key = key
