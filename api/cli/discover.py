"""`preau discover`: find devices, by address range, from a core switch, or on one's own cable."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.context import installation, print_json
from api.cli.progress import progress_bars

if TYPE_CHECKING:
    from api.usecases.discovery import DiscoveryResult

app = typer.Typer(help="Find devices.", add_completion=False)


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
    seeds: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="ADDRESS",
            help="Read this device and follow what it hears by LLDP and CDP, inside the ranges.",
        ),
    ] = None,
    depth: Annotated[int, typer.Option(help="With --from: how many cables away.")] = 10,
    limit: Annotated[int, typer.Option(help="With --from: how many addresses to ask.")] = 500,
    interface: Annotated[
        str | None,
        typer.Option(help="Listen on this machine's own cable: which switch and port, and who."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=1, help="With --interface: how long; none: until a switch is heard."),
    ] = None,
    sweep: Annotated[
        bool, typer.Option(help="With --interface: ask every address of its network by ARP.")
    ] = True,
    force: Annotated[
        bool, typer.Option("--force", help="With --interface: sweep more than a /20 too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find devices: in address ranges, cabled to a core switch (--from), or on one's own cable.

    What answers is read and kept. What is only heard of waits for a decision: preau proposal list.
    --interface needs no installation; with --zone what it hears is kept in that zone.
    Exit status: 0 done, 1 an address answered and could not be read, 2 not done.
    """
    if interface is not None:
        from api.cli.wire import listen_on

        if seeds or networks:
            raise typer.BadParameter("--interface takes neither ranges nor --from")
        listen_on(interface, zone=zone, listen_s=seconds, sweep=sweep, force=force, as_json=as_json)
        return
    from api.usecases.crawling import discover_from
    from api.usecases.discovery import discover as find_devices

    with installation() as here, progress_bars() as progress:
        common: dict[str, Any] = {
            "networks": networks or (),
            "zone_name": zone,
            "actor": here.actor,
            "on_progress": progress,
        }
        installed = (here.database, here.vault, here.settings)
        result: DiscoveryResult = (
            discover_from(*installed, seeds=seeds, depth=depth, limit=limit, **common)
            if seeds
            else find_devices(*installed, **common)
        )
    body = result.to_json()
    if as_json:
        print_json(body)
    else:
        print_result(result, body)
    raise typer.Exit(1 if body["unread"] else 0)


def print_result(result: "DiscoveryResult", body: dict[str, Any]) -> None:
    """Print what was found in each zone, and what was left alone."""
    for each in result.zones:
        counts = [f"{len(each.new)} new", f"{len(each.known)} known"]
        counts += [f"{len(each.proposed)} proposed"] if each.proposed else []
        counts += [f"{len(each.refused)} refused before"] if each.refused else []
        counts += [f"{len(each.unread)} not read"]
        typer.echo(
            f"{each.zone}: {each.asked} addresses asked, {each.found} answered"
            f" ({', '.join(counts)}), {each.silent} silent"
        )
        if each.stations:
            typer.echo(
                f"  {each.stations} telephones, PCs and the like do not answer and are left aside"
            )
        for host, why in each.unread.items():
            typer.echo(f"  {host}: {why}", err=True)
        if each.proposed:
            typer.echo("  see what waits for a decision: preau proposal list")
    for left in body.get("outside", ()):
        typer.echo(f"  left alone: {left}")
    if body.get("cut_short"):
        typer.echo("  it did not ask all that it heard of: raise --depth or --limit", err=True)
