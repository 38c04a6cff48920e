"""`preau acceptance` as a person runs it."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from inventory.database import open_database
from inventory.secrets import open_vault
from inventory.settings import Settings
from tests.seed import seed
from tests.serving import preau_here


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """An installation with three schools, on one kind of database."""
    made = tmp_path_factory.mktemp("acceptance")
    (made / "preau.sqlite").write_bytes(migrated_sqlite.read_bytes())
    settings = Settings(data_dir=made)
    open_vault(settings, create=True)
    database = open_database(settings)
    seed(database)
    database.close()
    return made


def preau(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return preau_here(Settings(data_dir=folder), "acceptance", *arguments)


def test_a_school_is_judged_and_reported(folder: Path) -> None:
    site = ("--site", "95002/9502")  # a school with no device and no survey
    run = preau(folder, "run", *site, "--json")
    assert run.returncode == 1, run.stderr  # nothing is proved
    told = json.loads(run.stdout)
    assert (told["verdict"], told["checks"]["passed"]) == ("not_proved", 0)
    out = folder / "recette.pdf"
    report = preau(folder, "report", *site, "--out", str(out), "--json")
    assert report.returncode == 0, report.stderr
    assert hashlib.sha256(out.read_bytes()).hexdigest() == json.loads(report.stdout)["sha256"]
    assert out.read_bytes().startswith(b"%PDF-")


def test_what_cannot_be_done_is_one_line(folder: Path) -> None:
    done = preau(folder, "reserve", "lift", "7", "--site", "95003/9503", "--note", "vu par Anne")
    assert done.returncode == 2
    assert done.stderr == "preau: there is no reserve 7 at this site\n"
