"""How long what is about people is kept: what is older is deleted every night, with a report.

docs/gdpr.md says what is kept how long and why; each line of it is a `Kept` here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, SQLModel, col, func, select

from inventory import clock
from inventory.database import Database
from inventory.models import (
    ApiToken,
    Change,
    DeliveryState,
    Event,
    IdempotencyKey,
    Invitation,
    Job,
    JobState,
    LoginThrottle,
    OutgoingMail,
    Proposal,
    ProposalState,
    RetentionRun,
    WebhookDelivery,
    WebSession,
)
from inventory.sentences import N_
from inventory.settings import Settings

BATCH = 1000
"""Rows of one transaction: who writes meanwhile waits for no more than that."""
_SUPPORT_JOB, _SUPPORT_EVENTS = "support", "support."


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: how long it is kept, and which column says how old it is.

    `age` is a column or an expression; rows for which it is NULL are not old. `only` narrows the
    rows. `recorded`: rows that a person owns, whose deletion leaves a change record each.
    """

    id: str
    title: str
    table: type[SQLModel]
    age: Any
    for_how_long: Callable[[Settings], timedelta]
    only: tuple[ColumnElement[bool], ...] = ()
    recorded: bool = False

    def old(self, before: datetime) -> tuple[ColumnElement[bool], ...]:
        """Return the WHERE clauses that hold what is older than `before`."""
        return (self.age < before, *self.only)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was deleted of one kind, or would be: all that was older than `before`."""

    id: str
    days: float
    before: str
    count: int
    oldest: str | None
    newest: str | None


def _days(name: str) -> Callable[[Settings], timedelta]:
    return lambda settings: timedelta(days=getattr(settings, name))


def _at_once(_settings: Settings) -> timedelta:
    return timedelta(0)


KEPT: Sequence[Kept] = (
    Kept(
        "support_jobs",
        N_("Demandes « qui est connecté » d’un dossier de support"),
        Job,
        col(Job.finished_at),
        _days("client_detail_days"),
        (col(Job.kind) == _SUPPORT_JOB,),
    ),
    Kept(
        "proposals",
        N_("Appareils entendus, jamais acceptés et plus revus"),
        Proposal,
        col(Proposal.last_seen_at),
        _days("client_detail_days"),
        (col(Proposal.state) != ProposalState.ACCEPTED,),
        recorded=True,
    ),
    Kept("changes", N_("Journal d’audit"), Change, col(Change.at), _days("audit_log_days")),
    Kept(
        "support_events",
        N_("Consultations pour un dossier de support, dans l’historique"),
        Event,
        col(Event.at),
        _days("audit_log_days"),
        (col(Event.kind) >= _SUPPORT_EVENTS, col(Event.kind) < "support/"),
    ),
    Kept(
        "events",
        N_("Historique des sites et des appareils"),
        Event,
        col(Event.at),
        _days("event_days"),
    ),
    Kept(
        "jobs",
        N_("Tâches terminées"),
        Job,
        col(Job.finished_at),
        _days("job_days"),
        (col(Job.state).in_([JobState.DONE, JobState.FAILED]),),
    ),
    Kept(
        "mail",
        N_("Courrier parti ou abandonné"),
        OutgoingMail,
        func.coalesce(OutgoingMail.sent_at, OutgoingMail.given_up_at),
        _days("job_days"),
    ),
    Kept(
        "deliveries",
        N_("Annonces aux programmes tiers, livrées"),
        WebhookDelivery,
        col(WebhookDelivery.last_at),
        _days("job_days"),
        (col(WebhookDelivery.state) == DeliveryState.DELIVERED,),
    ),
    Kept(
        "undelivered",
        N_("Annonces aux programmes tiers, jamais livrées"),
        WebhookDelivery,
        col(WebhookDelivery.next_at),
        _days("event_days"),
        (col(WebhookDelivery.state) == DeliveryState.PENDING,),
    ),
    Kept(
        "answers",
        N_("Réponses gardées pour une demande répétée"),
        IdempotencyKey,
        col(IdempotencyKey.expires_at),
        _at_once,
    ),
    Kept("sessions", N_("Sessions expirées"), WebSession, col(WebSession.expires_at), _at_once),
    Kept(
        "idle_sessions",
        N_("Sessions inactives"),
        WebSession,
        func.coalesce(WebSession.last_seen_at, WebSession.created_at),
        lambda settings: timedelta(minutes=settings.session_idle_minutes + 2),
    ),
    Kept(
        "throttles",
        N_("Tentatives de connexion comptées"),
        LoginThrottle,
        col(LoginThrottle.window_ends_at),
        _at_once,
    ),
    Kept(
        "tokens", N_("Jetons d’API expirés"), ApiToken, col(ApiToken.expires_at), _at_once, (), True
    ),
    Kept(
        "invitations",
        N_("Invitations expirées"),
        Invitation,
        col(Invitation.expires_at),
        _at_once,
        recorded=True,
    ),
    Kept(
        "reports",
        N_("Rapports de ces suppressions"),
        RetentionRun,
        col(RetentionRun.started_at),
        _days("event_days"),
    ),
)


def run_retention(
    database: Database, settings: Settings, *, actor: str, dry_run: bool = False
) -> RetentionRun:
    """Delete what is older than the settings keep, or count it only; return the report, kept."""
    started = clock.now()
    lines = []
    for kept in KEPT:
        length = kept.for_how_long(settings)
        found = _count(database, kept, started - length, length)
        if found.count and not dry_run:
            deleted = sum(_batches(database, kept, started - length, actor))
            found = replace(found, count=deleted)
        lines.append(asdict(found))
    with database.write(actor) as session:
        run = RetentionRun(
            started_at=started,
            finished_at=clock.now(),
            actor=actor,
            dry_run=dry_run,
            lines=lines,
        )
        session.add(run)
    return run


def list_runs(
    session: Session, *, before: int | None = None, limit: int = 30
) -> list[RetentionRun]:
    """Return the reports, newest first, those before the id `before`."""
    query = select(RetentionRun).order_by(col(RetentionRun.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(RetentionRun.id) < before)
    return list(session.exec(query))


def title_of(kind: str) -> str:
    """Return the French title of a line of a report."""
    return next((kept.title for kept in KEPT if kept.id == kind), kind)


def _count(database: Database, kept: Kept, before: datetime, length: timedelta) -> Purged:
    with database.read() as session:
        count, oldest, newest = session.exec(
            select(func.count(), func.min(kept.age), func.max(kept.age))
            .select_from(kept.table)
            .where(*kept.old(before))
        ).one()
    return Purged(
        kept.id, length / timedelta(days=1), before.isoformat(), count, _iso(oldest), _iso(newest)
    )


def _batches(database: Database, kept: Kept, before: datetime, actor: str) -> Iterator[int]:
    """Delete what is older, a batch at a time, and yield how many each had."""
    (key,) = kept.table.__table__.primary_key.columns  # type: ignore[attr-defined]
    while True:
        with database.write(actor) as session:
            ids = session.exec(select(key).where(*kept.old(before)).limit(BATCH)).all()
            if not ids:
                return
            # The age once more: what was used meanwhile is not old.
            old = (key.in_(ids), *kept.old(before))
            if kept.recorded:
                for row in session.exec(select(kept.table).where(*old)).all():
                    session.delete(row)
            else:
                session.exec(delete(kept.table).where(*old))
        yield len(ids)


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else None
