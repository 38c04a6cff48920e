"""Advisers' hours: told, corrected with a record, closed by a signature, exported for the funds."""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import Session, select
from typer.testing import CliRunner

from api.cli import app
from api.usecases.access import viewer_of
from api.usecases.adviser_sheet import sheet_csv, sheet_xlsx
from api.usecases.adviser_visits import (
    Told,
    correct_visit,
    list_visits,
    month_sheet,
    remove_visit,
    sign_month,
    tell_visit,
)
from api.usecases.funding import define_funding
from api.usecases.scope import Viewer
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.models import Change, Grant, GrantScope, User, UserRole
from inventory.programme.advisers import VisitKind, hours
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.network import school_in

DAY = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    clock.set_source(lambda: datetime(2026, 12, 1, 9, tzinfo=UTC))
    yield
    clock.set_source(None)


@pytest.fixture
def source_id(database: Database) -> int:
    with database.write("test") as session:
        return define_funding(session, "FSE").id or 0


def _person(session: Session, login: str, role: UserRole, site_id: int | None = None) -> Viewer:
    user = User(login=login, display_name=login.title(), password_hash="x")
    session.add(user)
    session.flush()
    scope = (GrantScope.ALL, "") if site_id is None else (GrantScope.SITE, str(site_id))
    session.add(Grant(user_id=user.id or 0, role=role, scope=scope[0], scope_key=scope[1]))
    session.flush()
    return viewer_of(session, user)


def _told(source_id: int, **more: object) -> Told:
    values = {"on": DAY, "minutes": 90, "kind": VisitKind.VISIT, **more}
    return Told(funding_source_id=source_id, **values)  # type: ignore[arg-type]


def test_hours_are_summed_by_funding_source_and_corrections_leave_records(
    database: Database, source_id: int
) -> None:
    site_id = school_in(database).site_id
    with database.write("user:zoe") as session:
        other = define_funding(session, "RW").id or 0
        zoe = _person(session, "zoe", UserRole.ADVISER, site_id)
        first = tell_visit(session, zoe, _told(source_id, site_id=site_id, notes="Plan revu"))
        tell_visit(session, zoe, _told(other, minutes=30, kind=VisitKind.TRAVEL))
        correct_visit(session, zoe, first.id or 0, _told(source_id, minutes=105, site_id=site_id))
    with database.read() as session:
        found = month_sheet(session, zoe, DAY)
        assert found.by_source == {"FSE": 105, "RW": 30}
        assert [(each.site, each.minutes) for each in found.entries] == [
            ("Les Tilleuls", 105), (None, 30),
        ]  # fmt: skip
        changes = session.exec(select(Change).where(Change.table_name == "adviser_visit")).all()
        assert {each.actor for each in changes} == {"user:zoe"}
        [update] = [each for each in changes if each.action == "update"]
        assert update.before == {"minutes": 90, "notes": "Plan revu"}
        lines, more = list_visits(session, zoe, limit=1)
        assert ([line.source for line in lines], more) == (["RW"], lines[0].row.id)
    assert hours(135) == "2:15"


def test_a_signed_month_is_closed(database: Database, source_id: int) -> None:
    with database.write("user:zoe") as session:
        zoe = _person(session, "zoe", UserRole.ADVISER)
        kept = tell_visit(session, zoe, _told(source_id)).id or 0
        with pytest.raises(Conflict, match="quand il est fini"):
            sign_month(session, zoe, date(2026, 12, 1))
        with pytest.raises(Conflict, match="pas de temps à signer"):
            sign_month(session, zoe, date(2026, 10, 1))
        signed = sign_month(session, zoe, DAY)
        assert signed.minutes == 90
        sheet = sheet_csv(month_sheet(session, zoe, DAY))
        assert signed.sha256 == hashlib.sha256(sheet).hexdigest()
        for change in (
            lambda: tell_visit(session, zoe, _told(source_id)),
            lambda: correct_visit(session, zoe, kept, _told(source_id, on=date(2026, 12, 1))),
            lambda: remove_visit(session, zoe, kept),
            lambda: sign_month(session, zoe, DAY),
        ):
            with pytest.raises(Conflict, match="est signé"):
                change()
        december = tell_visit(session, zoe, _told(source_id, on=date(2026, 12, 1))).id or 0
        with pytest.raises(Conflict, match="est signé"):
            correct_visit(session, zoe, december, _told(source_id))
        remove_visit(session, zoe, december)


def test_what_does_not_fit_is_refused(database: Database, source_id: int) -> None:
    elsewhere = school_in(database, fase=95002).site_id
    here = school_in(database, fase=95003).site_id
    with database.write("user:zoe") as session:
        zoe = _person(session, "zoe", UserRole.ADVISER, here)
        head = _person(session, "head", UserRole.SCHOOL_HEAD, here)
        for wrong in (
            {"on": date(2026, 12, 2)}, {"on": date(1999, 1, 1)}, {"minutes": 0},
            {"minutes": 1441}, {"notes": "x" * 2001},
        ):  # fmt: skip
            with pytest.raises(InvalidInput):
                tell_visit(session, zoe, _told(source_id, **wrong))
        with pytest.raises(InvalidInput, match="financement 99 n’existe pas"):
            tell_visit(session, zoe, _told(99))
        with pytest.raises(NotFound):
            tell_visit(session, zoe, _told(source_id, site_id=elsewhere))
        with pytest.raises(NotAllowed):
            tell_visit(session, head, _told(source_id, site_id=here))
        tell_visit(session, zoe, _told(source_id, minutes=1400))
        with pytest.raises(InvalidInput, match="plus de 24 heures"):
            tell_visit(session, zoe, _told(source_id, minutes=41))


def test_hours_of_others_are_for_who_checks_them(database: Database, source_id: int) -> None:
    with database.write("test") as session:
        zoe = _person(session, "zoe", UserRole.ADVISER)
        yves = _person(session, "yves", UserRole.ADVISER)
        anne = _person(session, "anne", UserRole.PROGRAMME_MANAGER)
        kept = tell_visit(session, zoe, _told(source_id)).id or 0
        assert month_sheet(session, anne, DAY, "zoe").minutes == 90
        assert month_sheet(session, yves, DAY).entries == ()
        with pytest.raises(NotAllowed):
            month_sheet(session, yves, DAY, "zoe")
        with pytest.raises(NotFound):
            remove_visit(session, yves, kept)
        with pytest.raises(NotFound):
            month_sheet(session, anne, DAY, "nobody")


def test_a_sheet_is_a_file_in_which_nothing_runs(
    settings: Settings,
    database: Database,
    *,
    vault: Vault,
    source_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database.write("test") as session:
        zoe = _person(session, "zoe", UserRole.ADVISER)
        tell_visit(session, zoe, _told(source_id, notes="=1+1"))
    with database.read() as session:
        found = month_sheet(session, zoe, DAY)
    text = sheet_csv(found).decode("utf-8-sig")
    assert "2026-11-03;FSE;Visite d’école;;90;1:30;'=1+1\r\n" in text
    assert text.endswith("total;FSE;;;90;1:30;\r\n")
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet_xlsx(found)))
    entries = book.get_sheet_by_name("2026-11").to_python()
    assert entries[1][1:] == ["FSE", "Visite d’école", "", 90.0, "1:30", "=1+1"]
    assert book.get_sheet_by_name("totaux").to_python()[1][2:4] == ["FSE", 90.0]
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)
    target = tmp_path / "zoe.csv"
    run = CliRunner().invoke(app, ["adviser", "sheet", "zoe", "2026-11", str(target)])
    assert run.exit_code == 0, run.output
    assert target.read_bytes() == sheet_csv(found)
    with database.read() as session:
        (noted,) = session.exec(select(Change).where(Change.action == "export")).all()
    assert noted.after == {"login": "zoe", "month": "2026-11", "format": "csv"}
    listed = CliRunner().invoke(app, ["adviser", "month", "2026-11", "--json"])
    assert json.loads(listed.output) == [{"login": "zoe", "name": "Zoe", "minutes": 90}]
