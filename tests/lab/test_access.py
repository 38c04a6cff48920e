import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.usecases.access import (
    WrongPassword,
    add_user,
)
from api.usecases.grants import parse_scope
from api.usecases.scope import HeldGrant, Right, Viewer, sites_within, visible_sites
from api.usecases.sessions import log_in, log_out, who_is_logged_in
from api.usecases.throttle import DEFAULT, TooManyAttempts
from api.usecases.tokens import TOKEN_PREFIX, new_token, whose_token
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import (
    ApiToken,
    Change,
    Dossier,
    GrantScope,
    Lot,
    Site,
    User,
    UserRole,
    WebSession,
)
from tests.moved_clock import MovedClock, moved_clock
from tests.passwords import PASSWORD
from tests.seed import seed
from tests.webapp import person


@pytest.fixture(name="moved_clock")
def moved_clock_fixture() -> Iterator[MovedClock]:
    with moved_clock() as moved:
        yield moved


def attempt(database: Database, login: str, password: str, address: str = "10.0.0.1") -> str:
    return log_in(database, login, password, address=address, session_hours=12)


def test_the_right_password_opens_a_session_that_ends_at_logout(database: Database) -> None:
    person(database, "alice")
    cookie = attempt(database, " Alice ", PASSWORD)
    with database.read() as session:
        found = who_is_logged_in(session, cookie)
        kept = session.exec(select(WebSession)).one()
    assert found is not None
    assert found.viewer.login == "alice"
    assert cookie not in kept.token_hash
    with database.write("test") as session:
        log_out(session, cookie)
    with database.read() as session:
        assert who_is_logged_in(session, cookie) is None


def test_a_session_ends_with_its_hours_and_with_the_account(
    database: Database, moved_clock: MovedClock
) -> None:
    person(database, "alice")
    first = attempt(database, "alice", PASSWORD)
    moved_clock.at += timedelta(hours=13)
    with database.read() as session:
        assert who_is_logged_in(session, first) is None
    second = attempt(database, "alice", PASSWORD)
    with database.write("test") as session:
        session.exec(select(User)).one().active = False
    with database.read() as session:
        assert who_is_logged_in(session, second) is None
    with pytest.raises(WrongPassword):
        attempt(database, "alice", PASSWORD)


def test_an_unknown_login_is_told_nothing_else_than_a_wrong_password(database: Database) -> None:
    person(database, "alice")
    told = set()
    for login in ("alice", "nobody"):
        with pytest.raises(WrongPassword) as caught:
            attempt(database, login, "not the password")
        told.add(str(caught.value))
    assert len(told) == 1


def test_after_some_failures_even_the_right_password_waits_for_the_window_to_end(
    database: Database, moved_clock: MovedClock
) -> None:
    person(database, "alice")
    for _ in range(DEFAULT.per_login_and_address):
        with pytest.raises(WrongPassword):
            attempt(database, "alice", "not the password")
    with pytest.raises(TooManyAttempts) as caught:
        attempt(database, "alice", PASSWORD)
    assert caught.value.wait == DEFAULT.window
    assert attempt(database, "alice", PASSWORD, address="10.0.0.2")
    moved_clock.at += DEFAULT.window
    assert attempt(database, "alice", PASSWORD)


def test_a_login_that_succeeds_forgets_the_failures_before_it(database: Database) -> None:
    person(database, "alice")
    for _ in range(3):
        for _ in range(DEFAULT.per_login_and_address - 1):
            with pytest.raises(WrongPassword):
                attempt(database, "alice", "not the password")
        assert attempt(database, "alice", PASSWORD)


def test_many_guesses_at_once_do_not_slip_through(database: Database) -> None:
    def guess(_: int) -> type[Exception]:
        with pytest.raises((WrongPassword, TooManyAttempts)) as caught:
            attempt(database, "nobody", "guess")
        return caught.type

    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(guess, range(16)))
    assert kinds.count(WrongPassword) == DEFAULT.per_login_and_address


def test_a_token_acts_as_its_user_until_it_ends_and_is_kept_as_a_hash(
    database: Database, moved_clock: MovedClock
) -> None:
    person(database, "alice")
    with database.write("test") as session:
        token = new_token(session, "alice", name="nagios", days=30)
    assert token.startswith(TOKEN_PREFIX)
    with database.read() as session:
        viewer = whose_token(session, token)
        assert viewer is not None
        assert viewer.login == "alice"
        assert whose_token(session, token[:-1] + "x") is None
        assert token not in session.exec(select(ApiToken)).one().token_hash
    moved_clock.at += timedelta(days=31)
    with database.read() as session:
        assert whose_token(session, token) is None


def test_no_change_record_holds_a_password_hash_or_a_token(database: Database) -> None:
    person(database, "alice")
    with database.write("test") as session:
        new_token(session, "alice", name="nagios", days=30)
    with database.read() as session:
        user = session.exec(select(User)).one()
        token = session.exec(select(ApiToken)).one()
        records = " ".join(str(c.after) for c in session.exec(select(Change)))
    assert user.password_hash is not None
    assert user.password_hash not in records
    assert token.token_hash not in records
    assert "alice" in records


def test_a_password_is_kept_so_that_trying_one_costs_a_thief_time_and_memory(
    database: Database, costly_passwords: None
) -> None:
    with database.write("test") as session:
        user = add_user(session, "a", display_name="A", password=PASSWORD, role=UserRole.ADVISER)
        told = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", user.password_hash or "")
    assert told is not None
    memory_kib, rounds = map(int, told.groups())
    # OWASP Password Storage Cheat Sheet, Argon2id: at least 19 MiB and 2 rounds.
    assert memory_kib >= 19 * 1024
    assert rounds >= 2


def test_a_short_password_and_a_taken_login_are_refused(database: Database) -> None:
    person(database, "alice")
    with database.write("test") as session:
        for login, password, error in (
            ("bob", "short", InvalidInput),
            ("ALICE", PASSWORD, Conflict),
            (" ", PASSWORD, InvalidInput),
        ):
            with pytest.raises(error):
                add_user(session, login, display_name="x", password=password, role=UserRole.ADVISER)


def viewer(*grants: HeldGrant) -> Viewer:
    return Viewer(1, "alice", "Alice", "fr", grants)


def names(session: Session, who: Viewer, right: Right = Right.SEE) -> set[str]:
    found = session.exec(select(Site).where(sites_within(who, right)))
    return {site.name.split()[-1] for site in found}


def two_lots(database: Database) -> list[int]:
    """Put the schools that have a dossier into the first of two lots; return the lots' ids."""
    with database.write("test") as session:
        rows = [Lot(name="Lot 1"), Lot(name="Lot 2")]
        session.add_all(rows)
        session.flush()
        for dossier in session.exec(select(Dossier)):
            dossier.lot_id = rows[0].id
        return [row.id or 0 for row in rows]


def test_each_scope_reaches_its_own_sites_and_no_other(database: Database) -> None:
    seeded = seed(database)
    lots = two_lots(database)
    head = UserRole.SCHOOL_HEAD
    expected = {
        HeldGrant(head, GrantScope.ALL): {"Tilleuls", "Saint-Roch", "Lac"},
        HeldGrant(head, GrantScope.PROVINCE, "Liège"): {"Saint-Roch"},
        HeldGrant(head, GrantScope.EDUCATION_NETWORK, "WBE"): {"Lac"},
        HeldGrant(head, GrantScope.ORGANISING_AUTHORITY, str(seeded.authority_ids[0])): {
            "Tilleuls"
        },
        HeldGrant(head, GrantScope.SITE, str(seeded.site_ids[1])): {"Saint-Roch"},
        HeldGrant(UserRole.CONTRACTOR, GrantScope.LOT, str(lots[0])): {"Saint-Roch", "Tilleuls"},
        HeldGrant(UserRole.CONTRACTOR, GrantScope.LOT, str(lots[1])): set(),
        HeldGrant(head, GrantScope.SITE, "not a number"): set(),
        HeldGrant(UserRole.SUPPLIER, GrantScope.ALL): set(),
    }
    with database.read() as session:
        assert {grant: names(session, viewer(grant)) for grant in expected} == expected
        assert names(session, viewer()) == set()


def test_seeing_a_site_does_not_give_the_right_to_run_jobs_there(database: Database) -> None:
    seed(database)
    both = viewer(
        HeldGrant(UserRole.SCHOOL_HEAD, GrantScope.ALL),
        HeldGrant(UserRole.NETWORK_ENGINEER, GrantScope.PROVINCE, "Liège"),
    )
    with database.read() as session:
        assert names(session, both, Right.RUN_JOBS) == {"Saint-Roch"}
        assert len(session.exec(select(Site).where(visible_sites(both))).all()) == 3


def test_a_scope_on_the_command_line_names_something_that_exists(database: Database) -> None:
    seeded = seed(database)
    lots = two_lots(database)
    with database.read() as session:
        assert parse_scope(session, "all") == (GrantScope.ALL, "")
        assert parse_scope(session, "province:Namur") == (GrantScope.PROVINCE, "Namur")
        assert parse_scope(session, "lot:Lot 2") == (GrantScope.LOT, str(lots[1]))
        assert parse_scope(session, "education_network:WBE")[0] is GrantScope.EDUCATION_NETWORK
        assert parse_scope(session, "organising_authority:700") == (
            GrantScope.ORGANISING_AUTHORITY,
            str(seeded.authority_ids[0]),
        )
        for text in ("planet:Mars", "province:", "all:x", "site:x"):
            with pytest.raises(InvalidInput):
                parse_scope(session, text)
        for text in ("site:999999", "organising_authority:1", "province:Mordor", "lot:x"):
            with pytest.raises(NotFound):
                parse_scope(session, text)
