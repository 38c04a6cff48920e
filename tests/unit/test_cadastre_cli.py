"""`preau cadastre` as a person or a script uses it."""

import json
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from api.cli import app
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import Change, Dossier
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.cadastre import campaign, fill
from tests.seed import Seeded, seed


@pytest.fixture(autouse=True)
def installed(
    settings: Settings, vault: Vault, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line works on the test's own installation."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    with database.write("test") as session:
        campaign(session)
    return made


def _preau(*arguments: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, ["cadastre", *map(str, arguments)], input=answer)


def test_the_editions_so_far_need_their_code_alone_and_take_new_days() -> None:
    for code in ("INCOR22", "INCOR24", "INCOR26"):
        assert _preau("edition", "add", code).exit_code == 0
    assert "was kept already" in _preau("edition", "add", "INCOR26").output
    assert _preau("edition", "add", "INCOR26", "--closes-on", "2027-08-31").exit_code == 0
    told = json.loads(_preau("edition", "list", "--json").output)
    assert [(each["code"], each["closes_on"]) for each in told] == [
        ("INCOR26", "2027-08-31"),
        ("INCOR24", "2025-06-30"),
        ("INCOR22", "2023-06-30"),
    ]


def test_an_edition_of_one_s_own_needs_all_that_it_is(tmp_path: Path) -> None:
    assert isinstance(_preau("edition", "add", "PILOTE27").exception, InvalidInput)
    file = tmp_path / "q.toml"
    file.write_text(
        'version = "pilote-1"\ntitle = "Pilote"\n[[sections]]\nid = "s"\ntitle = "S"\n'
        '[[sections.fields]]\nid = "a"\ntype = "integer"\nlabel = "A"\nrequired = true\n'
    )
    given = ("--title", "Pilote", "--opens-on", "2026-01-01", "--closes-on", "2026-12-31")
    added = _preau("edition", "add", "PILOTE27", *given, "--questionnaire", file)
    assert added.exit_code == 0, added.output
    other = _preau("edition", "add", "PILOTE27", "--questionnaire", "2022-1", *given)
    assert isinstance(other.exception, Conflict)
    missing = _preau("edition", "add", "X27", *given, "--questionnaire", "nope")
    assert isinstance(missing.exception, NotFound)


def test_opening_tells_how_many_and_exits_1_when_some_were_refused(
    database: Database, seeded: Seeded
) -> None:
    with database.write("test") as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == seeded.site_ids[1])).one()
        dossier.status = "identified"
    opened = _preau("open", "INCOR26")
    assert (opened.exit_code, opened.output) == (0, "1 sites asked, 0 refused.\n")


def test_a_workbook_goes_out_and_comes_back_after_a_dry_run(
    database: Database, seeded: Seeded, tmp_path: Path
) -> None:
    with database.write("user:denise") as session:
        fill(session, seeded.site_ids[1], {"pupils": 240})
    file = tmp_path / "a.xlsx"
    asked = ("--edition", "INCOR26", "--site", "95002/9502")
    assert _preau("export", "INCOR26", file, "--site", "95002/9502").exit_code == 0
    assert "says what the response says" in _preau("import", file, *asked).output
    with database.write("user:ivan") as session:
        fill(session, seeded.site_ids[1], {"pupils": None}, actor="user:ivan")
    # What was changed elsewhere and not in the workbook stays as it is.
    assert "says what the response says" in _preau("import", file, *asked).output
    wrong = _preau("import", tmp_path / "none.xlsx", *asked)
    assert isinstance(wrong.exception, InvalidInput)


def test_show_and_progress_and_export_tell_what_is_there(
    database: Database, seeded: Seeded, tmp_path: Path
) -> None:
    with database.write("user:denise") as session:
        fill(session, seeded.site_ids[1], {"pupils": 24000})
    shown = _preau("show", "INCOR26", "--site", "95002/9502").output
    assert "pupils = 24000  (user:denise)" in shown
    assert "! pupils: Le maximum est 10\u202f000." in shown
    told = json.loads(_preau("progress", "INCOR26", "--json").output)
    assert [(each["name"], each["counts"]) for each in told] == [
        ("Liège", {"draft": 1}),
        ("Namur", {"not_started": 1}),
    ]
    file = tmp_path / "all.csv"
    assert _preau("export", "INCOR26", file).exit_code == 0
    assert "Institut Saint-Roch" in file.read_text(encoding="utf-8")
    with database.read() as session:
        (noted,) = session.exec(select(Change).where(Change.action == "export")).all()
    assert noted.after == {"edition": "INCOR26", "format": "csv"}
    assert isinstance(_preau("export", "INCOR26", tmp_path / "a.ods").exception, InvalidInput)
    assert isinstance(_preau("export", "NOPE", file).exception, NotFound)
