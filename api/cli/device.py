"""`preau device`: what a person says of one device: its tags, what is trusted of it over SSH."""

from typing import Annotated

import typer
from sqlmodel import Session

from api.cli.context import installation
from api.usecases.lookup import find_device, find_site
from api.usecases.selection import change_tags
from api.usecases.ssh_trust import allow_legacy_ssh, forget_host_key
from inventory.models import Device

app = typer.Typer(
    help="Tags of devices, and what is trusted of them over SSH.",
    no_args_is_help=True,
    add_completion=False,
)

Name = Annotated[str, typer.Argument(metavar="DEVICE", help="Its name or its number.")]
SiteOption = Annotated[
    str | None, typer.Option("--site", help="FASE pair (95001/9501) or name of its site.")
]


@app.command("allow-legacy-ssh")
def allow_legacy_ssh_command(
    name: Name,
    *,
    site: SiteOption = None,
    allowed: Annotated[
        bool, typer.Option("--allow/--forbid", help="Accept them from now on, or no more.")
    ] = True,
) -> None:
    """Accept old SSH algorithms (SHA-1, ssh-rsa, CBC) from a device that has no others."""
    with installation() as here, here.database.write(here.actor) as session:
        device = _device(session, name, site)
        changed = allow_legacy_ssh(session, device, allowed=allowed)
        shown = device.name
    now = "are accepted" if allowed else "are refused"
    typer.echo(f"Old SSH algorithms {now} from {shown}{'' if changed else ', as before'}.")


@app.command("forget-host-key")
def forget_host_key_command(name: Name, *, site: SiteOption = None) -> None:
    """Forget a device's SSH host key, after it was replaced or reset; the next seen is pinned."""
    with installation() as here, here.database.write(here.actor) as session:
        device = _device(session, name, site)
        forget_host_key(session, device)
        shown = device.name
    typer.echo(f"The SSH host key of {shown} is forgotten; the next one that is seen is pinned.")


@app.command("tag")
def tag_command(
    names: Annotated[list[str], typer.Argument(metavar="DEVICE...", help="Names or numbers.")],
    *,
    site: SiteOption = None,
    add: Annotated[list[str] | None, typer.Option(help="A tag to give; repeatable.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A tag to take away.")] = None,
) -> None:
    """Give devices tags by which plans, standards and layers of intent choose them."""
    with installation() as here, here.database.write(here.actor) as session:
        devices = [_device(session, name, site) for name in names]
        changed = change_tags(session, devices, add=add or (), remove=remove or ())
        told = [f"{device.name}: {', '.join(device.tags) or 'no tag'}" for device in devices]
    for line in told:
        typer.echo(line)
    typer.echo(f"{changed} of {len(told)} devices changed.")


def _device(session: Session, name: str, site: str | None) -> Device:
    site_id = find_site(session, site).id if site else None
    return find_device(session, name, site_id=site_id)
