"""`preau device`: what is trusted of one device over SSH."""

from typing import Annotated

import typer
from sqlmodel import Session

from api.cli.context import installation
from api.usecases.lookup import find_device, find_site
from api.usecases.ssh_trust import allow_legacy_ssh, forget_host_key
from inventory.models import Device

app = typer.Typer(
    help="What is trusted of one device over SSH.", no_args_is_help=True, add_completion=False
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


def _device(session: Session, name: str, site: str | None) -> Device:
    site_id = find_site(session, site).id if site else None
    return find_device(session, name, site_id=site_id)
