"""How a plan stands, on a terminal, and the exit status that tells it to a script."""

from typing import Any

import typer

from api.cli.context import print_json


def print_summary(summary: Any, *, as_json: bool, every_device: bool = False) -> None:
    """Print a plan: its state, its counts, its failures or all its devices."""
    if as_json:
        print_json(summary.to_json())
        return
    counts = ", ".join(f"{count} {state}" for state, count in summary.states.items())
    typer.echo(f"Plan {summary.plan_id} is {summary.state}: {counts or 'no device'}.")
    if summary.state == "running":
        went_on = f"go on: preau deploy resume {summary.plan_id}"
        by = f"by {summary.run_by}" if summary.run_by else f"by nobody: it was killed; {went_on}"
        typer.echo(f"It is run {by}.")
    if summary.halted_for:
        typer.echo(f"It stopped: {summary.halted_for}.")
        if summary.undone_by:
            typer.echo(f"Plan {summary.undone_by} took back what was changed.")
        typer.echo(f"To go on nevertheless: preau deploy resume {summary.plan_id}")
    for push in summary.pushes if every_device else summary.failures:
        error = f": {push.error}" if push.error else ""
        typer.echo(f"  {push.label}: {push.state}{error}")


def exit_status(summary: Any) -> None:
    """Exit with 1 where a device did not end as intended, or the plan stopped before its end."""
    if summary.failures or summary.state in {"halted", "paused", "cancelled"}:
        raise typer.Exit(1)
