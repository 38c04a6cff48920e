"""`preau adviser`: the sheet of an adviser's month, for the funds."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Advisers' visits and hours by funding source.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("month")
def month_command(
    month: Annotated[str, typer.Argument(help="As 2026-12.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List who told hours in a month."""
    from api.usecases.adviser_visits import people_of_month, read_month
    from inventory.programme.advisers import hours

    with installation() as here, here.database.read() as session:
        found = people_of_month(session, read_month(month))
    if as_json:
        print_json([{"login": login, "name": name, "minutes": m} for login, name, m in found])
        return
    for login, name, minutes in found:
        typer.echo(f"{login}  {name}  {hours(minutes)}")


@app.command("sheet")
def sheet_command(
    login: str,
    month: Annotated[str, typer.Argument(help="As 2026-12.")],
    file: Annotated[Path, typer.Argument(help="Where to write: a name that ends .csv or .xlsx.")],
) -> None:
    """Write an adviser's month as CSV or as a workbook."""
    from api.usecases.adviser_sheet import sheet_csv, sheet_xlsx
    from api.usecases.adviser_visits import read_month, sheet_of_login
    from api.usecases.exporting import note_export
    from inventory.errors import InvalidInput

    writers = {".csv": sheet_csv, ".xlsx": sheet_xlsx}
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise InvalidInput("a sheet is written as .csv or .xlsx", where=str(file))
    with installation() as here:
        with here.database.read() as session:
            found = sheet_of_login(session, login, read_month(month))
        told = {"login": login, "month": month, "format": file.suffix.lower().removeprefix(".")}
        note_export(here.database, here.actor, "adviser_visit", told)
    file.write_bytes(writer(found))
    typer.echo(f"{len(found.entries)} entries: {file}")
