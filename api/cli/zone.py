"""`preau zone`: address spaces, and who we are to the devices in them."""

from typing import Annotated, Any

import typer

from api.cli.context import installation, print_json
from api.usecases.lookup import find_site
from api.usecases.zones import define_login, define_zone, list_zones, show_zone
from inventory.errors import InvalidInput
from inventory.usm import AuthProtocol, PrivProtocol, SnmpV3User

app = typer.Typer(
    help="Address spaces and the credentials used in them.",
    no_args_is_help=True,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add_command(
    name: str,
    *,
    site: Annotated[
        str | None, typer.Option(help="FASE pair (95001/9501) or name; none: sites share it.")
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="A range to discover, CIDR; may be repeated.")
    ] = None,
    snmp_port: Annotated[int | None, typer.Option(help="A new zone's: 161.")] = None,
    ssh_port: Annotated[int | None, typer.Option(help="A new zone's: 22.")] = None,
    community_secret: Annotated[
        str | None, typer.Option(help="Name of the secret that holds the SNMP community.")
    ] = None,
    v3_user: Annotated[
        str | None, typer.Option(help="SNMPv3 user, instead of a community.")
    ] = None,
    auth: Annotated[
        AuthProtocol | None, typer.Option(help="How the SNMPv3 user is authenticated.")
    ] = None,
    auth_secret: Annotated[
        str | None, typer.Option(help="Name of the secret that holds that passphrase.")
    ] = None,
    priv: Annotated[
        PrivProtocol | None, typer.Option(help="How what the SNMPv3 user reads is encrypted.")
    ] = None,
    priv_secret: Annotated[
        str | None, typer.Option(help="Name of the secret that holds that passphrase.")
    ] = None,
    ssh_user: str | None = None,
    ssh_secret: Annotated[
        str | None, typer.Option(help="Name of the secret that holds the SSH password.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a zone, or change in it what is said here; secrets are given by their names."""
    user = SnmpV3User(v3_user, auth, auth_secret, priv, priv_secret) if v3_user else None
    if user is None and (auth or auth_secret or priv or priv_secret):
        raise InvalidInput("authentication and privacy are an SNMPv3 user's", todo="give --v3-user")
    with installation() as here:
        with here.database.write(here.actor) as session:
            define_zone(
                session,
                name,
                site_id=find_site(session, site).id if site else None,
                networks=network or None,
                snmp_port=snmp_port,
                ssh_port=ssh_port,
                community_secret=community_secret,
                snmp_v3=user,
                ssh_user=ssh_user,
                ssh_secret=ssh_secret,
            )
        with here.database.read() as session:
            _print(show_zone(session, name), as_json=as_json)


@app.command("login")
def login_command(
    zone: str,
    *,
    family: Annotated[str, typer.Option(help="The family these devices are of, as openwrt.")],
    user: Annotated[str, typer.Option(help="The login name.")],
    secret: Annotated[str, typer.Option(help="Name of the secret that holds the password.")],
) -> None:
    """Say who we are over SSH to the devices of one family in a zone."""
    with installation() as here, here.database.write(here.actor) as session:
        define_login(session, zone, family, user=user, secret=secret)
    typer.echo(f"{zone}: {user} for {family}")


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the zones."""
    with installation() as here, here.database.read() as session:
        zones = list_zones(session)
    if as_json:
        print_json(zones)
        return
    for zone in zones:
        typer.echo(f"{zone['name']}  {zone['site'] or '-'}  {', '.join(zone['networks']) or '-'}")


@app.command("show")
def show_command(name: str, *, as_json: Json = False) -> None:
    """Show one zone."""
    with installation() as here, here.database.read() as session:
        _print(show_zone(session, name), as_json=as_json)


def _print(zone: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(zone)
        return
    for name, value in zone.items():
        typer.echo(f"{name:17} {_in_words(value) or '-'}")


def _in_words(value: Any) -> str:
    """Return a value of `show_zone` on one line; an empty text for nothing."""
    if isinstance(value, list):
        return ", ".join(_in_words(each) for each in value)
    if isinstance(value, dict):
        return " ".join(f"{name}={each}" for name, each in value.items() if each is not None)
    return "" if value is None else str(value)
