"""The furnished installation, made once for a run of the tests and copied for each who needs one.

Making it takes seconds of computing, in each of the processes of a run.
"""

import fcntl
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from inventory.database import open_database
from inventory.secrets import open_vault
from inventory.settings import Settings
from tests.seed import Seeded

Furnished = Callable[[Path], tuple[Settings, Seeded]]
"""Copies the furnished installation, on SQLite, into a folder."""

_SEEDED = "seeded.json"


@pytest.fixture(scope="session")
def furnished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Furnished:
    """The furnished installation, to copy."""
    base = tmp_path_factory.getbasetemp()
    # With several processes each has its part of a folder that is this run's alone.
    made = (base.parent if hasattr(request.config, "workerinput") else base) / "furnished"

    def copy(folder: Path) -> tuple[Settings, Seeded]:
        with made.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (made / _SEEDED).exists():
                _make(made, request.getfixturevalue("migrated_sqlite"))
        shutil.copytree(made, folder, dirs_exist_ok=True)
        told = json.loads((folder / _SEEDED).read_text())
        seeded = Seeded(**{name: tuple(ids) for name, ids in told.items()})
        return Settings(data_dir=folder, database_url=None), seeded

    return copy


def _make(folder: Path, migrated: Path) -> None:
    # Half of the product is imported by it: not for a run of tests that need none.
    from tests.browser.installation import furnish

    shutil.rmtree(folder, ignore_errors=True)  # who began it may have been stopped
    folder.mkdir()
    shutil.copy2(migrated, folder / "preau.sqlite")
    settings = Settings(data_dir=folder, database_url=None)
    database = open_database(settings)
    try:
        seeded = furnish(settings, database, open_vault(settings, create=True))
    finally:
        database.close()
    (folder / _SEEDED).write_text(json.dumps(asdict(seeded)))
