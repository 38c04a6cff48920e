"""Prerequisites, terms and moves of many dossiers, on a database and through pages and the API."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import col, func, select
from typer.testing import CliRunner

from api.cli import app, context
from api.jobs.functions import FUNCTIONS
from api.usecases.access import viewer_of
from api.usecases.deadlines import (
    LateFilter,
    follow_terms,
    late_list,
    look_at_clocks,
)
from api.usecases.dossier_bulk import (
    Choice,
    WantedMove,
    advance_as_asked,
    advance_many,
    ask_many,
    chosen_sites,
    outcomes_of,
    try_many,
)
from api.usecases.dossier_state import EvidenceFile, dossier_of_site, measure, state_of
from api.usecases.dossiers import MoveRefused, advance
from api.usecases.prerequisites import add_prerequisite, lift_prerequisite, postpone
from api.usecases.reserves import assign, lift, open_by_hand
from api.usecases.scope import Viewer
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import (
    BulkState,
    DeadlineClock,
    Dossier,
    DossierTransition,
    Event,
    GrantScope,
    PrerequisiteKind,
    Reserve,
    ReserveSeverity,
    User,
    UserRole,
)
from inventory.programme.dossier import EvidenceKind, Role, Status
from inventory.secrets import open_vault
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import bearer, hidden_field, log_in, person, web_client

NOON = datetime(2027, 1, 11, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def moved_clock() -> Iterator[None]:
    clock.set_source(lambda: NOON)
    yield
    clock.set_source(None)


def at(day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    clock.set_source(lambda: moment)


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


def viewer(database: Database, login: str) -> Viewer:
    with database.read() as session:
        user = session.exec(select(User).where(User.login == login)).one()
        return viewer_of(session, user)


def stand(database: Database, site_id: int, status: Status) -> None:
    """Put a dossier somewhere, as if it had come there today."""
    with database.write("test") as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).first()
        if dossier is None:
            dossier = Dossier(site_id=site_id, status=status, updated_at=clock.now())
        dossier.status = status
        session.add(dossier)
        session.flush()
        follow_terms(session, dossier, state_of(session, dossier))


def test_open_prerequisites_are_counted_where_some_were_written_down(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    stand(database, site_id, Status.DESIGN_APPROVED)
    order = [
        EvidenceFile(kind, "x.pdf", "ab" * 32, 3)
        for kind in (EvidenceKind.SPECIFICATIONS, EvidenceKind.PURCHASE_ORDER)
    ]
    with database.read() as session:
        assert measure(session, site_id).open_prerequisites is None
    with database.write("user:po") as session:
        row = add_prerequisite(
            session, site_id, PrerequisiteKind.POWER, "Prise 16 A dans l’armoire", actor="user:po"
        )
        assert row.organising_authority_id == seeded.authority_ids[1]
        number = row.id
    assert number is not None
    with database.write("user:co") as session, pytest.raises(MoveRefused) as refused:
        advance(
            session,
            site_id,
            Status.ORDERED,
            actor="user:co",
            role=Role.CONTRACT_OFFICER,
            facts={"open_prerequisites": "0"},  # what somebody would say
            evidence=order,
        )
    assert refused.value.missing == ("Un prérequis du pouvoir organisateur reste à lever.",)
    with database.write("user:po") as session:
        with pytest.raises(InvalidInput):
            lift_prerequisite(session, site_id, number, note="fait", actor="user:po")
        note = "Vu posée le 11 janvier par Mme Lambert"
        lift_prerequisite(session, site_id, number, note=note, actor="user:po")
        with pytest.raises(Conflict):
            lift_prerequisite(session, site_id, number, note=note, actor="user:po")
        with pytest.raises(NotFound):
            lift_prerequisite(session, seeded.site_ids[0], number, note=note, actor="user:po")
    with database.write("user:co") as session:
        step = advance(
            session,
            site_id,
            Status.ORDERED,
            actor="user:co",
            role=Role.CONTRACT_OFFICER,
            evidence=order,
        )
        assert step.to_status == "ordered"


def test_a_prerequisite_is_late_after_its_own_day_until_it_is_lifted_or_postponed(
    database: Database, seeded: Seeded
) -> None:
    person(database, "alice")
    site_id = seeded.site_ids[1]
    with database.write("test") as session:
        row = add_prerequisite(
            session,
            site_id,
            PrerequisiteKind.ASBESTOS,
            "Désamianter le local technique",
            actor="test",
            due_on=date(2027, 1, 20),
        )
        number = row.id or 0
    late = LateFilter(Role.ORGANISING_AUTHORITY)
    for day, expected in ((date(2027, 1, 20), []), (date(2027, 1, 22), [2])):
        at(day)
        with database.read() as session:
            found = late_list(session, viewer(database, "alice"), late).lines
        assert [each.late_days for each in found] == expected
    with database.write("test") as session:
        postpone(session, site_id, number, date(2027, 2, 1))
    with database.read() as session:
        assert late_list(session, viewer(database, "alice"), late).lines == ()


def test_a_reserve_is_late_after_its_own_day_until_it_is_lifted_or_given_another(
    database: Database, seeded: Seeded
) -> None:
    person(database, "alice")
    site_id = seeded.site_ids[0]
    with database.write("test") as session:
        for day in (date(2027, 1, 20), None):
            open_by_hand(
                session,
                site_id,
                "Goulotte ouverte au premier étage",
                severity=ReserveSeverity.MINOR,
                actor="test",
                due_on=day,
            )
    late = LateFilter(Role.CONTRACTOR, "reserve")
    told = 0
    for day, expected in ((date(2027, 1, 20), []), (date(2027, 1, 22), [2])):
        at(day)
        told = look_at_clocks(database, actor="schedule")["told"]
        with database.read() as session:
            found = late_list(session, viewer(database, "alice"), late).lines
        assert [each.late_days for each in found] == expected
    assert told == 1
    with database.write("test") as session:
        assign(session, site_id, 1, due_on=date(2027, 2, 1))
        assign(session, site_id, 2, due_on=date(2027, 1, 21))
    with database.read() as session:
        found = late_list(session, viewer(database, "alice"), late).lines
    assert [each.due_on for each in found] == [date(2027, 1, 21)]
    # Late by its new day too, it is told anew.
    at(date(2027, 2, 3))
    assert look_at_clocks(database, actor="schedule")["told"] == 2
    with database.write("test") as session:
        for number in (1, 2):
            note = "Vue refermée le 2 février par Mme Lambert"
            lift(session, site_id, number, note=note, evidence=None, actor="test")
    with database.read() as session:
        assert late_list(session, viewer(database, "alice"), late).lines == ()


def test_reserves_of_before_get_their_clocks_and_hide_no_step_that_has_none(
    database: Database, seeded: Seeded
) -> None:
    person(database, "alice")
    site_id = seeded.site_ids[1]  # its cadastre is awaited, without a clock
    with database.write("test") as session:
        session.add(
            Reserve(
                site_id=site_id,
                number=1,
                check_id="",
                subject="n° 1",
                severity=ReserveSeverity.MINOR,
                message="Prise arrachée",
                due_on=date(2027, 1, 4),
                opened_at=NOON,
                opened_by="test",
            )
        )
    assert look_at_clocks(database, actor="schedule")["started"] == 2
    assert look_at_clocks(database, actor="schedule")["started"] == 0
    with database.read() as session:
        found = late_list(session, viewer(database, "alice"), LateFilter()).lines
        kept = session.exec(select(DeadlineClock.term_id).order_by(DeadlineClock.term_id)).all()
    assert [(each.term_id, each.late_days) for each in found] == [
        ("reserve", 7),
        ("cadastre_fill", 5),
    ]
    assert kept == ["cadastre_fill", "reserve"]


def test_the_terms_follow_the_moves_and_stand_still_on_hold(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    stand(database, site_id, Status.CADASTRE_SUBMITTED)

    def clocks() -> list[tuple[str, date, date | None]]:
        with database.read() as session:
            rows = session.exec(
                select(DeadlineClock)
                .where(col(DeadlineClock.closed_on).is_(None))
                .order_by(col(DeadlineClock.id))
            )
            return [(each.term_id, each.due_on, each.held_on) for each in rows]

    assert clocks() == [("cadastre_judge", date(2027, 2, 10), None)]
    at(date(2027, 1, 21))
    with database.write("user:a") as session:
        advance(
            session, site_id, Status.ON_HOLD, actor="user:a", role=Role.ADVISER, reason="Travaux"
        )
    assert clocks() == [("cadastre_judge", date(2027, 2, 10), date(2027, 1, 21))]
    at(date(2027, 6, 1))
    assert look_at_clocks(database, actor="schedule")["told"] == 0
    with database.write("user:a") as session:
        advance(session, site_id, Status.CADASTRE_SUBMITTED, actor="user:a", role=Role.ADVISER)
    assert clocks() == [("cadastre_judge", date(2027, 6, 21), None)]
    with database.write("user:c") as session:
        advance(
            session,
            site_id,
            Status.CADASTRE_PENDING,
            actor="user:c",
            role=Role.CADASTRE_MANAGER,
            reason="Plans ?",
        )
    # Forty days on which pupils are at school, over the summer.
    assert clocks() == [("cadastre_fill", date(2027, 9, 14), None)]


def test_both_tracks_have_their_term(database: Database, seeded: Seeded) -> None:
    site_id = seeded.site_ids[1]
    stand(database, site_id, Status.ORDERED)
    facts = {"serials_expected": "1", "serials_scanned": "1"}
    note = [EvidenceFile(EvidenceKind.DELIVERY_NOTE, "bl.pdf", "ab" * 32, 3)]
    with database.write("user:i") as session:
        advance(
            session,
            site_id,
            Status.DELIVERED,
            actor="user:i",
            role=Role.INSTALLER,
            facts=facts,
            evidence=note,
        )
    with database.read() as session:
        rows = session.exec(select(DeadlineClock).order_by(col(DeadlineClock.id))).all()
    assert [(each.term_id, each.closed_on is None) for each in rows] == [
        ("delivery", False),
        ("cabling", True),
    ]


def test_a_late_term_is_told_once_and_dossiers_of_before_get_their_clocks(
    database: Database, seeded: Seeded
) -> None:
    # The seed wrote its dossiers before there were terms: the second waits for its cadastre.
    at(date(2027, 1, 11) + timedelta(days=400))
    first = look_at_clocks(database, actor="schedule")
    assert (first["started"], first["told"]) == (1, 1)
    assert look_at_clocks(database, actor="schedule") == {"started": 0, "told": 0}
    with database.read() as session:
        told = session.exec(select(Event).where(Event.kind == "deadline.passed")).one()
    assert told.site_id == seeded.site_ids[1]
    assert "Remplir et soumettre le cadastre" in told.message
    assert "deadlines" in FUNCTIONS


def test_the_late_list_is_paged_by_key(database: Database, seeded: Seeded) -> None:
    person(database, "alice")
    with database.read() as session:
        dossier_id = dossier_of_site(session, seeded.site_ids[1]).id or 0
    with database.write("test") as session:
        session.add_all(
            DeadlineClock(
                dossier_id=dossier_id,
                term_id="order",
                ball="contract_officer",
                started_on=date(2026, 1, 1),
                due_on=date(2026, 2, 1) + timedelta(days=number // 3),
            )
            for number in range(25)
        )
    seen: list[int] = []
    place = None
    with database.read() as session:
        while True:
            found = late_list(
                session, viewer(database, "alice"), LateFilter(), after=place, limit=4
            )
            seen += [each.clock_id for each in found.lines]
            place = found.next
            if place is None:
                break
    assert len(seen) == len(set(seen)) == 25
    assert seen == sorted(seen)


def test_the_late_list_is_read_from_its_own_index_in_order(
    database: Database, seeded: Seeded
) -> None:
    person(database, "alice")
    asked: list[tuple[str, Any]] = []
    with database.read() as session:
        alice = viewer(database, "alice")
        connection = session.connection()
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _cursor, text, values, *_: asked.append((text, values)),
        )
        late_list(session, alice, LateFilter())
        query, values = next(each for each in asked if "FROM deadline_clock" in each[0])
        if session.get_bind().dialect.name == "postgresql":
            # A table of a few rows is read whole, unless that is forbidden.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            how = "EXPLAIN "
        else:
            how = "EXPLAIN QUERY PLAN "
        plan = " ".join(map(str, connection.exec_driver_sql(how + query, values)))
    assert "ix_deadline_clock_running" in plan
    assert "TEMP B-TREE" not in plan


def manager(database: Database, login: str = "paul") -> Viewer:
    person(database, login, UserRole.PROGRAMME_MANAGER)
    return viewer(database, login)


def test_many_dossiers_move_each_with_its_own_outcome(database: Database, seeded: Seeded) -> None:
    paul = manager(database)
    a, b, c = seeded.site_ids
    for site_id, status in ((a, Status.DECLINED), (b, Status.SCHEDULED), (c, Status.SCHEDULED)):
        stand(database, site_id, status)
    wanted = WantedMove(Status.ON_HOLD, "Grève")
    with database.read() as session:
        chosen = chosen_sites(session, paul, Choice((a, b, c)))
        tried = try_many(session, paul, chosen, wanted)
    assert [each.state for each in tried] == [
        BulkState.REFUSED,
        BulkState.MOVED,
        BulkState.MOVED,
    ]
    with database.read() as session:
        assert session.exec(
            select(func.count()).select_from(DossierTransition).where(
                DossierTransition.to_status == "on_hold"
            )
        ).one() == 0  # fmt: skip
    with database.write(paul.actor) as session:
        bulk_id = ask_many(session, paul, "r-1", chosen, wanted).id or 0
    with database.write("user:other") as session:  # somebody is quicker
        advance(
            session, c, Status.DECLINED, actor="user:o", role=Role.PROGRAMME_MANAGER, reason="Non"
        )
    outcomes = {each.site_id: each for each in advance_many(database, paul, bulk_id)}
    assert outcomes[b].state is BulkState.MOVED
    assert outcomes[a].said is not None
    assert "On ne passe pas de" in str(outcomes[a].said)
    assert outcomes[c].said == "Le dossier a changé entre-temps."
    with database.write(paul.actor) as session:
        assert ask_many(session, paul, "r-1", chosen, wanted).id == bulk_id
        with pytest.raises(Conflict):
            ask_many(session, paul, "r-1", chosen, WantedMove(Status.DECLINED, "x"))
    advance_many(database, paul, bulk_id)
    with database.read() as session:
        steps = session.exec(
            select(func.count())
            .select_from(DossierTransition)
            .where(DossierTransition.to_status == "on_hold")
        ).one()
        other = viewer(database, "paul")
        assert len(outcomes_of(session, other, bulk_id)) == 3
    assert steps == 1


def test_a_run_that_was_killed_goes_on_where_it_stopped(database: Database, seeded: Seeded) -> None:
    paul = manager(database)
    a, b, c = seeded.site_ids
    for site_id in (a, b, c):
        stand(database, site_id, Status.SCHEDULED)
    wanted = WantedMove(Status.ON_HOLD, "Grève")
    with database.write(paul.actor) as session:
        bulk_id = ask_many(session, paul, "r-2", [a, b, c], wanted).id or 0

    class Killed(Exception):
        pass

    def kill(_step: str, done: int, _total: int) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        advance_many(database, paul, bulk_id, on_progress=kill)
    with database.read() as session:
        states = [each.state for each in outcomes_of(session, paul, bulk_id)]
    assert states.count(BulkState.PENDING) == 1
    done = advance_many(database, paul, bulk_id)
    assert [each.state for each in done] == [BulkState.MOVED] * 3
    with database.read() as session:
        assert {dossier_of_site(session, each).version for each in (a, b, c)} == {2, 3, 5}


def test_many_dossiers_are_moved_within_ones_scope_alone(
    database: Database, seeded: Seeded
) -> None:
    person(database, "pia", UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Liège")
    person(database, "hugo", UserRole.SCHOOL_HEAD)
    with database.read() as session:
        everything = Choice()
        assert chosen_sites(session, viewer(database, "pia"), everything) == [seeded.site_ids[1]]
        assert chosen_sites(session, viewer(database, "hugo"), everything) == []


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    manager(database)
    with web_client(settings, database) as client:
        yield client


def test_the_pages_write_a_prerequisite_down_lift_it_and_list_what_is_late(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    assert log_in(client, "paul") == 303
    site = f"/sites/{seeded.site_ids[1]}"
    shown = client.get(f"{site}/prerequis")
    csrf = hidden_field(shown.text)
    form = {"csrf": csrf, "genre": "rack", "objet": "Un coffret fermé", "echeance": "2027-01-12"}
    assert client.post(f"{site}/prerequis", data=form).status_code == 303
    assert "Un coffret fermé" in client.get(f"{site}/prerequis").text
    assert "Prérequis (un à lever)" in client.get(site).text
    at(date(2027, 1, 15))  # the session has ended meanwhile
    assert log_in(client, "paul") == 303
    csrf = hidden_field(client.get(f"{site}/prerequis").text)
    assert "3 jours" in client.get("/retards").text
    lifted = client.post(
        f"{site}/prerequis/1/lever",
        data={"csrf": csrf, "note": "Vu posé par le conseiller"},
        files={"document": ("", b"", "application/octet-stream")},
    )
    assert lifted.status_code == 303
    assert "Aucun prérequis n’est à lever." in client.get(f"{site}/prerequis").text
    assert "Aucun délai n’est dépassé." in client.get("/retards").text


def test_the_page_tries_first_and_the_job_moves_then(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    assert log_in(client, "paul") == 303
    choice = {"statut": "cadastre_pending", "vers": "on_hold", "motif": "Travaux"}
    shown = client.get("/dossiers/passages", params=choice).text
    assert "Peut avancer" in shown
    form = {
        "csrf": hidden_field(shown),
        "demande": "abc",
        "vers": "on_hold",
        "motif": "Travaux",
        "ecole": f"{seeded.site_ids[1]}:2",
    }
    for _ in range(2):
        assert client.post("/dossiers/passages", data=form).headers["location"].endswith("/1")
    assert "En attente" in client.get("/dossiers/passages/1").text
    with database.read() as session:
        assert state_of(session, dossier_of_site(session, seeded.site_ids[1])).version == 2


def test_what_moved_since_it_was_shown_is_not_moved_by_the_page(
    settings: Settings, client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    first, second, _ = seeded.site_ids
    for site_id in (first, second):
        stand(database, site_id, Status.SCHEDULED)
    assert log_in(client, "paul") == 303
    choice = {"statut": "scheduled", "vers": "on_hold", "motif": "Grève"}
    shown = client.get("/dossiers/passages", params=choice).text
    boxes = re.findall(r'name="ecole" value="([0-9:]+)"', shown)
    with database.write("user:anne") as session:
        for status, why in ((Status.ON_HOLD, "Chantier"), (Status.SCHEDULED, None)):
            manager_role = Role.PROGRAMME_MANAGER
            advance(session, second, status, actor="user:anne", role=manager_role, reason=why)
    form = {"csrf": hidden_field(shown), "demande": "abc", "vers": "on_hold", "motif": "Grève"}
    assert client.post("/dossiers/passages", data={**form, "ecole": "1"}).status_code == 400
    asked = client.post("/dossiers/passages", data={**form, "ecole": boxes})
    advance_as_asked(database, 1, asked_by="user:paul")
    told = client.get(asked.headers["location"]).text
    assert "Le dossier a changé entre-temps." in told
    with database.read() as session:
        states = [dossier_of_site(session, site_id).status for site_id in (first, second)]
    assert states == [Status.ON_HOLD, Status.SCHEDULED]


def test_the_api_moves_many_and_tells_what_is_late(
    settings: Settings, client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    headers = bearer(database, "paul")
    body = {"request_id": "k1", "to": "on_hold", "reason": "Grève", "status": "cadastre_pending"}
    dry = client.post(
        "/api/v1/dossiers/transitions", json={**body, "dry_run": True}, headers=headers
    ).json()
    assert (dry["id"], dry["moved"], dry["refused"]) == (None, 1, 0)
    for _ in range(2):
        made = client.post("/api/v1/dossiers/transitions", json=body, headers=headers).json()
        assert (made["id"], made["moved"], made["pending"]) == (1, 1, 0)
    listed = client.get("/api/v1/dossiers/transitions", headers=headers).json()
    assert [each["moved"] for each in listed["requests"]] == [1]
    site = seeded.site_ids[0]  # the second one is on hold now, and so never late
    wanted = {"kind": "power", "description": "Une prise", "due_on": "2027-01-01"}
    made = client.post(f"/api/v1/sites/{site}/prerequisites", json=wanted, headers=headers)
    assert made.status_code == 201
    late = client.get("/api/v1/late", headers=headers).json()
    assert [(each["site_id"], each["late_days"]) for each in late["late"]] == [(site, 10)]
    done = client.post(
        f"/api/v1/sites/{site}/prerequisites/1/lift",
        json={"note": "Vu par le conseiller"},
        headers=headers,
    )
    assert done.json()["lifted_by"] == "user:paul"


@pytest.mark.one_database
def test_the_commands_list_what_is_late_and_try_before_they_move(
    settings: Settings, database: Database, seeded: Seeded, tmp_path: Path
) -> None:
    manager(database)
    with database.write("test") as session:
        add_prerequisite(
            session,
            seeded.site_ids[1],
            PrerequisiteKind.POWER,
            "Une prise",
            actor="test",
            due_on=date(2026, 12, 31),
        )
    config = tmp_path / "preau.toml"
    where = f'database_url = "{settings.database_url}"\n' if settings.database_url else ""
    config.write_text(f'data_dir = "{settings.data_dir}"\n{where}')
    open_vault(settings, create=True)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["--config", str(config), "dossier", *words])
        return result.exit_code, result.stdout

    try:
        assert json.loads(run("late", "--json")[1])[0]["late_days"] == 11
        assert "to be done" in run("prerequisites", "95002/9502")[1]
        many = ("move-many", "on_hold", "--login", "paul", "--status", "cadastre_pending")
        tried = run(*many, "--reason", "Travaux")
        assert (tried[0], "can move" in tried[1]) == (0, True)
        refused = run(*many)
        assert (refused[0], "Le motif est obligatoire." in refused[1]) == (1, True)
        assert "   moved" in run(*many, "--reason", "Travaux", "--yes")[1]
    finally:
        context.use_settings_file(None)
