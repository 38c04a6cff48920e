"""A plan applied: every placed dossier moved to « Retenue et programmée » through the machine.

The document of each move is the decision itself: the plan's places as CSV, with its hash; the
same bytes can be had again from the plan as long as it stands.
"""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.usecases.dossier_state import EvidenceFile
from api.usecases.dossiers import MoveRefused, advance
from api.usecases.programme_plan_edits import broken_by
from api.usecases.programme_plans import find_plan, rows_of
from api.usecases.programme_problem import slot_of
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, PreauError
from inventory.events import record_event
from inventory.files.cells import neutral
from inventory.models import Dossier, FundingSource, Lot, ProgrammePlan, ProgrammePlanSite, Site
from inventory.models.planning import DraftState
from inventory.programme.dossier import EvidenceKind, Role, Status
from inventory.sentences import Sentence

_DONE = Sentence("Programmée.")
_AWAY = Sentence("Le dossier n’attend plus d’être programmé\u00a0; il reste où il est.")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What applying a plan did with one site."""

    site_id: int
    scheduled: bool
    sentence: str


def decision(session: Session, plan_id: int) -> bytes:
    """Return a plan's places as CSV, in UTF-8: the document that its moves rest on."""
    plan = find_plan(session, plan_id)
    lots = dict(session.exec(select(Lot.id, Lot.name)).all())
    sources = dict(session.exec(select(FundingSource.id, FundingSource.code)).all())
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(["plan", "version", "site", "score", "trimestre", "lot", "source", "montant"])
    version = plan.version if plan.state is DraftState.DRAFT else plan.version - 1
    for row in rows_of(session, plan_id):
        slot = slot_of(row)
        if slot is not None:
            named = (lots.get(slot.lot_id, ""), sources.get(slot.funding_id, ""))
            table.writerow([plan.id, version, row.site_id, f"{row.score:.1f}", str(slot.quarter),
                            *map(neutral, named), f"{row.cost:.2f}"])  # fmt: skip
    return written.getvalue().encode()


def apply_plan(
    database: Database, plan_id: int, *, actor: str, version: int | None = None
) -> tuple[Outcome, ...]:
    """Schedule the placed sites of a draft and return what came of each.

    Only dossiers in « Adhésion demandée » move, each in a transaction of its own, with funding
    source, lot and score told; one that cannot move keeps the others from nothing. Called again
    after it was interrupted it goes on with the sites that have no outcome yet. Raises Conflict
    for a plan that is no draft, another version, or one that breaks something; then nothing moves.
    """
    with database.write(actor) as session:
        plan = find_plan(session, plan_id, lock=True)
        rows = [row for row in rows_of(session, plan_id) if slot_of(row) is not None]
        waiting = [row.site_id for row in rows if row.outcome is None]
        if plan.state is not DraftState.APPLIED or not waiting:
            refuse_application(session, plan, version)
            _decide(session, plan, actor)
        document = decision(session, plan_id)
    evidence = EvidenceFile(
        EvidenceKind.NOTIFICATION,
        f"programmation-{plan_id}.csv",
        hashlib.sha256(document).hexdigest(),
        len(document),
    )
    return tuple(_schedule(database, plan_id, each, evidence, actor) for each in waiting)


def outcomes(session: Session, plan_id: int) -> tuple[Outcome, ...]:
    """Return what applying a plan did, site by site."""
    return tuple(
        Outcome(row.site_id, row.scheduled, row.outcome)
        for row in rows_of(session, plan_id)
        if row.outcome is not None
    )


def _decide(session: Session, plan: ProgrammePlan, actor: str) -> None:
    plan.state, plan.decided_by, plan.decided_at = DraftState.APPLIED, actor, clock.now()
    plan.version += 1
    session.add(plan)
    session.flush()
    record_event(
        session,
        "programme_plan.applied",
        Sentence("Plan «\u00a0%(name)s\u00a0» appliqué", name=plan.name),
        body={"plan": plan.id},
    )


def refuse_application(session: Session, plan: ProgrammePlan, version: int | None = None) -> None:
    """Raise Conflict for a plan that is no draft, another version, or one that breaks something."""
    if plan.state is not DraftState.DRAFT:
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0», ce n’est pas un projet",
                plan_id=plan.id or 0,
                state=Sentence(plan.state.label),
            )
        )
    if version is not None and version != plan.version:
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s est à la version %(version)s, non plus à la %(expected)s",
                plan_id=plan.id or 0,
                version=plan.version,
                expected=version,
            ),
            todo=Sentence("regardez de nouveau"),
        )
    broken: Sequence[str] = [each.sentence for each in broken_by(session, plan)]
    if broken:
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s ne peut être appliqué\u00a0: %(broken)s",
                plan_id=plan.id or 0,
                broken=tuple(broken[:_SHOWN]),
            ),
            todo=Sentence(
                "déplacez, fixez ou excluez des sites jusqu’à ce qu’il ne viole plus rien"
            ),
        )


def _schedule(
    database: Database, plan_id: int, site_id: int, evidence: EvidenceFile, actor: str
) -> Outcome:
    try:
        with database.write(actor) as session:
            row, lot, source, status = _row(session, plan_id, site_id)
            if status != Status.ENROLMENT_REQUESTED:
                row.outcome = _AWAY
            else:
                advance(
                    session,
                    site_id,
                    Status.SCHEDULED,
                    actor=actor,
                    role=Role.PROGRAMME_MANAGER,
                    facts={
                        "lot": lot,
                        "funding_source": source,
                        "priority_score": f"{row.score:.1f}",
                    },
                    evidence=[evidence],
                )
                row.outcome, row.scheduled = _DONE, True
            session.add(row)
            return Outcome(site_id, row.scheduled, row.outcome)
    except PreauError as error:
        sentence = " ".join(error.missing) if isinstance(error, MoveRefused) else str(error)
        with database.write(actor) as session:
            row, *_ = _row(session, plan_id, site_id)
            row.outcome = sentence
            session.add(row)
        return Outcome(site_id, scheduled=False, sentence=sentence)


def _row(
    session: Session, plan_id: int, site_id: int
) -> tuple[ProgrammePlanSite, str, str, str | None]:
    return session.exec(
        select(ProgrammePlanSite, Lot.name, FundingSource.code, Dossier.status)
        .join(Lot, col(Lot.id) == col(ProgrammePlanSite.lot_id))
        .join(FundingSource, col(FundingSource.id) == col(ProgrammePlanSite.funding_source_id))
        .join(Site, col(Site.id) == col(ProgrammePlanSite.site_id))
        .join(Dossier, col(Dossier.site_id) == col(Site.id), isouter=True)
        .where(ProgrammePlanSite.plan_id == plan_id, ProgrammePlanSite.site_id == site_id)
    ).one()
