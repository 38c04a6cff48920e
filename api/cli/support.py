"""`preau support`: what a support case needs from a device now, over SSH."""

from typing import Annotated, Any

import typer

from api.cli.context import Installation, installation, print_json

app = typer.Typer(
    help="What a support case needs from a device now, over SSH.",
    no_args_is_help=True,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Device = Annotated[str, typer.Argument(metavar="DEVICE", help="Its name or its number.")]
SiteOption = Annotated[
    str | None, typer.Option("--site", help="FASE pair (95001/9501) or name of its site.")
]
Case = Annotated[
    str | None, typer.Option("--case", help="Number of the support case; it is recorded.")
]


@app.command("clients")
def clients_command(
    device: Annotated[
        str | None, typer.Argument(metavar="[DEVICE]", help="Without it: all those of --site.")
    ] = None,
    *,
    site: SiteOption = None,
    mac: Annotated[str | None, typer.Option(help="Only this client, aa:bb:cc:dd:ee:ff.")] = None,
    case: Case = None,
    as_json: Json = False,
) -> None:
    """Say who is connected to an access point now, for a support case; nothing of it is kept.

    Exit status: 0 all told, 1 some could not be read, 2 not done.
    """
    from api.usecases.support import access_points_of, read_clients
    from inventory.errors import InvalidInput

    if device is None and site is None:
        raise InvalidInput("say whose clients", todo="give a DEVICE or --site")
    with installation() as here:
        if device is not None:
            device_ids = [_device_id(here, device, site)]
        else:
            with here.database.read() as session:
                device_ids = access_points_of(session, _site_id(here, site))
        found = read_clients(
            here.database,
            here.vault,
            here.settings,
            device_ids,
            case=case or "",
            actor=here.actor,
            mac=mac,
        )
    told = [each.to_json() for each in found]
    if as_json:
        print_json(told)
    else:
        for each in told:
            _print_clients(each)
    raise typer.Exit(1 if any(each.error for each in found) else 0)


@app.command("config")
def config_command(
    device: Device,
    *,
    site: SiteOption = None,
    reason: Annotated[str | None, typer.Option(help="Why, kept with a new backup.")] = None,
    as_json: Json = False,
) -> None:
    """Read a device's running configuration, show it without secrets, keep it if it is new."""
    from api.usecases.configuration_reading import read_configuration

    with installation() as here:
        read = read_configuration(
            here.database,
            here.vault,
            here.settings,
            _device_id(here, device, site),
            actor=here.actor,
            reason=reason,
        )
    if as_json:
        print_json(read.to_json())
        return
    typer.echo(read.text, nl=False)
    since = f"{read.kept_since:%Y-%m-%d %H:%M} UTC"
    told = "changed: kept as a new backup" if read.changed else f"unchanged since {since}"
    typer.echo(f"{read.name}: {told}", err=True)


@app.command("where")
def where_command(
    mac: Annotated[str, typer.Argument(metavar="MAC", help="aa:bb:cc:dd:ee:ff, in any writing.")],
    *,
    site: Annotated[str, typer.Option("--site", help="FASE pair or name of the site.")],
    case: Case = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the switches now.")] = False,
    as_json: Json = False,
) -> None:
    """Say on which port of which switch an address is: from the last readings, else asked now.

    Exit status: 0 found, 1 not found, 2 not done.
    """
    from api.usecases.whereabouts import find_address

    with installation() as here:
        found = find_address(
            here.database,
            here.vault,
            here.settings,
            mac,
            site_id=_site_id(here, site),
            actor=here.actor,
            case=case,
            live=live,
        )
    if as_json:
        print_json(found.to_json())
    else:
        _print_whereabouts(found)
    raise typer.Exit(0 if found.sightings else 1)


def _device_id(here: Installation, reference: str, site: str | None) -> int:
    from api.usecases.lookup import find_device, find_site

    with here.database.read() as session:
        site_id = find_site(session, site).id if site else None
        device_id = find_device(session, reference, site_id=site_id).id
    assert device_id is not None
    return device_id


def _site_id(here: Installation, reference: str | None) -> int:
    from api.usecases.lookup import find_site

    with here.database.read() as session:
        site_id = find_site(session, reference or "").id
    assert site_id is not None
    return site_id


def _print_clients(access_point: dict[str, Any]) -> None:
    clients = access_point["clients"]
    if access_point["error"]:
        typer.echo(f"{access_point['name']}: {access_point['error']}", err=True)
        return
    typer.echo(f"{access_point['name']}: {len(clients)} connected")
    for each in clients:
        rates = "/".join(_mbps(each[name]) for name in ("tx_rate_bps", "rx_rate_bps"))
        words = (
            each["mac"],
            each["ssid"],
            each["access_point"],
            each["radio"],
            each["channel"] and f"channel {each['channel']}",
            each["rssi_dbm"] is not None and f"{each['rssi_dbm']:.0f} dBm",
            each["snr_db"] is not None and f"SNR {each['snr_db']:.0f} dB",
            f"{rates} Mbit/s",
            each["connected_s"] is not None and f"for {each['connected_s'] / 60:.0f} min",
            each["state"],
            each["vlan"] is not None and f"VLAN {each['vlan']}",
            each["ip"],
            each["hostname"],
        )
        typer.echo("  " + "  ".join(str(word) for word in words if word))


def _mbps(rate_bps: float | None) -> str:
    return "?" if rate_bps is None else f"{rate_bps / 1e6:.0f}"


def _print_whereabouts(found: Any) -> None:
    if found.is_device:
        typer.echo(f"It is {found.is_device}'s.")
    if not found.sightings:
        typer.echo("No switch of this site knows it.")
    for each in found.sightings:
        vlan = f", VLAN {each.vlan}" if each.vlan is not None else ""
        how = "now" if each.live else f"at {each.at:%Y-%m-%d %H:%M} UTC"
        behind = f", where {each.leads_to} hangs" if each.leads_to else ""
        typer.echo(f"{each.switch} port {each.port}{vlan} ({how}){behind}")
    for error in found.errors:
        typer.echo(f"  {error}", err=True)
