"""Moving dossiers: read the row, let the machine decide, write the step with its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from sqlmodel import Session, col, select

from api.usecases.deadlines import follow_terms
from api.usecases.dossier_facts import refuse_facts_of_others, with_told
from api.usecases.dossier_state import (
    NAMED_ROWS,
    DossierNow,
    EvidenceFile,
    documents_of,
    dossier_now,
    dossier_of_site,
    measure,
)
from api.usecases.funding import funding_named
from api.usecases.lots import lot_named
from inventory import clock
from inventory.errors import Conflict, NotAllowed
from inventory.events import record_event
from inventory.models import (
    Dossier,
    DossierTransition,
    Evidence,
)
from inventory.programme.dossier import (
    DossierState,
    EligibilityFact,
    EvidenceKind,
    Facts,
    Measure,
    Move,
    Refusal,
    Role,
    Status,
    Track,
    Why,
    decide,
    possible_edges,
)
from inventory.programme.eligibility import Eligibility, Verdict
from inventory.sentences import Sentence, wording

_RULES_ACTOR = "rules"
_NOT_YET = Sentence("Les mesures se choisissent avec la demande d’adhésion.")


class MoveRefused(Conflict):
    """A move that the machine refuses; `missing` says in French everything that is missing."""

    def __init__(self, to: Status, missing: Sequence[str]) -> None:
        super().__init__(
            Sentence(
                "Le dossier ne passe pas à «\u00a0%(to)s\u00a0»\u00a0: %(missing)s",
                to=to.value,
                missing=tuple(missing),
            )
        )
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class PossibleMove:
    """A move that leaves a dossier's status; `missing` (French) is empty when it can be made."""

    to: Status
    label: str
    roles: tuple[Role, ...]
    reason_needed: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a dossier's history, with the documents that came with it."""

    transition: DossierTransition
    evidence: tuple[Evidence, ...]


def advance(
    session: Session,
    site_id: int,
    to: Status,
    *,
    actor: str,
    role: Role,
    version: int | None = None,
    reason: str | None = None,
    facts: Mapping[str, str] | None = None,
    evidence: Sequence[EvidenceFile] = (),
    measures: frozenset[Measure] | None = None,
    now: DossierNow | None = None,
) -> DossierTransition:
    """Move the dossier of a site to `to` and return the step, now part of its history.

    `now` is the dossier where it was read and locked already; else it is read here.
    `facts` are told with the move and kept with it; an empty value takes a fact back. Raises
    Conflict when `version` is no longer the dossier's, MoveRefused (a Conflict) with all that is
    missing, NotAllowed when the role may not make this move, InvalidInput for an unknown fact.
    Nothing is kept of a refused move.
    """
    now = now or dossier_now(session, site_id, lock=True)
    move, told = judge_move(
        session,
        now,
        to,
        role=role,
        version=version,
        reason=reason,
        facts=facts,
        evidence=evidence,
        measures=measures,
    )
    return _write(
        session, now, move, told, actor=actor, role=role, reason=reason, evidence=evidence
    )


def judge_move(
    session: Session,
    now: DossierNow,
    to: Status,
    *,
    role: Role,
    version: int | None = None,
    reason: str | None = None,
    facts: Mapping[str, str] | None = None,
    evidence: Sequence[EvidenceFile] = (),
    measures: frozenset[Measure] | None = None,
) -> tuple[Move, Facts]:
    """Return the move that `advance` would make, with the facts as told then; writes nothing.

    Raises as `advance` does.
    """
    site_id = now.row.site_id
    if version is not None and version != now.row.version:
        raise Conflict(
            Sentence(
                "Le dossier a changé entre-temps\u00a0: "
                "il est à la version %(now)s, plus à la %(seen)s",
                now=now.row.version,
                seen=version,
            ),
            where=Sentence("site %(id)s", id=site_id),
            todo=Sentence("relisez-le"),
        )
    told = with_told(now.facts, facts or {})
    refuse_facts_of_others(now.facts, told, role)
    outcome = decide(
        _with_measures(now.state, measures),
        to,
        role,
        told,
        clock.now(),
        measured=partial(measure, session, site_id),
        reason=reason,
        evidence=[each.kind for each in evidence],
    )
    if isinstance(outcome, Refusal):
        if outcome.why is Why.ROLE:
            raise NotAllowed(
                outcome.missing[0], where=Sentence("site %(site_id)s", site_id=site_id)
            )
        raise MoveRefused(to, outcome.missing)
    return outcome, told


def possible_moves(
    session: Session, site_id: int, role: Role | None = None
) -> tuple[PossibleMove, ...]:
    """Return every move that leaves the status, with what each still misses; `role` narrows."""
    now = dossier_now(session, site_id)
    measured = cache(partial(measure, session, site_id))
    moves = []
    for edge in possible_edges(now.state):
        if role is not None and role not in edge.roles:
            continue
        outcome = decide(
            now.state,
            edge.to,
            min(edge.roles),
            now.facts,
            clock.now(),
            measured=measured,
            reason="?",
        )
        missing = outcome.missing if isinstance(outcome, Refusal) else ()
        moves.append(
            PossibleMove(
                edge.to, edge.label, tuple(sorted(edge.roles)), edge.reason_needed, missing
            )
        )
    return tuple(moves)


def documents_needed(session: Session, site_id: int, to: Status) -> tuple[EvidenceKind, ...]:
    """Return the documents that the move to `to` asks for and that the dossier does not have."""
    state = dossier_now(session, site_id).state
    edges = [edge for edge in possible_edges(state) if edge.to is to]
    return tuple(k for k in edges[0].evidence if k not in state.evidence) if edges else ()


def history(session: Session, site_id: int) -> tuple[Step, ...]:
    """Return the steps of a site's dossier, oldest first."""
    dossier = dossier_of_site(session, site_id)
    transitions = session.exec(
        select(DossierTransition)
        .where(DossierTransition.dossier_id == dossier.id)
        .order_by(col(DossierTransition.id))
    ).all()
    documents = documents_of(session, dossier)
    return tuple(
        Step(each, tuple(row for row in documents if row.transition_id == each.id))
        for each in transitions
    )


def open_dossiers(session: Session, judged: Sequence[tuple[int, Eligibility]]) -> None:
    """Open the dossiers of new sites; the rules move the ineligible ones on, with their reason."""
    opened = []
    for site_id, eligibility in judged:
        dossier = Dossier(
            site_id=site_id,
            status=Status.IDENTIFIED,
            measures=[Measure.CONNECTIVITY],
            facts=Facts(eligibility=EligibilityFact.of(eligibility)).model_dump(
                mode="json", exclude_none=True
            ),
            updated_at=clock.now(),
        )
        if eligibility.verdict is Verdict.INELIGIBLE:
            dossier.status, dossier.version = Status.INELIGIBLE, 2
            opened.append((dossier, eligibility))
        session.add(dossier)
    session.flush()
    for dossier, eligibility in opened:
        assert dossier.id is not None
        session.add(
            DossierTransition(
                dossier_id=dossier.id,
                at=dossier.updated_at,
                actor=_RULES_ACTOR,
                role=Role.RULES,
                from_status=Status.IDENTIFIED,
                to_status=Status.INELIGIBLE,
                reason=eligibility.reason,
                reason_wording=wording(eligibility.reason),
            )
        )
    session.flush()


def rejudge(session: Session, site_id: int, eligibility: Eligibility) -> DossierTransition:
    """Move a dossier to where a new answer of the rules puts it; raises Conflict otherwise."""
    now = dossier_now(session, site_id, lock=True)
    ineligible = eligibility.verdict is Verdict.INELIGIBLE
    to = Status.INELIGIBLE if ineligible else Status.CADASTRE_PENDING
    told = now.facts.model_copy(update={"eligibility": EligibilityFact.of(eligibility)})
    outcome = decide(now.state, to, Role.RULES, told, clock.now(), reason=eligibility.reason)
    if isinstance(outcome, Refusal):
        raise MoveRefused(to, outcome.missing)
    return _write(
        session,
        now,
        outcome,
        told,
        actor=_RULES_ACTOR,
        role=Role.RULES,
        reason=eligibility.reason,
    )


def _write(
    session: Session,
    now: DossierNow,
    move: Move,
    facts: Facts,
    *,
    actor: str,
    role: Role,
    reason: str | None,
    evidence: Sequence[EvidenceFile] = (),
) -> DossierTransition:
    dossier = now.row
    assert dossier.id is not None
    kept = facts.model_copy(update=dict.fromkeys(move.edge.forgets))
    lot_id, source_id = dossier.lot_id, dossier.funding_source_id
    if kept.lot != now.facts.lot:
        lot_id = lot_named(session, kept.lot)
    if kept.funding_source != now.facts.funding_source:
        source_id = funding_named(session, kept.funding_source)
    at = clock.now()
    step = DossierTransition(
        dossier_id=dossier.id,
        at=at,
        actor=actor,
        role=role,
        from_status=move.edge.origin,
        to_status=move.edge.to,
        reason=(reason or "").strip() or None,
        reason_wording=wording(reason) if reason else None,
        late=move.late,
    )
    session.add(step)
    session.flush()
    added = [_document(each, step) for each in evidence]
    session.add_all(added)
    for row in (*now.documents, *added):
        if row.voided_at is None and row.kind in move.edge.voids:
            row.voided_at = at
    after = move.after
    dossier.status = after.status
    dossier.status_before_hold = after.before_hold
    dossier.cabling_started = after.cabling is not Track.WAITING
    dossier.cabling_done = after.cabling is Track.CLOSED
    dossier.delivery_done = after.delivered
    dossier.measures = sorted(after.measures)
    dossier.lot_id, dossier.funding_source_id = lot_id, source_id
    dossier.facts = kept.model_dump(mode="json", exclude_none=True, exclude=NAMED_ROWS)
    dossier.version = after.version
    dossier.updated_at = at
    follow_terms(session, dossier, after)
    record_event(
        session,
        "dossier.moved",
        Sentence(
            "%(move)s\u00a0: «\u00a0%(origin)s\u00a0» → «\u00a0%(to)s\u00a0»",
            move=Sentence(move.edge.label),
            origin=Sentence(move.edge.origin.label),
            to=Sentence(move.edge.to.label),
        ),
        site_id=dossier.site_id,
        body={"to": move.edge.to.value, "role": role.value},
    )
    session.flush()
    return step


def _document(file: EvidenceFile, step: DossierTransition) -> Evidence:
    assert step.id is not None
    return Evidence(
        dossier_id=step.dossier_id,
        transition_id=step.id,
        kind=file.kind,
        file_name=file.file_name,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        upload_id=file.upload_id,
        added_by=step.actor,
        added_at=step.at,
    )


def _with_measures(state: DossierState, measures: frozenset[Measure] | None) -> DossierState:
    """Return `state` asking for `measures`, which the PO chooses when it asks to take part."""
    if measures is None or measures == state.measures:
        return state
    if state.status is not Status.CADASTRE_VALIDATED:
        raise MoveRefused(state.status, [_NOT_YET])
    return replace(state, measures=measures)
