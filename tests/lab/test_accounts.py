"""Who gives what to whom, invitations, sessions and tokens: the rules, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from queue import Queue

import httpx
import pytest
from sqlmodel import Session, select

from api.usecases.access import find_user, viewer_of
from api.usecases.accounts import (
    INVITATION_DAYS,
    accept_invitation,
    block,
    change_own_password,
    invite,
    invite_again,
    list_users,
    managed_user,
    new_invitation,
    whose_invitation,
)
from api.usecases.grants import give, scope_text, take_back
from api.usecases.scope import GIVABLE, HeldGrant, Right, Viewer, sites_within
from api.usecases.sessions import (
    Lasting,
    end_session,
    end_sessions,
    log_in,
    note_seen,
    sessions_of,
    who_is_logged_in,
)
from api.usecases.tokens import new_token, note_used, revoke_token, tokens_of, whose_token
from inventory import origin
from inventory.database import CONNECTIONS, Database
from inventory.errors import InvalidInput, NotAllowed, NotFound
from inventory.models import ApiToken, Change, GrantScope, Site, User, UserRole, WebSession
from inventory.settings import Settings
from tests.moved_clock import moved_clock
from tests.passwords import PASSWORD
from tests.seed import Seeded, seed
from tests.webapp import bearer, person, web_client

OTHER_PASSWORD = "cinq autres mots faciles à retenir"
HEAD = UserRole.SCHOOL_HEAD
NAMUR = HeldGrant(UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Namur")


def who(session: Session, login: str) -> Viewer:
    return viewer_of(session, find_user(session, login))


@pytest.fixture
def seeded(database: Database) -> Seeded:
    """Mona manages Namur; Ada everything; Hugo directs the school of Namur, Lena that of Liège."""
    made = seed(database)
    person(database, "mona", UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Namur")
    person(database, "ada", UserRole.PROGRAMME_MANAGER)
    person(database, "hugo", HEAD, GrantScope.SITE, str(made.site_ids[0]))
    person(database, "lena", HEAD, GrantScope.SITE, str(made.site_ids[1]))
    return made


def test_nobody_gives_more_than_they_manage(database: Database, seeded: Seeded) -> None:
    with database.write("test") as session:
        mona, hugo = who(session, "mona"), find_user(session, "hugo")
        for wanted in (
            HeldGrant(HEAD, GrantScope.ALL),
            HeldGrant(HEAD, GrantScope.PROVINCE, "Liège"),
            HeldGrant(HEAD, GrantScope.SITE, str(seeded.site_ids[1])),
            HeldGrant(HEAD, GrantScope.EDUCATION_NETWORK, "WBE"),
            HeldGrant(HEAD, GrantScope.ORGANISING_AUTHORITY, str(seeded.authority_ids[0])),
            HeldGrant(UserRole.NETWORK_ENGINEER, GrantScope.PROVINCE, "Namur"),
        ):
            with pytest.raises(NotAllowed):
                give(session, hugo, wanted, by=mona)
            with pytest.raises(NotAllowed):
                give(session, hugo, wanted, by=who(session, "lena"))
        with pytest.raises(NotAllowed, match="ses propres droits"):
            give(session, find_user(session, "mona"), NAMUR, by=mona)
        assert give(session, hugo, HeldGrant(HEAD, GrantScope.PROVINCE, "Namur"), by=mona)
        assert not give(session, hugo, HeldGrant(HEAD, GrantScope.PROVINCE, "Namur"), by=mona)
        site = HeldGrant(UserRole.INSTALLER, GrantScope.SITE, str(seeded.site_ids[0]))
        assert give(session, hugo, site, by=mona)
        take_back(session, hugo, site, by=mona)
        with pytest.raises(NotFound):
            take_back(session, hugo, site, by=mona)
        lena = HeldGrant(HEAD, GrantScope.SITE, str(seeded.site_ids[1]))
        with pytest.raises(NotAllowed):
            take_back(session, find_user(session, "lena"), lena, by=mona)


def test_every_role_but_the_one_of_the_machine_is_given_by_who_manages_all(
    database: Database, seeded: Seeded
) -> None:
    with database.write("test") as session:
        ada, hugo = who(session, "ada"), find_user(session, "hugo")
        for role in sorted(GIVABLE):
            assert give(session, hugo, HeldGrant(role, GrantScope.PROVINCE, "Namur"), by=ada)
        assert set(UserRole) - GIVABLE == {UserRole.NETWORK_ENGINEER}


def test_who_manages_a_province_sees_its_people_and_of_them_nothing_else(
    database: Database, seeded: Seeded
) -> None:
    with database.write("test") as session:
        give(
            session,
            find_user(session, "hugo"),
            HeldGrant(HEAD, GrantScope.PROVINCE, "Liège"),
            by=None,
        )
    with database.read() as session:
        mona = who(session, "mona")
        assert [each.user.login for each in list_users(session, mona)] == ["hugo", "mona"]
        hugo = list_users(session, mona)[0]
        assert hugo.grants == (HeldGrant(HEAD, GrantScope.SITE, str(seeded.site_ids[0])),)
        assert not hugo.whole
        assert [u.user.login for u in list_users(session, mona, after="hugo")] == ["mona"]
        assert len(list_users(session, who(session, "ada"))) == 4
        assert list_users(session, who(session, "hugo")) == []
        with pytest.raises(NotFound):
            managed_user(session, mona, find_user(session, "lena").id or 0)
    with database.write("test") as session:
        # He works in Liège too: that is not Mona's to end.
        with pytest.raises(NotAllowed):
            block(session, find_user(session, "hugo"), by=who(session, "mona"))
        with pytest.raises(NotAllowed):
            block(session, find_user(session, "mona"), by=who(session, "mona"))
        block(session, find_user(session, "hugo"), by=who(session, "ada"))


def test_who_holds_the_role_of_the_machine_is_not_blocked_or_given_a_link_from_a_page(
    database: Database, seeded: Seeded
) -> None:
    person(database, "nina")
    with database.write("test") as session:
        nina, ada = find_user(session, "nina"), who(session, "ada")
        with pytest.raises(NotAllowed, match="sur la machine même"):
            block(session, nina, by=ada)
        with pytest.raises(NotAllowed, match="sur la machine même"):
            invite_again(session, nina, by=ada)


def test_an_invitation_sets_a_password_once_and_within_its_days(
    database: Database, seeded: Seeded
) -> None:
    grant = HeldGrant(HEAD, GrantScope.SITE, str(seeded.site_ids[0]))
    with moved_clock() as moved:
        with database.write("test") as session:
            mona = who(session, "mona")
            user, link = invite(session, mona, "Iris", grant, display_name="Iris D.")
            assert user.password_hash is None
        with database.write("test") as session, pytest.raises(InvalidInput):
            accept_invitation(session, link, "short")
        with database.write("test") as session:
            assert accept_invitation(session, link, PASSWORD).login == "iris"
        assert log_in(database, "iris", PASSWORD, address="10.0.0.1", session_hours=1)
        with database.write("test") as session, pytest.raises(NotFound):
            accept_invitation(session, link, OTHER_PASSWORD)
        with database.write("test") as session:
            first = new_invitation(session, find_user(session, "iris"), created_by="test")
            second = new_invitation(session, find_user(session, "iris"), created_by="test")
        with database.read() as session:
            assert whose_invitation(session, first) is None
            assert whose_invitation(session, second) is not None
        moved.at += timedelta(days=INVITATION_DAYS)
        with database.read() as session:
            assert whose_invitation(session, second) is None


def test_a_changed_password_ends_every_session_and_needs_the_old_one(database: Database) -> None:
    person(database, "alice")
    cookies = [log_in(database, "alice", PASSWORD, address="a", session_hours=1) for _ in "ab"]
    with database.read() as session:
        alice = who(session, "alice")
    with pytest.raises(NotAllowed):
        change_own_password(database, alice, current="no", wanted=OTHER_PASSWORD, address="a")
    with database.read() as session:
        assert all(who_is_logged_in(session, each) for each in cookies)
    change_own_password(database, alice, current=PASSWORD, wanted=OTHER_PASSWORD, address="a")
    with database.read() as session:
        assert not any(who_is_logged_in(session, each) for each in cookies)
    assert log_in(database, "alice", OTHER_PASSWORD, address="a", session_hours=1)


def test_a_session_ends_without_requests_and_each_request_keeps_it(database: Database) -> None:
    person(database, "alice")
    lasting = Lasting(12, idle_minutes=30)
    with moved_clock() as moved:
        cookie = log_in(database, "alice", PASSWORD, address="a", session_hours=12)
        for _ in range(3):
            moved.at += timedelta(minutes=29)
            with database.read() as session:
                found = who_is_logged_in(session, cookie, idle_since=lasting.idle_since())
            assert found is not None
            assert not lasting.is_fresh(found.last_seen_at)
            note_seen(database, cookie)
        moved.at += timedelta(minutes=32)
        with database.read() as session:
            assert who_is_logged_in(session, cookie, idle_since=lasting.idle_since()) is None


def test_one_sees_and_ends_ones_other_sessions_and_nobody_elses(database: Database) -> None:
    for login in ("alice", "bob"):
        person(database, login)
    own, other = (log_in(database, "alice", PASSWORD, address="a", session_hours=1) for _ in "ab")
    bobs = log_in(database, "bob", PASSWORD, address="a", session_hours=1, agent="x" * 500)
    with database.write("test") as session:
        alice, bob = (find_user(session, login).id or 0 for login in ("alice", "bob"))
        listed = sessions_of(session, alice, own)
        assert [each.this_one for each in listed].count(True) == 1
        away = next(each for each in listed if not each.this_one)
        assert len(sessions_of(session, bob, bobs)[0].row.agent or "") == 200
        assert not end_session(session, bob, away.name)
        assert end_session(session, alice, away.name)
    with database.read() as session:
        assert who_is_logged_in(session, own)
        assert not who_is_logged_in(session, other)
        assert who_is_logged_in(session, bobs)
    with database.write("test") as session:
        assert end_sessions(session, alice, but=own) == 0
        assert end_sessions(session, alice) == 1


def test_a_token_may_less_than_its_user_and_never_more(database: Database, seeded: Seeded) -> None:
    site = HeldGrant(UserRole.PROGRAMME_MANAGER, GrantScope.SITE, str(seeded.site_ids[0]))
    with database.write("test") as session:
        token = new_token(session, "mona", name="excel", days=1, grants=[site], read_only=True)
        whole = new_token(session, "mona", name="all", days=1)
        for wanted in (
            HeldGrant(UserRole.PROGRAMME_MANAGER, GrantScope.ALL),
            HeldGrant(UserRole.NETWORK_ENGINEER, GrantScope.PROVINCE, "Namur"),
            HeldGrant(UserRole.PROGRAMME_MANAGER, GrantScope.SITE, str(seeded.site_ids[1])),
        ):
            with pytest.raises(NotAllowed):
                new_token(session, "mona", name="more", days=1, grants=[wanted])
    with database.read() as session:
        viewer = whose_token(session, token)
        assert viewer is not None
        assert viewer.grants == (site,)
        assert viewer.token is not None
        assert viewer.token.read_only
        assert viewer.actor == "user:mona"
        seen = session.exec(select(Site.id).where(sites_within(viewer, Right.SEE))).all()
        assert seen == [seeded.site_ids[0]]
    with database.write("test") as session:
        take_back(session, find_user(session, "mona"), NAMUR, by=None)
    with database.read() as session:
        for each in (token, whole):
            viewer = whose_token(session, each)
            assert viewer is not None
            assert viewer.grants == ()


def test_a_token_is_listed_with_its_last_use_to_the_minute_and_revoked_by_its_owner_alone(
    database: Database,
) -> None:
    for login in ("alice", "bob"):
        person(database, login)
    with moved_clock() as moved:
        with database.write("test") as session:
            token = new_token(session, "alice", name="nagios", days=30)
            alice, bob = (find_user(session, login).id or 0 for login in ("alice", "bob"))
        used = []
        for _ in range(3):
            with database.read() as session:
                viewer = whose_token(session, token)
            assert viewer is not None
            assert viewer.token is not None
            note_used(database, viewer.token)
            with database.read() as session:
                used.append(tokens_of(session, alice)[0].last_used_at)
            moved.at += timedelta(seconds=45)
            token_id = viewer.token.id
        assert [(at - used[0]).seconds for at in used if at and used[0]] == [0, 0, 90]
        with database.write("test") as session, pytest.raises(NotFound):
            revoke_token(session, bob, token_id)
        with database.write("test") as session:
            assert revoke_token(session, alice, token_id) == "nagios"
        with database.read() as session:
            assert whose_token(session, token) is None


def test_a_note_waits_for_no_other_writer(database: Database) -> None:
    person(database, "alice")
    cookie = log_in(database, "alice", PASSWORD, address="a", session_hours=1)
    with database.write("test") as session:
        held = session.exec(select(WebSession).with_for_update()).one()
        held.address = "b"
        session.flush()
        with moved_clock() as moved:
            moved.at += timedelta(days=999)
            note_seen(database, cookie)
    with database.read() as session:
        assert session.exec(select(WebSession.last_seen_at)).one() == held.last_seen_at
    with database.write("test") as session:
        session.exec(select(User)).one().display_name = "who writes waits its turn again"


@pytest.mark.one_database
def test_no_note_waits_behind_another_when_every_connection_is_held(database: Database) -> None:
    """As when many follow a plan at once: each held a connection and waited for one more."""
    person(database, "alice")
    cookie = log_in(database, "alice", PASSWORD, address="a", session_hours=1)
    answered: Queue[None] = Queue()

    def note() -> None:
        note_seen(database, cookie)
        answered.put(None)

    with ExitStack() as held, ThreadPoolExecutor(CONNECTIONS) as threads:
        for _ in range(CONNECTIONS):
            held.enter_context(database.read()).connection()
        for _ in range(CONNECTIONS):
            threads.submit(note)
        for _ in range(CONNECTIONS - 1):
            answered.get(timeout=20)
        held.close()
        answered.get(timeout=20)


def test_scopes_are_told_as_they_are_typed(database: Database, seeded: Seeded) -> None:
    with database.read() as session:
        authority = str(seeded.authority_ids[0])
        assert scope_text(session, GrantScope.ALL, "") == "all"
        assert scope_text(session, GrantScope.PROVINCE, "Namur") == "province:Namur"
        assert (
            scope_text(session, GrantScope.ORGANISING_AUTHORITY, authority)
            == "organising_authority:700"
        )
        assert scope_text(session, GrantScope.LOT, "99") == "lot:99"


def test_what_a_program_writes_is_recorded_with_the_name_of_its_token(
    settings: Settings, database: Database
) -> None:
    seeded = seed(database)
    person(database, "alice")
    with database.write("test") as session:
        only_reads = new_token(session, "alice", name="reads", days=1, read_only=True)
    with web_client(settings, database) as client:
        headers = bearer(database, "alice")
        wanted = {"kind": "poll", "site_id": seeded.site_ids[0]}
        answer = client.post("/api/v1/jobs", json=wanted, headers=headers)
        assert answer.status_code == 202
        reading = {"Authorization": f"Bearer {only_reads}"}
        assert client.get("/api/v1/sites", headers=reading).status_code == 200
        refused = client.post("/api/v1/jobs", json=wanted, headers=reading)
        assert refused.status_code == 403
        assert "Ce jeton ne permet que de lire" in refused.json()["detail"]
    with database.read() as session:
        assert all(row.last_used_at for row in session.exec(select(ApiToken)))
    with origin.coming_from("10.0.0.1") as request, database.write("user:alice") as session:
        request.token = "nagios"
        session.exec(select(User)).one().display_name = "Alice D."
    with database.read() as session:
        last = [row.via for row in session.exec(select(Change).order_by(Change.id)) if row.via]  # type: ignore[arg-type]
    assert last == ["token:nagios"]


def test_a_program_that_runs_wild_is_told_when_to_come_again(
    settings: Settings, database: Database
) -> None:
    seed(database)
    for login in ("alice", "bob"):
        person(database, login)
    slow = settings.model_copy(update={"api_burst": 3, "api_requests_per_s": 0.01})
    with web_client(slow, database) as client:
        headers = bearer(database, "alice")
        answers = [client.get("/api/v1/sites", headers=headers) for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        refused: httpx.Response = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert 90 < int(refused.headers["retry-after"]) <= 100
        assert client.get("/api/v1/sites", headers=bearer(database, "bob")).status_code == 200
        assert client.get("/connexion").status_code == 200
