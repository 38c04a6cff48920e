"""`preau db`: make and upgrade the database."""

from contextlib import closing

import typer

from api.cli.context import settings_of_command
from api.usecases.keys import ensure_key_file
from inventory.database import open_database, upgrade

app = typer.Typer(help="Make and upgrade the database.", no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None:
    """Make and upgrade the database."""


@app.command("upgrade")
def upgrade_command() -> None:
    """Make the database and the key file where absent, or bring them to this release."""
    settings = settings_of_command()
    before, after = upgrade(settings)
    with closing(open_database(settings)) as database:
        ensure_key_file(database, settings)
    if before == after:
        typer.echo(f"The database is already at revision {after}.")
    else:
        typer.echo(f"The database went from {before or 'nothing'} to revision {after}.")
