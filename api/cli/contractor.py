"""`preau contractor`: the companies that were awarded lots."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json
from api.usecases.contractors import define_contractor, list_contractors

app = typer.Typer(help="Companies that build lots.", no_args_is_help=True, add_completion=False)

Reason = Annotated[str | None, typer.Option(help="Why, for the change record.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add_command(
    name: str,
    *,
    company_number: Annotated[str | None, typer.Option(help="BCE number.")] = None,
    reason: Reason = None,
) -> None:
    """Make a contractor, or change in it what is said here."""
    with installation() as here, here.database.write(here.actor) as session:
        made = define_contractor(session, name, company_number=company_number, reason=reason)
        shown = made.name
    typer.echo(shown)


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the contractors with their lots."""
    with installation() as here, here.database.read() as session:
        found = list_contractors(session)
    if as_json:
        print_json(found)
        return
    for each in found:
        lots = ", ".join(each["lots"]) or "-"
        typer.echo(f"{each['name']}  {each['company_number'] or '-'}  {lots}")
