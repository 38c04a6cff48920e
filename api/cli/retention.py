"""`preau retention`: what is about people is deleted when its time is over, and the report."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.context import installation, print_json

if TYPE_CHECKING:
    from inventory.models import RetentionRun

app = typer.Typer(
    help="How long what is about people is kept (docs/gdpr.md).",
    no_args_is_help=True,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("run")
def run_command(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Delete nothing, count only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete what is older than the settings keep. `preau serve` does it every night."""
    from api.usecases.retention import run_retention

    with installation() as here:
        run = run_retention(here.database, here.settings, actor=here.actor, dry_run=dry_run)
    print_json(_json(run)) if as_json else _print(run)


@app.command("report")
def report_command(*, as_json: AsJson = False) -> None:
    """Show what the last run deleted."""
    from api.usecases.retention import list_runs

    with installation() as here, here.database.read() as session:
        runs = list_runs(session, limit=1)
    if not runs:
        typer.echo("Nothing was run yet: preau retention run --dry-run")
    elif as_json:
        print_json(_json(runs[0]))
    else:
        _print(runs[0])


def _json(run: "RetentionRun") -> dict[str, Any]:
    return {
        "started_at": run.started_at.isoformat(timespec="seconds"),
        "dry_run": run.dry_run,
        "actor": run.actor,
        "lines": run.lines,
    }


def _print(run: "RetentionRun") -> None:
    done = "would be deleted" if run.dry_run else "deleted"
    typer.echo(f"{run.started_at:%Y-%m-%d %H:%M} UTC, by {run.actor}:")
    for line in run.lines:
        span = ""
        if line["oldest"] and line["newest"]:
            span = f", from {line['oldest'][:10]} to {line['newest'][:10]}"
        typer.echo(f"  {line['id']}: {line['count']} {done} (kept {line['days']:g} days){span}")
