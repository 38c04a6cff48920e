"""`preau poll`: read every known device."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json
from api.cli.progress import progress_bars

app = typer.Typer(help="Read every known device.", add_completion=False)


@app.command()
def poll(
    *,
    site: Annotated[
        list[str] | None, typer.Option(help="FASE pair or name of a site; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read the devices of all sites, or of some, and keep what they say.

    Exit status: 0 all read, 1 some could not be read or are held by another, 2 not done.
    """
    from api.usecases.lookup import find_sites
    from api.usecases.polling import poll as read_devices

    with installation() as here, progress_bars() as progress:
        with here.database.read() as session:
            site_ids = find_sites(session, site)
        result = read_devices(
            here.database,
            here.vault,
            here.settings,
            site_ids=site_ids,
            actor=here.actor,
            on_progress=progress,
        )
    if as_json:
        print_json(result.to_json())
    else:
        typer.echo(
            f"{result.read} devices read, {len(result.failures)} failed, {result.busy} held by"
            f" another, in {result.duration_s:.1f} s"
        )
        for failure in result.failures:
            typer.echo(f"  {failure.name}: {failure.error}", err=True)
    raise typer.Exit(1 if result.failures or result.busy else 0)
