"""The audit log: what stands in it, how it is filtered and paged, who may read it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from api.usecases.access import find_user
from api.usecases.audit_log import AuditFilter, list_entries, redacted
from api.usecases.grants import give
from api.usecases.scope import HeldGrant
from api.usecases.support import record_access
from inventory.changes import REDACTED, note
from inventory.database import Database
from inventory.models import GrantScope, UserRole
from inventory.settings import Settings
from tests.moved_clock import moved_clock
from tests.seed import seed
from tests.webapp import bearer, log_in, person, web_client


def test_logins_failures_grants_and_looks_at_people_stand_in_one_list(
    settings: Settings, database: Database
) -> None:
    seeded = seed(database)
    person(database, "ada", UserRole.PROGRAMME_MANAGER)
    with database.write("user:ada") as session:
        adviser = HeldGrant(UserRole.ADVISER, GrantScope.ALL)
        give(session, find_user(session, "ada"), adviser, by=None)
        record_access(session, seeded.device_ids[2], case="SUP-1", actor="user:ada", what="clients")
    with web_client(settings, database) as client:
        assert log_in(client, "ada", "hunter2-hunter2") == 401
        assert log_in(client, "my-password-by-mistake", "x") == 401
        assert log_in(client, "ada") == 303
        headers = bearer(database, "ada")
        answer = client.get("/api/v1/audit-log", headers=headers)
        told = answer.json()["entries"]
        assert [(each["actor"], each["action"], each["table_name"]) for each in told][:6] == [
            ("test", "create", "api_token"),
            ("user:ada", "login", "app_user"),
            ("web:login", "login_failed", "app_user"),
            ("web:login", "login_failed", "app_user"),
            ("user:ada", "read", "device"),
            ("user:ada", "create", "app_grant"),
        ]
        assert told[3]["after"] == {"address": "127.0.0.1", "login": "ada"}
        assert told[2]["after"] == {"address": "127.0.0.1"}
        assert "mistake" not in answer.text
        assert "hunter2" not in answer.text
        only = client.get(
            "/api/v1/audit-log", headers=headers, params={"actor": "user:ada", "action": "read"}
        ).json()["entries"]
        assert [each["after"] for each in only] == [{"what": "clients", "case": "SUP-1"}]


def test_it_is_paged_by_key_and_each_entry_comes_once(
    settings: Settings, database: Database
) -> None:
    person(database, "ada", UserRole.PROGRAMME_MANAGER)
    with database.write("test") as session:
        for number in range(7):
            note(session, "export", "site", number)
    with web_client(settings, database) as client:
        headers = bearer(database, "ada")
        seen: list[str] = []
        after: str | None = None
        while True:
            params = {"action": "export", "limit": "3"} | ({"after": after} if after else {})
            page = client.get("/api/v1/audit-log", headers=headers, params=params).json()
            seen += [each["row_key"] for each in page["entries"]]
            after = page["next"]
            if after is None:
                break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


def test_it_is_told_from_one_moment_to_another(database: Database) -> None:
    with moved_clock() as moved:
        began = moved.at
        for number in range(5):
            moved.at = began + timedelta(hours=number)
            with database.write("test") as session:
                note(session, "export", "site", number)
    wanted = AuditFilter(since=began + timedelta(hours=1), until=began + timedelta(hours=3))
    with database.read() as session:
        assert [each.row_key for each in list_entries(session, wanted)] == ["2", "1"]
        nothing = AuditFilter(since=began + timedelta(days=9))
        assert list_entries(session, nothing) == []


def test_a_column_that_nobody_thought_of_is_redacted_when_it_is_shown() -> None:
    told = {"name": "x", "api_token": "s3", "nested": {"Password": "s3", "list": [{"psk": "s3"}]}}
    assert "s3" not in str(redacted(told))
    assert redacted(told) == {
        "name": "x",
        "api_token": REDACTED,
        "nested": {"Password": REDACTED, "list": [{"psk": REDACTED}]},
    }
    assert redacted(None) is None


def test_only_what_is_said_to_leave_no_row_is_noted(database: Database) -> None:
    with database.write("test") as session, pytest.raises(ValueError, match="NOTED"):
        note(session, "create", "site", 1)


@pytest.mark.one_database
def test_each_filter_finds_its_rows_by_an_index(database: Database) -> None:
    for clause, index in (
        ("actor = 'a'", "ix_change_actor"),
        ("action = 'login'", "ix_change_action"),
        ("table_name = 'site' AND row_key = '1'", "ix_change_row"),
    ):
        with database.engine.connect() as connection:
            plan = connection.execute(
                text(
                    f"EXPLAIN QUERY PLAN SELECT * FROM change WHERE {clause} AND id < 9"
                    " ORDER BY id DESC LIMIT 50"
                )
            ).all()
        told = " ".join(str(row) for row in plan)
        assert index in told
        assert "TEMP B-TREE" not in told
