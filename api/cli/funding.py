"""`preau funding`: who pays, up to which ceiling, until when."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from api.cli.context import installation, print_json
from api.usecases.funding import define_funding, list_funding
from inventory.errors import InvalidInput

app = typer.Typer(
    help="Funding sources: ceilings and end dates.", no_args_is_help=True, add_completion=False
)

Reason = Annotated[str | None, typer.Option(help="Why, for the change record.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.command("add")
def add_command(
    code: str,
    *,
    name: Annotated[str | None, typer.Option(help="What it is called; else as its code.")] = None,
    ceiling: Annotated[str | None, typer.Option(help="EUR, VAT included, as 2500000.00")] = None,
    starts_on: Day = None,
    ends_on: Day = None,
    reason: Reason = None,
) -> None:
    """Make a funding source, or change in it what is said here."""
    with installation() as here, here.database.write(here.actor) as session:
        source = define_funding(
            session,
            code,
            name=name,
            ceiling=_amount(ceiling),
            starts_on=_day(starts_on),
            ends_on=_day(ends_on),
            reason=reason,
        )
        shown = f"{source.code}  {source.name}"
    typer.echo(shown)


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the funding sources."""
    with installation() as here, here.database.read() as session:
        found = [
            {name: _plain(value) for name, value in each.items()} for each in list_funding(session)
        ]
    if as_json:
        print_json(found)
        return
    for each in found:
        typer.echo(
            f"{each['code']}  {each['name']}  {each['ceiling'] or '-'} EUR  "
            f"{each['starts_on'] or '-'} to {each['ends_on'] or '-'}  {each['dossiers']} dossiers"
        )


def _amount(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation as error:
        raise InvalidInput("--ceiling is an amount as 2500000.00", where=text) from error


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal) else value
