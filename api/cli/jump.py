"""`preau jump`: the SSH servers through which devices are reached."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="The SSH servers through which devices are reached.",
    no_args_is_help=True,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add_command(
    name: str,
    *,
    host: Annotated[str, typer.Option(help="Its address, as we reach it.")],
    user: Annotated[str, typer.Option(help="The login name there.")],
    secret: Annotated[str, typer.Option(help="Name of the secret that holds the password.")],
    port: int = 22,
    max_sessions: Annotated[int, typer.Option(min=1, help="Sessions it carries at once.")] = 8,
) -> None:
    """Make a jump host, or change it; then pin its key: preau jump trust NAME."""
    from api.usecases.jump_hosts import define_jump_host

    with installation() as here, here.database.write(here.actor) as session:
        row = define_jump_host(
            session, name, host=host, port=port, user=user, secret=secret, max_sessions=max_sessions
        )
        trusted = row.host_key is not None
    typer.echo(f"{name}: {user} at {host}:{port}")
    if not trusted:
        typer.echo(f"Its host key is not pinned yet; run: preau jump trust {name}")


@app.command("trust")
def trust_command(
    name: str,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Pin what it shows without asking.")] = False,
) -> None:
    """Ask a jump host for its key, show the fingerprint, and pin it."""
    from api.usecases.jump_hosts import find_jump_host, pin_jump_host_key
    from collectors.ssh_jump import host_key_of

    with installation() as here:
        with here.database.read() as session:
            row = find_jump_host(session, name)
            host, port = row.host, row.port
        key, fingerprint = host_key_of(host, port, timeout_s=here.settings.ssh_timeout_s)
        typer.echo(f"{host}:{port} shows {key.split()[0]} {fingerprint}")
        if not yes:
            typer.confirm("Is that the key of your jump host?", abort=True)
        with here.database.write(here.actor) as session:
            pin_jump_host_key(session, name, key)
    typer.echo(f"The host key of {name} is pinned.")


@app.command("use")
def use_command(
    name: Annotated[str, typer.Argument(help="The jump host; `direct` for none.")],
    *,
    zone: Annotated[str | None, typer.Option(help="For all devices of a zone.")] = None,
    device: Annotated[str | None, typer.Option(help="For one device, by name or number.")] = None,
    site: Annotated[
        str | None, typer.Option(help="FASE pair or name of the device's site.")
    ] = None,
) -> None:
    """Reach a zone or one device over SSH through a jump host from now on."""
    from api.usecases.jump_hosts import go_through, go_through_to
    from api.usecases.lookup import find_device, find_site
    from api.usecases.targets import DIRECT
    from inventory.errors import InvalidInput

    if (zone is None) == (device is None):
        raise InvalidInput("say for what", todo="give --zone or --device")
    through = None if name == DIRECT else name
    with installation() as here, here.database.write(here.actor) as session:
        if zone is not None:
            go_through(session, zone, through)
        else:
            site_id = find_site(session, site).id if site else None
            go_through_to(session, find_device(session, device or "", site_id=site_id), through)
    typer.echo(f"{zone or device}: SSH goes {'directly' if through is None else f'through {name}'}")


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the jump hosts."""
    from api.usecases.jump_hosts import list_jump_hosts

    with installation() as here, here.database.read() as session:
        found = list_jump_hosts(session)
    if as_json:
        print_json(found)
        return
    for each in found:
        trust = "" if each["trusted"] else "  key not pinned"
        zones = ", ".join(each["zones"]) or "-"
        typer.echo(f"{each['name']}  {each['user']}@{each['host']}:{each['port']}  {zones}{trust}")
