"""Reminders: written once, sent by a real server, put off, given up; and the calendar."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import structlog
from icalendar import Calendar
from sqlmodel import select
from structlog.testing import CapturingLogger

from api.http import middleware
from api.mail.reminders import REMINDED_DAYS_BEFORE, is_due, write_reminders
from api.mail.sending import TRIED_FOR, MailServerFailed, mail_status, send_test, send_waiting
from api.usecases.mail_wishes import choose_mail
from inventory import clock
from inventory.database import Database
from inventory.errors import Misconfigured
from inventory.models import (
    CadastreEdition,
    CadastreQuestionnaire,
    Dossier,
    GrantScope,
    MailWish,
    OutgoingMail,
    User,
    UserRole,
)
from inventory.programme.dossier import Role
from inventory.programme.guide import Task
from inventory.secrets import Vault
from inventory.sentences import Sentence
from inventory.settings import Settings
from tests.patience import PATIENCE_S
from tests.seed import Seeded, seed
from tests.smtp_server import Received, smtp_server
from tests.webapp import hidden_field, log_in, person, web_client

TUESDAY = datetime(2027, 6, 15, 5, 0, tzinfo=UTC)
MONDAY = TUESDAY - timedelta(days=1)
CLOSES_ON = date(2027, 6, 29)  # 14 days after that Tuesday


@pytest.fixture
def at_school(database: Database) -> Iterator[Seeded]:
    """A head of school whose cadastre closes in 14 days, and a manager without an address."""
    made = seed(database)
    person(database, "marie", UserRole.SCHOOL_HEAD, GrantScope.SITE, str(made.site_ids[1]))
    person(database, "paul", UserRole.PROGRAMME_MANAGER)
    with database.write("test") as session:
        session.exec(select(User).where(User.login == "marie")).one().email = "marie@ecole.example"
        session.add(
            CadastreQuestionnaire(version="t-1", body={}, created_by="test", created_at=clock.now())
        )
        session.flush()
        session.add(
            CadastreEdition(
                code="T27",
                title="Test",
                opens_on=date(2027, 1, 1),
                closes_on=CLOSES_ON,
                questionnaire_version="t-1",
            )
        )
    clock.set_source(lambda: TUESDAY)
    yield made
    clock.set_source(None)


@pytest.fixture
def server() -> Iterator[Received]:
    with smtp_server() as received:
        yield received


@pytest.fixture
def mailing(settings: Settings, server: Received) -> Settings:
    return settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": "none",
            "mail_from": "Préau <preau@wallonie.example>",
            "public_url": "https://preau.example",
        }
    )


def _remind(database: Database, settings: Settings) -> int:
    return write_reminders(database, settings, actor="test")["queued"]


def test_a_head_is_reminded_in_time_by_one_mail_that_says_what_and_where(
    at_school: Seeded, database: Database, vault: Vault, mailing: Settings, server: Received
) -> None:
    assert _remind(database, mailing) == 1
    assert _remind(database, mailing) == 0
    assert send_waiting(database, vault, mailing, actor="test") == {
        "sent": 1,
        "put_off": 0,
        "given_up": 0,
    }
    (message,) = server.messages
    assert message["To"] == "marie@ecole.example"
    assert message["Subject"] == "Préau : une chose à faire pour le WiFi de vos écoles"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "Institut Saint-Roch" in text
    assert "Remplir le cadastre et le signer. (pour le 29/06/2027)" in text
    assert f"https://preau.example/sites/{at_school.site_ids[1]}/guide" in text
    assert "Les Tilleuls" not in text
    assert send_waiting(database, vault, mailing, actor="test")["sent"] == 0


def test_nobody_is_written_to_on_a_day_on_which_nothing_falls_due(
    at_school: Seeded, database: Database, mailing: Settings
) -> None:
    clock.set_source(lambda: TUESDAY + timedelta(days=1))
    assert _remind(database, mailing) == 0


def test_who_wants_a_digest_is_written_to_on_mondays_and_who_wants_none_never(
    at_school: Seeded, database: Database, mailing: Settings
) -> None:
    with database.write("test") as session:
        marie = session.exec(select(User).where(User.login == "marie")).one()
        choose_mail(session, marie.id or 0, MailWish.WEEKLY)
    assert _remind(database, mailing) == 0
    clock.set_source(lambda: MONDAY)
    assert _remind(database, mailing) == 1
    with database.write("test") as session:
        choose_mail(session, marie.id or 0, MailWish.NONE)
    clock.set_source(lambda: MONDAY + timedelta(days=7))
    assert _remind(database, mailing) == 0


def test_a_person_who_speaks_german_is_written_to_in_german(
    at_school: Seeded, database: Database, vault: Vault, mailing: Settings, server: Received
) -> None:
    with database.write("test") as session:
        session.exec(select(User).where(User.login == "marie")).one().locale = "de"
    _remind(database, mailing)
    send_waiting(database, vault, mailing, actor="test")
    assert "Das Kataster ausfüllen und unterschreiben." in server.messages[0].get_content()


def test_a_refused_address_is_given_up_and_a_busy_server_is_asked_again_for_three_days(
    at_school: Seeded, database: Database, vault: Vault, mailing: Settings, server: Received
) -> None:
    _remind(database, mailing)
    server.refuse_data = "451 4.3.0 later"
    assert send_waiting(database, vault, mailing, actor="test")["put_off"] == 1
    assert send_waiting(database, vault, mailing, actor="test")["put_off"] == 0  # not yet
    clock.set_source(lambda: TUESDAY + timedelta(minutes=6))
    assert send_waiting(database, vault, mailing, actor="test")["put_off"] == 1
    clock.set_source(lambda: TUESDAY + TRIED_FOR + timedelta(hours=1))
    assert send_waiting(database, vault, mailing, actor="test")["given_up"] == 1
    with database.write("test") as session:
        row = session.exec(select(OutgoingMail)).one()
        assert (row.attempts, row.error) == (3, "the message was refused (451)")
        row.given_up_at = None
        row.created_at = row.not_before = clock.now()
    server.refuse_data, server.refuse_rcpt = None, "550 5.1.1 no such user"
    assert send_waiting(database, vault, mailing, actor="test")["given_up"] == 1
    with database.read() as session:
        assert mail_status(session) == {"waiting": 0, "sent": 0, "given_up": 1}


def test_a_mail_server_that_is_down_loses_nothing(
    at_school: Seeded, database: Database, vault: Vault, mailing: Settings, server: Received
) -> None:
    _remind(database, mailing)
    down = mailing.model_copy(update={"smtp_port": 1})
    with pytest.raises(MailServerFailed, match="does not take mail"):
        send_waiting(database, vault, down, actor="test")
    assert send_waiting(database, vault, mailing, actor="test")["sent"] == 1


def test_without_encryption_on_offer_nothing_is_sent_where_it_is_asked_for(
    database: Database, vault: Vault, mailing: Settings, server: Received
) -> None:
    strict = mailing.model_copy(update={"smtp_security": "starttls"})
    with pytest.raises(MailServerFailed):
        send_test(database, vault, strict, "marie@ecole.example")
    assert server.messages == []
    send_test(database, vault, mailing, "marie@ecole.example")
    assert len(server.messages) == 1
    with pytest.raises(Misconfigured, match="no mail server"):
        send_test(database, vault, mailing.model_copy(update={"smtp_host": None}), "x@example.org")


def test_a_task_is_reminded_of_some_days_before_and_on_mondays_once_it_is_late() -> None:
    task = Task("x", Sentence("x"), frozenset({Role.ADVISER}), due=CLOSES_ON)
    told = [days for days in range(30) if is_due(task, CLOSES_ON - timedelta(days=days))]
    assert sorted(told, reverse=True) == sorted(REMINDED_DAYS_BEFORE, reverse=True)
    late = [CLOSES_ON + timedelta(days=days) for days in range(1, 15)]
    assert [day.weekday() for day in late if is_due(task, day)] == [0, 0]


@pytest.mark.one_database
def test_the_guide_tells_a_head_what_to_do_and_a_manager_what_others_do(
    at_school: Seeded, settings: Settings, database: Database
) -> None:
    address = f"/sites/{at_school.site_ids[1]}/guide"
    clock.set_source(None)
    with web_client(settings, database) as client:
        log_in(client, "marie")
        head = client.get(address).text
        assert client.get(f"/sites/{at_school.site_ids[0]}/guide").status_code == 404
    with web_client(settings, database) as client:
        log_in(client, "paul")
        manager = client.get(address).text
    mine = "Ce que vous devez faire maintenant"
    assert "Remplir le cadastre et le signer." in head.split(mine)[1].split("Ce qui vient")[0]
    assert "Rien pour le moment." in manager
    assert "Remplir le cadastre et le signer." in manager.split("Ce que font les autres")[1]


def test_a_calendar_is_read_by_its_secret_address_until_it_is_taken_back(
    at_school: Seeded,
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = CapturingLogger()
    listening = structlog.wrap_logger(written, [], structlog.BoundLogger)
    monkeypatch.setattr(middleware, "log", listening)
    with database.write("test") as session:
        session.exec(select(Dossier).where(Dossier.site_id == at_school.site_ids[1])).one()
    clock.set_source(None)
    with web_client(settings, database) as client:
        log_in(client, "marie")
        form = {"csrf": hidden_field(client.get("/rappels").text), "action": "creer"}
        shown = client.post("/rappels/agenda", data=form).text
        secret = shown.split("/calendrier/")[1].split(".ics")[0]
        clock.set_source(lambda: TUESDAY)
        with httpx.Client(base_url=client.base_url, timeout=PATIENCE_S) as program:
            answer = program.get(f"/calendrier/{secret}.ics")
            assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
            (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
            assert event.decoded("dtstart") == CLOSES_ON
            assert event.decoded("dtend") == CLOSES_ON + timedelta(days=1)
            assert "Institut Saint-Roch" in str(event["summary"])
            clock.set_source(None)
            client.post("/rappels/agenda", data={**form, "action": "retirer"})
            assert program.get(f"/calendrier/{secret}.ics").status_code == 404
            assert program.get("/calendrier/nobody.ics").status_code == 404
    paths = [str(call.kwargs["path"]) for call in written.calls]
    assert "/calendrier/{token}.ics" in paths
    assert not any(secret in path for path in paths)


@pytest.mark.one_database
def test_a_person_chooses_their_mail(
    at_school: Seeded, settings: Settings, database: Database
) -> None:
    clock.set_source(None)
    with web_client(settings, database) as client:
        log_in(client, "marie")
        page = client.get("/rappels").text
        assert "Les messages vont à marie@ecole.example." in page
        form = {"csrf": hidden_field(page), "courrier": "weekly"}
        assert client.post("/rappels", data=form).status_code == 303
        assert 'value="weekly" checked' in client.get("/rappels").text
        assert client.post("/rappels", data={**form, "courrier": "daily"}).status_code == 400
