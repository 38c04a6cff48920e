"""What the rules of eligibility answer for each site, and what that would change."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.dossier_state import state_of
from inventory import clock
from inventory.models import (
    CadastreAnswer,
    CadastreResponse,
    Dossier,
    Implantation,
    School,
    Site,
    SiteImplantation,
    TeachingOffer,
)
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.dossier import (
    EligibilityFact,
    Facts,
    Refusal,
    Role,
    Status,
    decide,
)
from inventory.programme.eligibility import Eligibility, Offer, RuleSet, Verdict, judge_site


class Outcome(StrEnum):
    """What a new answer does to a dossier."""

    MOVED = "moved"
    NOTED = "noted"
    REFUSED = "refused"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules answer for one site, and what that does; `missing` says why not, in French."""

    site_id: int
    site: str
    status: Status
    before: EligibilityFact | None
    eligibility: Eligibility
    outcome: Outcome
    to: Status | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What running the rules now would do. `digest` stands for exactly these changes."""

    rules: RuleSet
    changes: tuple[Judged, ...]
    counts: Mapping[str, int]
    digest: str


def preview_run(session: Session, rules: RuleSet) -> RunPreview:
    """Return what the rules would change at every open site; writes nothing."""
    judged = list(judge_sites(session, rules))
    changes = tuple(each for each in judged if each.outcome is not Outcome.SAME)
    told = [
        (c.site_id, c.status, c.to, c.outcome, c.eligibility.verdict, c.eligibility.reason)
        for c in changes
    ]
    digest = hashlib.sha256(json.dumps([rules.version, told]).encode()).hexdigest()
    return RunPreview(rules, changes, _counts(judged), digest)


def judge_sites(
    session: Session, rules: RuleSet, site_ids: Sequence[int] | None = None
) -> Iterator[Judged]:
    """Yield what the rules answer for each open site that has a dossier, by site id."""
    query = (
        select(Site, Dossier)
        .join(Dossier, col(Dossier.site_id) == col(Site.id))
        .where(col(Site.closed_on).is_(None))
        .order_by(col(Site.id))
    )
    if site_ids is not None:
        query = query.where(col(Site.id).in_(site_ids))
    places, offers = _register(session, site_ids)
    pupils = _pupils(session, rules, site_ids)
    for site, dossier in session.exec(query).all():
        site_id = site.id or 0
        commune, basin = places.get(site_id, (site.commune, None))
        eligibility = judge_site(
            rules,
            commune=commune,
            basin=basin,
            offers=offers.get(site_id, ()),
            pupils=pupils.get(site_id),
        )
        yield _judged(session, site, dossier, eligibility)


def _judged(session: Session, site: Site, dossier: Dossier, eligibility: Eligibility) -> Judged:
    facts, status = Facts.model_validate(dossier.facts), Status(dossier.status)
    fact = EligibilityFact.of(eligibility)
    noted = Outcome.SAME if fact.is_as(facts.eligibility) else Outcome.NOTED

    def told(outcome: Outcome, to: Status | None = None, missing: tuple[str, ...] = ()) -> Judged:
        before = facts.eligibility
        return Judged(site.id or 0, site.name, status, before, eligibility, outcome, to, missing)

    to = _target(status, facts, eligibility.verdict)
    if to is None:
        return told(noted)
    decided = decide(
        state_of(session, dossier),
        to,
        Role.RULES,
        facts.model_copy(update={"eligibility": fact}),
        clock.now(),
        reason=eligibility.reason,
    )
    if isinstance(decided, Refusal):
        return told(Outcome.SAME if noted is Outcome.SAME else Outcome.REFUSED, to, decided.missing)
    return told(Outcome.MOVED, to)


def _target(status: Status, facts: Facts, verdict: Verdict) -> Status | None:
    """Return where an answer wants a dossier; what a person decided stays decided."""
    if verdict is Verdict.INELIGIBLE and status is not Status.INELIGIBLE:
        return Status.INELIGIBLE
    refused = facts.eligibility is not None and facts.eligibility.verdict is Verdict.INELIGIBLE
    if verdict is Verdict.ELIGIBLE and status is Status.INELIGIBLE and refused:
        return Status.CADASTRE_PENDING
    return None


def _counts(judged: Sequence[Judged]) -> dict[str, int]:
    counted = Counter(each.outcome for each in judged)
    return {outcome.value: counted[outcome] for outcome in Outcome}


def _register(
    session: Session, site_ids: Sequence[int] | None
) -> tuple[dict[int, tuple[str | None, str | None]], dict[int, list[Offer]]]:
    """Return where each site is (its first open implantation) and what is taught there."""
    implantations = (
        select(SiteImplantation.site_id, Implantation)
        .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
        .join(School, col(School.id) == col(Implantation.school_id))
        .where(col(Implantation.closed_on).is_(None))
        .order_by(col(School.fase), col(Implantation.fase))
    )
    taught = (
        select(SiteImplantation.site_id, TeachingOffer.kind, TeachingOffer.level)
        .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
        .join(TeachingOffer, col(TeachingOffer.implantation_id) == col(Implantation.id))
        .where(col(Implantation.closed_on).is_(None), col(TeachingOffer.closed_on).is_(None))
    )
    if site_ids is not None:
        within = col(SiteImplantation.site_id).in_(site_ids)
        implantations, taught = implantations.where(within), taught.where(within)
    places: dict[int, tuple[str | None, str | None]] = {}
    for site_id, each in session.exec(implantations):
        places.setdefault(site_id, (each.commune, each.basin))
    offers: dict[int, list[Offer]] = {}
    for site_id, kind, level in session.exec(taught):
        offers.setdefault(site_id, []).append(Offer(kind, level))
    return places, offers


def _pupils(session: Session, rules: RuleSet, site_ids: Sequence[int] | None) -> dict[int, int]:
    """Return what the last validated cadastre of each site declares, where the rules ask for it."""
    if rules.minimum_pupils is None:
        return {}
    query = (
        select(CadastreResponse.site_id, CadastreAnswer.value)
        .join(CadastreAnswer, col(CadastreAnswer.response_id) == col(CadastreResponse.id))
        .where(CadastreResponse.state == ResponseState.VALIDATED)
        .where(CadastreAnswer.field_id == "pupils")
        .order_by(col(CadastreResponse.id))
    )
    if site_ids is not None:
        query = query.where(col(CadastreResponse.site_id).in_(site_ids))
    found: dict[int, Any] = {site_id: value for site_id, value in session.exec(query)}  # noqa: C416
    return {site_id: value for site_id, value in found.items() if isinstance(value, int)}
