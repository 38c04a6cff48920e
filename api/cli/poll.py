"""`preau poll`: read every known device."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json
from api.cli.progress import progress_bars
from inventory.errors import InvalidInput

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
    health: Annotated[
        bool, typer.Option("--health", help="Ask only whether each answers and how it does.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read the devices of all sites, or of some, and keep what they say.

    Exit status: 0 all read, 1 some could not be read or are held by another, 2 not done.
    """
    if health:
        if ssh:
            raise InvalidInput("--health asks nothing over SSH", todo="leave one of them out")
        raise typer.Exit(_health(site, as_json=as_json))
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


def _health(site: list[str] | None, *, as_json: bool) -> int:
    """Run a health round and show what came of it; returns the exit status."""
    from api.usecases.health import run_health_round
    from api.usecases.lookup import find_sites

    with installation() as here, progress_bars() as progress:
        with here.database.read() as session:
            site_ids = find_sites(session, site)
        done = run_health_round(
            here.database,
            here.vault,
            here.settings,
            site_ids=site_ids,
            actor=here.actor,
            on_progress=progress,
        )
    if as_json:
        print_json(done.to_json())
    else:
        typer.echo(
            f"{done.answered} devices answered, {done.failed} failed, {done.busy} held by another,"
            f" in {done.duration_s:.1f} s"
        )
    return 1 if done.failed or done.busy else 0
