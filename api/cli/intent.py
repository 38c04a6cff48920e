"""`preau intent`: say what sites should have, and see what follows for one device."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from api.cli.context import installation, print_json
from api.usecases.intents import intent_of_device, intent_to_json, set_intent
from api.usecases.lookup import find_authority, find_device, find_site
from inventory.errors import InvalidInput
from inventory.models import IntentScope

app = typer.Typer(help="Say what sites should have.", no_args_is_help=True, add_completion=False)

Site = Annotated[str | None, typer.Option(help="FASE pair (95001/9501) or name of a site.")]
DeviceName = Annotated[
    str | None,
    typer.Option(help="Name or number of a device; --site where the name is not enough."),
]


@app.command("set")
def set_command(
    file: Annotated[Path, typer.Argument(help="JSON file; - reads standard input.")],
    *,
    programme: Annotated[bool, typer.Option(help="The layer of all sites.")] = False,
    organising_authority: Annotated[int | None, typer.Option(help="FASE number of a PO.")] = None,
    site: Site = None,
    group: Annotated[
        str | None, typer.Option(help="role:switch, family:openwrt, model:NAME or tag:NAME.")
    ] = None,
    device: DeviceName = None,
) -> None:
    """Store one layer of intent, checked first; the same contents change nothing."""
    body = _read(file)
    with installation() as here, here.database.write(here.actor) as session:
        scope, key = _layer(
            session,
            programme=programme,
            authority=organising_authority,
            site=site,
            group=group,
            device=device,
        )
        row = set_intent(session, scope, key, body)
    typer.echo(f"The layer {row.scope}{':' if key else ''}{key} is at version {row.version}.")


@app.command("show")
def show_command(
    *, device: Annotated[str, typer.Option(help="Name or number.")], site: Site = None
) -> None:
    """Show, as JSON, all that one device should have, and which layer each entry comes from."""
    with installation() as here, here.database.read() as session:
        site_id = find_site(session, site).id if site else None
        found = find_device(session, device, site_id=site_id)
        print_json(intent_to_json(intent_of_device(session, found)))


@app.command("adopt")
def adopt_command(
    *,
    site: Annotated[str, typer.Option(help="FASE pair (95001/9501) or name of a site.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Store it; without this it is only shown.")
    ] = False,
) -> None:
    """Read the devices of a site that already exists and make intent of what they run.

    What is shown holds the names of secrets and no value. Once stored, a plan changes nothing of
    what was taken over.
    """
    from api.cli.progress import progress_bars
    from api.usecases.adoption import keep_adopted, read_site

    with installation() as here:
        with here.database.read() as session:
            site_id = find_site(session, site).id or 0
        with progress_bars() as tell:
            adopted = read_site(
                here.database,
                here.vault,
                here.settings,
                site_id,
                actor=here.actor,
                on_progress=tell,
            )
        print_json(adopted.to_json())
        if apply:
            with here.database.write(here.actor) as session:
                stored = keep_adopted(session, here.vault, site_id, adopted)
            typer.echo(f"{stored} layers are stored.", err=True)
    if adopted.errors:
        raise typer.Exit(1)


def _read(file: Path) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        body = json.loads(text)
    except OSError as error:
        raise InvalidInput(f"the file cannot be read: {error.strerror}", where=str(file)) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"the file is not JSON: {error}", where=str(file), todo="nothing was changed"
        ) from error
    if not isinstance(body, dict):
        raise InvalidInput(
            "a layer of intent is a JSON object", where=str(file), todo="nothing was changed"
        )
    return body


def _layer(
    session: Session,
    *,
    programme: bool,
    authority: int | None,
    site: str | None,
    group: str | None,
    device: str | None,
) -> tuple[IntentScope, str]:
    # --site beside --device only tells which of several devices of that name is meant.
    chosen = [programme, authority is not None, site and not device, group, device]
    if sum(map(bool, chosen)) != 1:
        raise InvalidInput(
            "say whose layer it is",
            todo="give one of --programme, --organising-authority, --site, --group, --device",
        )
    if programme:
        return IntentScope.PROGRAMME, ""
    if authority is not None:
        row = find_authority(session, authority)
        return IntentScope.ORGANISING_AUTHORITY, str(row.id)
    if group:
        return IntentScope.DEVICE_GROUP, group
    site_id = find_site(session, site).id if site else None
    if device:
        return IntentScope.DEVICE, str(find_device(session, device, site_id=site_id).id)
    return IntentScope.SITE, str(site_id)
