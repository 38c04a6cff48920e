"""`preau series`: what the figures over time hold, and their upkeep."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Figures over time: what is kept, and cutting off what is old.",
    no_args_is_help=True,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("status")
def status_command(*, as_json: AsJson = False) -> None:
    """Show where the figures live, what they take, and how old the oldest are."""
    from api.usecases.series import series_status

    with installation() as here:
        held = series_status(here.database, here.settings)
    if as_json:
        print_json(held.to_json())
        return
    typer.echo(f"{held.place}: {held.size_bytes / 1e6:.1f} MB")
    for kind, count in sorted(held.subjects.items()):
        typer.echo(f"  {count} of kind {kind}")
    for tier in held.tiers:
        oldest = tier.oldest.isoformat(timespec="minutes") if tier.oldest else "nothing yet"
        typer.echo(
            f"  {tier.name}: kept {tier.kept_days:g} days, oldest {oldest}, {tier.behind} behind"
        )


@app.command("compact")
def compact_command(*, as_json: AsJson = False) -> None:
    """Roll up hours and days, and cut off what the settings no longer keep.

    `preau serve` does this every hour; call it where only `preau poll` is run.
    """
    from api.usecases.series import compact

    with installation() as here:
        done = compact(here.database, here.settings)
    if as_json:
        print_json(done.to_json())
    else:
        typer.echo(
            f"{done.aged.hours} hours, {done.aged.days} days rolled up in {done.duration_s:.1f} s"
        )
