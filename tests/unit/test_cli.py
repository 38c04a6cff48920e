"""The command line as a whole: help is light, every command has its help, errors are one line."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import COMMANDS, app

ROOT = Path(__file__).parents[2]
HEAVY = frozenset(
    "alembic fastapi hier_config matplotlib napalm netmiko numpy pydantic pysnmp rich scapy"
    " sqlalchemy sqlmodel".split()
)


def _preau(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    binary = Path(sys.executable).parent / "preau"
    return subprocess.run(
        [str(binary), *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


def test_help_imports_nothing_heavy() -> None:
    program = "import sys; from api.cli import app; app(['--help'], standalone_mode=False);"
    program += "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(done.stderr.split()) & HEAVY == set()
    assert all(name in done.stdout for name in COMMANDS)


def test_the_help_of_deploy_imports_no_table() -> None:
    program = "import sys, api.cli.deploy; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {name.split(".")[0] for name in done.stdout.split()} & HEAVY == set()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_its_help(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output
    assert "--install-completion" not in result.output


def test_a_command_on_the_database_imports_no_migration_tool() -> None:
    program = "import sys, api.cli.context, inventory.database; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {name.split(".")[0] for name in done.stdout.split()} & {"alembic", "mako"} == set()


def test_reading_needs_nothing_of_what_configures_a_device() -> None:
    program = (
        "import sys; from inventory.vendors.family import families; families(); "
        "import collectors.recorded; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded & {"inventory.vendors.configuration", "jinja2", "sqlmodel", "netmiko"} == set()


def test_an_unknown_command_and_a_missing_database_are_told_with_status_2(tmp_path: Path) -> None:
    unknown = _preau("nothing", cwd=tmp_path)
    assert unknown.returncode == 2
    missing = _preau("secret", "list", cwd=tmp_path)
    assert missing.returncode == 2
    assert missing.stderr.count("\n") == 1
    assert "preau db upgrade" in missing.stderr
    assert list(tmp_path.iterdir()) == []
