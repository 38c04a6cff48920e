"""`preau secret`: keep secrets under a name; their value is never shown again."""

import sys

import typer
from sqlmodel import select

from api.cli.context import installation, print_json
from api.usecases.keys import rotate_keys
from inventory.errors import InvalidInput
from inventory.models import Secret
from inventory.secrets import store_secret

app = typer.Typer(help="Keep secrets under a name.", no_args_is_help=True, add_completion=False)


@app.command("set")
def set_command(name: str) -> None:
    """Keep a secret; its value is asked for, or read from standard input when that is a pipe."""
    value = (
        typer.prompt(name, hide_input=True, confirmation_prompt=True)
        if sys.stdin.isatty()
        else sys.stdin.read().removesuffix("\n")
    )
    if not value:
        raise InvalidInput("an empty secret was given", where=name, todo="nothing was changed")
    with installation() as here, here.database.write(here.actor) as session:
        store_secret(session, here.vault, name, value)
    typer.echo(f"Kept as {name}.")


@app.command("list")
def list_command(*, as_json: bool = typer.Option(False, "--json")) -> None:
    """List the names and when each was last set."""
    with installation() as here, here.database.read() as session:
        rows = session.exec(select(Secret).order_by(Secret.name)).all()
        listed = [{"name": row.name, "updated_at": row.updated_at.isoformat()} for row in rows]
    if as_json:
        print_json(listed)
        return
    for entry in listed:
        typer.echo(f"{entry['name']}  {entry['updated_at']}")


@app.command("rotate")
def rotate_command() -> None:
    """Make a new key, seal every secret and backup anew with it; may run while the product runs."""
    with installation() as here:
        done = rotate_keys(here.database, here.settings, actor=here.actor)
    typer.echo(
        f"Key {done.key_id} now seals; {done.secrets} secrets and {done.backups} backups were"
        " sealed anew."
    )
