"""`preau traps`: what devices tell by themselves."""

from typing import Annotated, Any

import typer

from api.cli.context import installation, print_json
from inventory.errors import Misconfigured, NotFound

app = typer.Typer(
    help="Traps and informs: listen for them, and tell what came.",
    no_args_is_help=True,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("listen")
def listen_command(
    *,
    at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[ZONE@]ADDRESS[:PORT]",
            help="Where, instead of the setting traps_listen; may be given again.",
        ),
    ] = None,
) -> None:
    """Listen for traps in this process, without pages and jobs, until SIGTERM or Ctrl-C."""
    from api.trap_process import run_traps
    from collectors.traps.sockets import bind
    from inventory.log import configure_logging

    with installation() as here:
        places = tuple(at or here.settings.traps_listen)
        if not places:
            raise Misconfigured(
                "no address to listen at is given",
                todo="set traps_listen, or: preau traps listen --at 0.0.0.0:10162",
            )
        settings = here.settings.model_copy(update={"traps_listen": places})
        configure_logging(settings, "traps")
        sockets = bind(places)
        try:
            run_traps(settings, here.database, here.vault, sockets)
        finally:
            for each in sockets:
                each.close()


@app.command("status")
def status_command(*, as_json: AsJson = False) -> None:
    """Show what was received, and what was dropped and why, since the listener began."""
    from api.usecases.trap_status import trap_status

    with installation() as here, here.database.read() as session:
        status = trap_status(session)
    if status is None:
        raise NotFound(
            "nobody has listened for traps yet", todo="set traps_listen and run: preau serve"
        )
    if as_json:
        print_json(status.to_json())
        return
    state = "listening" if status.alive else "NOT listening"
    typer.echo(f"{state} since {status.started_at.isoformat(timespec='seconds')}")
    typer.echo(f"our engine id (for informs): {status.engine_id}")
    _show("received", status.figures.get("received", {}))
    _show("dropped, by reason", status.figures.get("dropped", {}))
    _show("last unknown sources", status.figures.get("unknown_sources", {}))
    _show("notifications that are not known", status.figures.get("unknown_notifications", {}))


@app.command("notifications")
def notifications_command(*, as_json: AsJson = False) -> None:
    """List the notifications that become events, with their MIB modules."""
    from inventory.vendors.mib import dotted
    from inventory.vendors.notification import notifications

    listed = sorted(notifications().values(), key=lambda each: each.name)
    if as_json:
        print_json(
            [
                {"name": each.name, "oid": dotted(each.trap), "event": f"trap.{each.meaning}"}
                for each in listed
            ]
        )
        return
    for each in listed:
        typer.echo(f"{each.name:52} {dotted(each.trap):40} trap.{each.meaning}")


def _show(title: str, counted: dict[str, Any]) -> None:
    if not counted:
        return
    typer.echo(f"{title}:")
    for name, count in counted.items():
        typer.echo(f"  {name:28} {count}")
