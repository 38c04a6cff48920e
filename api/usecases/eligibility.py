"""Running the rules over the sites: what would change is shown, then changed, site by site."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.dossier_state import state_of
from api.usecases.dossiers import MoveRefused, rejudge
from api.usecases.progress import Progress, quiet
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, NotFound
from inventory.events import record_event
from inventory.models import (
    CadastreAnswer,
    CadastreResponse,
    Dossier,
    EligibilityOutcome,
    EligibilityRun,
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
from inventory.sentences import Sentence, wording

_BATCH = 100


class Outcome(StrEnum):
    """What a new answer does to a dossier."""

    MOVED = "moved"
    NOTED = "noted"
    REFUSED = "refused"
    SAME = "same"


class Cause(StrEnum):
    """Why the rules were run."""

    ASKED = "asked"
    REGISTER = "register"
    CADASTRE = "cadastre"


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


def apply_run(
    database: Database,
    rules: RuleSet,
    *,
    actor: str,
    expected: str | None = None,
    cause: Cause = Cause.ASKED,
    on_progress: Progress = quiet,
) -> EligibilityRun:
    """Run the rules over every open site and return the run, with what became of each.

    Sites are moved in parts, each in a transaction of its own; one that the machine refuses does
    not stop the others. Raises Conflict when the changes are no longer those that were shown
    (`expected`, a digest), before anything is written.
    """
    with database.read() as session:
        preview = preview_run(session, rules)
    if expected is not None and expected != preview.digest:
        raise Conflict(
            Sentence("Ce qui changerait n’est plus ce qui a été montré"),
            todo=Sentence("regardez de nouveau\u00a0; rien n’a été changé"),
        )
    with database.write(actor) as session:
        run = _begin(session, rules, actor, cause)
    counts: Counter[str] = Counter(preview.counts)
    ids = [change.site_id for change in preview.changes]
    for change in preview.changes:
        counts[change.outcome] -= 1
    for start in range(0, len(ids), _BATCH):
        with database.write(actor) as session:
            for each in _apply(session, rules, run.id or 0, ids[start : start + _BATCH]):
                counts[each.outcome] += 1
            # With each part: what a run that was killed tells of itself is true.
            _count(session.get_one(EligibilityRun, run.id), counts)
        on_progress("schools judged", min(start + _BATCH, len(ids)), len(ids))
    with database.write(actor) as session:
        run = session.get_one(EligibilityRun, run.id)
        _count(run, counts)
        _tell(session, run)
        session.flush()
    return run


def _count(run: EligibilityRun, counts: Mapping[str, int]) -> None:
    run.counts = {outcome.value: counts.get(outcome, 0) for outcome in Outcome}


def run_for(
    session: Session, rules: RuleSet, site_ids: Sequence[int] | None, *, actor: str, cause: Cause
) -> EligibilityRun | None:
    """Run the rules over some sites (None: all) in a transaction of another's; None: no change."""
    changes = [
        each for each in judge_sites(session, rules, site_ids) if each.outcome is not Outcome.SAME
    ]
    if not changes:
        return None
    run = _begin(session, rules, actor, cause)
    done = _apply(session, rules, run.id or 0, [change.site_id for change in changes])
    _count(run, Counter(each.outcome for each in done))
    session.flush()
    return run


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


def list_runs(
    session: Session, *, before: int | None = None, limit: int = 50
) -> list[EligibilityRun]:
    """Return the runs, the newest first, those before the id `before`."""
    query = select(EligibilityRun)
    if before is not None:
        query = query.where(col(EligibilityRun.id) < before)
    return list(session.exec(query.order_by(col(EligibilityRun.id).desc()).limit(limit)))


def outcomes_of(
    session: Session, run_id: int, *, after: int | None = None, limit: int = 50
) -> list[tuple[EligibilityOutcome, str]]:
    """Return what a run changed, each with the name of its site, those after the id `after`.

    Raises NotFound for a run that is not there.
    """
    if session.get(EligibilityRun, run_id) is None:
        raise NotFound(Sentence("L’exécution %(run_id)s des règles n’existe pas", run_id=run_id))
    query = (
        select(EligibilityOutcome, Site.name)
        .join(Site, col(Site.id) == col(EligibilityOutcome.site_id))
        .where(EligibilityOutcome.run_id == run_id)
    )
    if after is not None:
        query = query.where(col(EligibilityOutcome.id) > after)
    return list(session.exec(query.order_by(col(EligibilityOutcome.id)).limit(limit)).all())


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


def _apply(session: Session, rules: RuleSet, run_id: int, site_ids: Sequence[int]) -> list[Judged]:
    done = []
    for each in list(judge_sites(session, rules, site_ids)):
        outcome, missing = each.outcome, each.missing
        if outcome is Outcome.SAME:
            continue
        if outcome is Outcome.MOVED:
            try:
                rejudge(session, each.site_id, each.eligibility)
            except MoveRefused as refused:
                outcome, missing = Outcome.REFUSED, refused.missing
        if outcome is not Outcome.MOVED:
            _note(session, each)
        session.add(
            EligibilityOutcome(
                run_id=run_id,
                site_id=each.site_id,
                verdict_before=each.before.verdict if each.before else None,
                verdict=each.eligibility.verdict,
                from_status=each.status,
                to_status=each.to,
                outcome=outcome,
                reasons=[
                    wording(reason) or {"text": reason} for reason in each.eligibility.reasons
                ],
                missing=[wording(sentence) or {"text": sentence} for sentence in missing],
            )
        )
        done.append(replace(each, outcome=outcome, missing=missing))
    session.flush()
    return done


def _note(session: Session, judged: Judged) -> None:
    """Keep the new answer beside the dossier, which stays where it is: later guards read it."""
    dossier = session.exec(select(Dossier).where(Dossier.site_id == judged.site_id)).one()
    answer = judged.eligibility
    fact = EligibilityFact.of(answer)
    kept = Facts.model_validate(dossier.facts).model_copy(update={"eligibility": fact})
    dossier.facts = kept.model_dump(mode="json", exclude_none=True)


def _begin(session: Session, rules: RuleSet, actor: str, cause: Cause) -> EligibilityRun:
    run = EligibilityRun(
        at=clock.now(), actor=actor, rule_set=rules.version, cause=cause, counts={}
    )
    session.add(run)
    session.flush()
    return run


def _tell(session: Session, run: EligibilityRun) -> None:
    record_event(
        session,
        "eligibility.run",
        Sentence(
            "Règles %(rules)s appliquées\u00a0: dossiers déplacés\u00a0: %(moved)s, "
            "réponses notées\u00a0: %(noted)s, refus\u00a0: %(refused)s.",
            rules=run.rule_set,
            moved=run.counts[Outcome.MOVED],
            noted=run.counts[Outcome.NOTED],
            refused=run.counts[Outcome.REFUSED],
        ),
        body={"run": run.id, **run.counts},
    )


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
