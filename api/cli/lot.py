"""`preau lot`: parts of the programme that one contractor builds."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json
from api.usecases.lots import define_lot, list_lots

app = typer.Typer(
    help="Lots: what one contractor builds.", no_args_is_help=True, add_completion=False
)

Reason = Annotated[str | None, typer.Option(help="Why, for the change record.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add_command(
    name: str,
    *,
    contractor: Annotated[str | None, typer.Option(help="Who builds it; '' for nobody.")] = None,
    sites_per_year: Annotated[
        int | None, typer.Option(help="How many sites the contractor takes on in a year.")
    ] = None,
    reason: Reason = None,
) -> None:
    """Make a lot, or change in it what is said here."""
    with installation() as here, here.database.write(here.actor) as session:
        lot = define_lot(
            session, name, contractor=contractor, sites_per_year=sites_per_year, reason=reason
        )
        shown = lot.name
    typer.echo(shown)


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the lots with their contractors."""
    with installation() as here, here.database.read() as session:
        found = list_lots(session)
    if as_json:
        print_json(found)
        return
    for each in found:
        yearly = "-" if each["sites_per_year"] is None else each["sites_per_year"]
        typer.echo(
            f"{each['name']}  {each['contractor'] or '-'}  {yearly} sites/year  "
            f"{each['dossiers']} dossiers"
        )
