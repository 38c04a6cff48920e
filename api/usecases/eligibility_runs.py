"""Running the rules over the sites: what was shown is changed, site by site, and kept as a run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from sqlmodel import Session, col, select

from api.usecases.dossiers import MoveRefused, rejudge
from api.usecases.eligibility import Judged, Outcome, judge_sites, preview_run
from api.usecases.progress import Progress, quiet
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, NotFound
from inventory.events import record_event
from inventory.models import (
    Dossier,
    EligibilityOutcome,
    EligibilityRun,
    Site,
)
from inventory.programme.dossier import (
    EligibilityFact,
    Facts,
)
from inventory.programme.eligibility import RuleSet
from inventory.sentences import Sentence, wording

_BATCH = 100


class Cause(StrEnum):
    """Why the rules were run."""

    ASKED = "asked"
    REGISTER = "register"
    CADASTRE = "cadastre"


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
