"""`preau register import` and `preau dossier` as a person or a script uses them."""

import json
from pathlib import Path

import pytest
from sqlmodel import func, select
from typer.testing import CliRunner, Result

from api.cli import app
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.models import Change, Implantation, RegisterImport
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.registers import as_csv, as_json, row


@pytest.fixture(autouse=True)
def installed(
    settings: Settings, vault: Vault, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line works on the test's own installation."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)


def _preau(*arguments: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], input=answer)


def _file(folder: Path, content: bytes, name: str = "register.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _implantations(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(Implantation)).one()


def test_a_dry_run_shows_and_writes_nothing(tmp_path: Path, database: Database) -> None:
    result = _preau("register", "import", _file(tmp_path, as_csv([row()])), "--dry-run")
    assert result.exit_code == 0, result.output
    assert "1 created" in result.output
    assert "nothing was written" in result.output
    assert _implantations(database) == 0


def test_nothing_is_written_before_a_yes(tmp_path: Path, database: Database) -> None:
    path = _file(tmp_path, as_csv([row()]))
    refused = _preau("register", "import", path, answer="n\n")
    assert isinstance(refused.exception, InvalidInput)
    assert _implantations(database) == 0
    assert _preau("register", "import", path, answer="y\n").exit_code == 0
    assert _implantations(database) == 1


def test_the_second_import_says_that_all_is_known(tmp_path: Path, database: Database) -> None:
    path = _file(tmp_path, as_csv([row()]))
    _preau("register", "import", path, "--yes")
    with database.read() as session:
        changes = session.exec(select(func.count()).select_from(Change)).one()
    second = _preau("register", "import", path, "--yes")
    assert (second.exit_code, "all of it is known" in second.output) == (0, True)
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Change)).one() == changes
        record = session.exec(select(RegisterImport)).one()
    assert (record.file_name, record.counts["created"]) == ("register.csv", 1)


def test_rejected_lines_are_told_and_exit_1(tmp_path: Path, database: Database) -> None:
    rows = [row(), row(genre="Spécialisé"), row(implantation=2)]
    result = _preau("register", "import", _file(tmp_path, as_json(rows)), "--yes", "--json")
    assert result.exit_code == 1
    told = json.loads(result.output)
    assert told["applied"]
    assert told["created"] == ["95001/2", "95001/9501"]
    assert [each["line"] for each in told["rejected"]] == ["element 2 (line 21)"]
    assert _implantations(database) == 2


@pytest.mark.parametrize("content", [b"\x00\xff\x13", b"PK\x03\x04 zip", b"{}", b"a,b\n1,2\n"])
def test_a_broken_file_is_an_error_and_changes_nothing(
    content: bytes, tmp_path: Path, database: Database
) -> None:
    result = _preau("register", "import", _file(tmp_path, content), "--yes")
    assert isinstance(result.exception, InvalidInput)
    assert "nothing was changed" in str(result.exception)
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Change)).one() == 0


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_file_that_cannot_be_opened_is_an_error(name: str, tmp_path: Path) -> None:
    result = _preau("register", "import", tmp_path / name, "--yes")
    assert isinstance(result.exception, InvalidInput)


def test_json_asks_nothing(tmp_path: Path) -> None:
    result = _preau("register", "import", _file(tmp_path, as_csv([row()])), "--json")
    assert isinstance(result.exception, InvalidInput)


def test_a_dossier_is_shown_moved_and_followed(tmp_path: Path) -> None:
    _preau("register", "import", _file(tmp_path, as_csv([row()])), "--yes")
    assert "Identifiée" in _preau("dossier", "show", "95001/9501").output
    asked = _preau("dossier", "move", "95001/9501", "cadastre_pending", "--role", "school_head")
    assert asked.exit_code == 0, asked.output
    submit = ("dossier", "move", "95001/9501", "cadastre_submitted", "--role", "school_head")
    refused = _preau(*submit, "--json")
    assert "Il manque la réponse au cadastre." in str(refused.exception)
    answer = _file(tmp_path, b"pdf", "answer.pdf")
    moved = _preau(*submit, "--evidence", answer, "--version", 2, "--json")
    assert json.loads(moved.output)["version"] == 3
    steps = json.loads(_preau("dossier", "history", "95001/9501", "--json").output)
    assert [(step["to"], len(step["evidence"])) for step in steps] == [
        ("cadastre_pending", 0),
        ("cadastre_submitted", 1),
    ]
    assert steps[1]["evidence"][0]["size_bytes"] == 3


@pytest.mark.parametrize("site", ["12", "1/1", "x", "-1", "9" * 30, "1/" + "9" * 30, "/"])
def test_an_unknown_site_is_one_sentence(site: str) -> None:
    result = _preau("dossier", "show", "--", site)
    assert result.exit_code != 0
    assert "\n" not in str(result.exception)


def test_a_document_must_be_told_apart_where_several_are_asked_for(tmp_path: Path) -> None:
    _preau("register", "import", _file(tmp_path, as_csv([row()])), "--yes")
    document = _file(tmp_path, b"pdf", "form.pdf")
    move = ("dossier", "move", "1", "on_hold", "--role", "adviser", "--reason", "Travaux")
    result = _preau(*move, "--evidence", document)
    assert isinstance(result.exception, InvalidInput)
    assert _preau(*move, "--evidence", f"quote={document}").exit_code == 0
