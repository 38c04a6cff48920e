"""What every command needs: the settings, the open database and the vault of this installation."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from inventory.database import Database, open_database
from inventory.log import configure_logging
from inventory.secrets import Vault, open_vault
from inventory.settings import Settings, load_settings


@dataclass(frozen=True)
class Installation:
    """One installation, opened by one command."""

    settings: Settings
    database: Database
    vault: Vault
    actor: str


_settings_file: Path | None = None


def use_settings_file(path: Path | None) -> None:
    """Take the settings of this process from `path`; None: from where they are looked for."""
    global _settings_file
    _settings_file = path


def settings_of_command() -> Settings:
    """Return the settings that the running command was given, with logging set up for it."""
    settings = load_settings(_settings_file)
    configure_logging(settings, "cli")
    return settings


@contextmanager
def installation() -> Iterator[Installation]:
    """Open this installation for a command and close it afterwards."""
    settings = settings_of_command()
    database = open_database(settings)
    try:
        yield Installation(settings, database, open_vault(settings), f"cli:{getpass.getuser()}")
    finally:
        database.close()


def print_json(value: Any) -> None:
    """Print one value as JSON, in UTF-8 as it is."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
