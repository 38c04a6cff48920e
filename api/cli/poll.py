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
    ssh: Annotated[
        bool, typer.Option("--ssh", help="Ask over SSH too how networks are protected.")
    ] = False,
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
            ssh=ssh,
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
        if ssh:
            typer.echo(f"{result.over_ssh.read} devices asked over SSH how networks are protected")
        for name, error in result.over_ssh.failures.items():
            typer.echo(f"  {name}: {error}", err=True)
    failed = result.failures or result.busy or result.over_ssh.failures
    raise typer.Exit(1 if failed else 0)
