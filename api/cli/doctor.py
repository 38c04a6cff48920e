"""`preau doctor`: say what is missing on this machine, and what to do about it."""

import typer

from api.cli.context import print_json, settings_of_command

app = typer.Typer(help="Say what is missing on this machine.", add_completion=False)


@app.command()
def doctor(*, as_json: bool = typer.Option(False, "--json")) -> None:
    """Look at each part of this installation; exit 1 when one that is needed does not work."""
    from api.usecases.examination import examine

    checks = list(examine(settings_of_command()))
    if as_json:
        print_json(
            [
                {
                    "what": check.what,
                    "ok": check.ok,
                    "told": check.told,
                    "todo": None if check.ok else check.todo,
                    "needed": check.needed,
                }
                for check in checks
            ]
        )
    else:
        for check in checks:
            word = "ok" if check.ok else ("FAILS" if check.needed else "note")
            advice = f" ({check.todo})" if check.todo and not check.ok else ""
            typer.echo(f"{word:<6} {check.what:<14} {check.told}{advice}")
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(1)
