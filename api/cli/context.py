"""What every command needs: the settings, the open database and the vault of this installation.

Every command passes here, also those that need no database: what is heavy is imported where used.
"""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from inventory.database import Database
    from inventory.secrets import Vault
    from inventory.settings import Settings


@dataclass(frozen=True)
class Installation:
    """One installation, opened by one command."""

    settings: "Settings"
    database: "Database"
    vault: "Vault"
    actor: str


LOOPBACK = ("127.0.0.1", "::1", "localhost")
_settings_file: Path | None = None


def use_settings_file(path: Path | None) -> None:
    """Take the settings of this process from `path`; None: from where they are looked for."""
    global _settings_file
    _settings_file = path


def settings_file() -> Path | None:
    """Return the settings file that this process was given, for a child process to be given."""
    return _settings_file


def settings_of_command() -> "Settings":
    """Return the settings that the running command was given, with logging set up for it."""
    from inventory.log import configure_logging
    from inventory.settings import load_settings

    settings = load_settings(_settings_file)
    configure_logging(settings, "cli")
    if settings.demo_clock is not None:
        _follow_demo_clock(settings.demo_clock, settings.web_host)
    return settings


def _follow_demo_clock(path: Path, host: str) -> None:
    """Let time be moved by a file, for a demo that nobody else reaches."""
    from inventory import clock
    from inventory.errors import Misconfigured

    if host not in LOOPBACK:
        raise Misconfigured(
            "time is moved for a demo on this machine alone",
            where=f"demo_clock, with web_host {host}",
            todo="take demo_clock out of the settings",
        )
    clock.follow_offset(path)


@contextmanager
def installation() -> Iterator[Installation]:
    """Open this installation for a command and close it afterwards."""
    from inventory.database import open_database
    from inventory.secrets import open_vault

    settings = settings_of_command()
    database = open_database(settings)
    try:
        yield Installation(settings, database, open_vault(settings), f"cli:{getpass.getuser()}")
    finally:
        database.close()


def print_json(value: Any) -> None:
    """Print one value as JSON, in UTF-8 as it is."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
