"""What is about people is deleted when its time is over, and a report says what was."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, func, select
from typer.testing import CliRunner

from api.cli import app
from api.jobs.functions import FUNCTIONS, JobContext
from api.jobs.schedule import make_schedule
from api.usecases.access import find_user, viewer_of
from api.usecases.accounts import new_invitation
from api.usecases.adviser_visits import Told, tell_visit
from api.usecases.funding import define_funding
from api.usecases.retention import BATCH, KEPT, list_runs, run_retention
from api.usecases.sessions import log_in
from api.usecases.support import record_access
from api.usecases.tokens import new_token
from inventory import clock
from inventory.changes import note
from inventory.database import Database
from inventory.errors import Misconfigured
from inventory.models import (
    AdviserVisit,
    ApiToken,
    Change,
    DeliveryState,
    Event,
    IdempotencyKey,
    Job,
    JobState,
    LoginThrottle,
    OutgoingMail,
    Proposal,
    ProposalSource,
    ProposalState,
    Webhook,
    WebhookDelivery,
    WebSession,
    Zone,
    metadata,
)
from inventory.programme.advisers import VisitKind
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.moved_clock import moved_clock
from tests.passwords import PASSWORD
from tests.seed import seed
from tests.webapp import person


def rows(database: Database, table: type[SQLModel]) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def counts(lines: list[dict[str, object]]) -> dict[str, object]:
    return {str(line["id"]): line["count"] for line in lines if line["count"]}


def lived_in(database: Database) -> None:
    """Make something of everything that is kept for a time."""
    seeded = seed(database)
    person(database, "alice")
    log_in(database, "alice", PASSWORD, address="10.0.0.1", session_hours=1)
    with pytest.raises(Exception, match="est faux"):
        log_in(database, "alice", "no", address="10.0.0.1", session_hours=1)
    with database.write("user:alice") as session:
        new_token(session, "alice", name="old", days=1)
        new_token(session, "alice", name="new", days=730)
        new_invitation(session, find_user(session, "alice"), created_by="user:alice")
        record_access(
            session, seeded.device_ids[2], case="SUP-1", actor="user:alice", what="clients"
        )
        for kind in ("support", "poll"):
            session.add(
                Job(
                    kind=kind,
                    queue_key=kind,
                    state=JobState.DONE,
                    requested_by="user:alice",
                    requested_at=clock.now(),
                    finished_at=clock.now(),
                )
            )
        session.add(
            OutgoingMail(
                key="reminder:1",
                user_id=find_user(session, "alice").id or 0,
                to_address="alice@example.org",
                subject="Préau",
                body="…",
                created_at=clock.now(),
                not_before=clock.now(),
                sent_at=clock.now(),
            )
        )
        hook = Webhook(
            user_id=find_user(session, "alice").id or 0,
            url="https://example.org",
            secret_name="x",
            created_at=clock.now(),
            from_event_id=0,
            seen_event_id=0,
        )
        session.add(hook)
        session.flush()
        for place, delivered in enumerate(DeliveryState):
            session.add(
                WebhookDelivery(
                    webhook_id=hook.id or 0,
                    event_id=place,
                    kind="x.a",
                    body={},
                    state=delivered,
                    next_at=clock.now(),
                    last_at=clock.now(),
                )
            )
        session.add(
            IdempotencyKey(
                user_id=hook.user_id,
                key="k",
                request_sha256="",
                started_at=clock.now(),
                expires_at=clock.now() + timedelta(days=1),
            )
        )
        source = define_funding(session, "FSE").id or 0
        tell_visit(
            session,
            viewer_of(session, find_user(session, "alice")),
            Told(clock.now().date(), 90, VisitKind.TRAVEL, funding_source_id=source),
        )
        session.add(Job(kind="poll", queue_key="w", requested_by="x", requested_at=clock.now()))
        zone = Zone(name="z")
        session.add(zone)
        session.flush()
        for state in (ProposalState.OPEN, ProposalState.ACCEPTED):
            session.add(
                Proposal(
                    zone_id=zone.id or 0,
                    state=state,
                    source=ProposalSource.WIRE,
                    name="téléphone",
                    first_seen_at=clock.now(),
                    last_seen_at=clock.now(),
                )
            )


def test_a_dry_run_counts_and_deletes_nothing(settings: Settings, database: Database) -> None:
    with moved_clock() as moved:
        lived_in(database)
        before = rows(database, Change)
        moved.at += timedelta(days=3000)
        run = run_retention(database, settings, actor="test", dry_run=True)
        assert counts(run.lines)["changes"] == before == rows(database, Change)
        assert rows(database, WebSession) == 1
        with database.read() as session:
            assert [each.dry_run for each in list_runs(session)] == [True]


def test_each_kind_goes_when_its_time_is_over_and_not_a_day_before(
    settings: Settings, database: Database
) -> None:
    with moved_clock() as moved:
        lived_in(database)
        began = moved.at

        def after(days: float) -> dict[str, object]:
            moved.at = began + timedelta(days=days)
            return counts(run_retention(database, settings, actor="test").lines)

        assert after(0) == {}
        assert after(1.5) == {"sessions": 1, "throttles": 3, "tokens": 1, "answers": 1}
        assert after(8) == {"invitations": 1}
        assert after(29.9) == {}
        assert after(30.1) == {"support_jobs": 1, "proposals": 1}
        assert after(91) == {"jobs": 1, "mail": 1, "deliveries": 1}
        assert after(365) == {}
        assert set(after(366.5)) == {"changes", "support_events"}
        assert rows(database, Event) > 0
        assert {"events", "undelivered"} <= set(after(1831))
        assert rows(database, AdviserVisit) == 1  # evidence for who financed it
        assert rows(database, Job) == 1  # it still waits
        assert rows(database, Proposal) == 1
        assert rows(database, LoginThrottle) == rows(database, WebSession) == 0
        assert rows(database, ApiToken) == 0  # the second had 730 days


def test_the_report_says_what_how_many_and_from_when_to_when(
    settings: Settings, database: Database
) -> None:
    with moved_clock() as moved:
        began = moved.at
        for _ in range(3):
            with database.write("user:alice") as session:
                note(session, "login", "app_user", 1)
            moved.at += timedelta(days=1)
        moved.at = began + timedelta(days=367, hours=1)
        line = next(
            each
            for each in run_retention(database, settings, actor="test").lines
            if each["id"] == "changes"
        )
        assert line == {
            "id": "changes",
            "days": 366.0,
            "before": (moved.at - timedelta(days=366)).isoformat(),
            "count": 2,
            "oldest": began.isoformat(),
            "newest": (began + timedelta(days=1)).isoformat(),
        }
        assert rows(database, Change) == 1


def test_more_than_one_transaction_takes_is_deleted_to_the_last(
    settings: Settings, database: Database
) -> None:
    long_ago = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    with database.write("test") as session:
        session.add_all(
            Event(at=long_ago, kind="audit.done", message="x") for _ in range(BATCH * 2 + 1)
        )
    run = run_retention(database, settings, actor="test")
    assert counts(run.lines) == {"events": BATCH * 2 + 1}
    assert rows(database, Event) == 0


def test_what_a_person_owned_leaves_a_change_record(settings: Settings, database: Database) -> None:
    person(database, "alice")
    with moved_clock() as moved:
        with database.write("test") as session:
            new_token(session, "alice", name="nagios", days=1)
        moved.at += timedelta(days=2)
        run_retention(database, settings, actor="job:retention")
        with database.read() as session:
            last = session.exec(
                select(Change).where(Change.table_name == "api_token", Change.action == "delete")
            ).one()
    assert last.actor == "job:retention"
    assert last.before is not None
    assert last.before["name"] == "nagios"


@pytest.mark.one_database
def test_it_is_a_job_of_the_night(settings: Settings, database: Database, vault: Vault) -> None:
    assert make_schedule(settings, database).get_job("retention") is not None
    bad = settings.model_copy(update={"retention_cron": "sometimes"})
    with pytest.raises(Misconfigured, match="retention_cron"):
        make_schedule(bad, database)
    here = JobContext(settings, database, vault, "schedule", lambda *_: None)
    told = FUNCTIONS["retention"].run(here, {})
    assert told["retention"]["deleted"] == 0


@pytest.mark.one_database
def test_the_command_shows_first_what_it_would_delete(
    settings: Settings, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    with database.write("test") as session:
        long_ago = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        session.add(Event(at=long_ago, kind="audit.done", message="x"))
    run = CliRunner().invoke(app, ["retention", "run", "--dry-run"])
    assert "events: 1 would be deleted (kept 1830 days), from 2020-01-01 to" in run.output
    assert CliRunner().invoke(app, ["retention", "run", "--json"]).exit_code == 0
    report = CliRunner().invoke(app, ["retention", "report", "--json"])
    lines = json.loads(report.output)["lines"]
    assert {line["id"] for line in lines} == {kept.id for kept in KEPT}
    assert counts(lines) == {"events": 1}


def test_every_table_that_names_a_person_stands_in_the_document() -> None:
    text = (Path(__file__).parents[2] / "docs/gdpr.md").read_text(encoding="utf-8")
    naming = {
        table.name
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name in {"actor", "user_id"} or column.name.endswith("_by")
    }
    assert len(naming) > 30
    assert {name for name in naming if f"`{name}`" not in text} == set()
    assert {
        kept.table.__tablename__ for kept in KEPT if f"`{kept.table.__tablename__}`" not in text
    } == set()
