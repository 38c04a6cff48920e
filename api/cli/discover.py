"""`preau discover`: find the devices of address ranges."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json
from api.cli.progress import progress_bars

app = typer.Typer(help="Find the devices of an address range.", add_completion=False)


@app.command()
def discover(
    networks: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CIDR]...", help="Ranges; none: the zone's own."),
    ] = None,
    *,
    zone: Annotated[
        str | None, typer.Option(help="The zone the ranges lie in; none: all zones.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask every address for its SNMP system group, read who answers, and keep the devices.

    Exit status: 0 done, 1 an address answered and could not be read, 2 not done.
    """
    from api.usecases.discovery import discover as find_devices

    with installation() as here, progress_bars() as progress:
        result = find_devices(
            here.database,
            here.vault,
            here.settings,
            networks=networks or (),
            zone_name=zone,
            actor=here.actor,
            on_progress=progress,
        )
    body = result.to_json()
    if as_json:
        print_json(body)
    else:
        for each in result.zones:
            typer.echo(
                f"{each.zone}: {each.asked} addresses asked, {each.found} answered"
                f" ({len(each.new)} new, {len(each.known)} known, {len(each.unread)} not read),"
                f" {each.silent} silent"
            )
            for host, why in each.unread.items():
                typer.echo(f"  {host}: {why}", err=True)
    raise typer.Exit(1 if body["unread"] else 0)
