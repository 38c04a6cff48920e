"""`preau webhook`: programs that are told of events."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Programs that are told of events.", no_args_is_help=True, add_completion=False
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=2**31 - 1)]


@app.command("add")
def add_command(
    url: str,
    *,
    login: Annotated[str, typer.Option(help="Whose it is: it is told what this person sees.")],
    secret: Annotated[str, typer.Option(help="Name of the secret that signs: webhook-….")],
    kind: Annotated[list[str], typer.Option(help="Of event; push. is all of push; * everything.")],
) -> None:
    """Subscribe a program to events."""
    from api.usecases.access import find_user, viewer_of
    from api.usecases.webhooks import subscribe

    with installation() as here, here.database.write(here.actor) as session:
        viewer = viewer_of(session, find_user(session, login))
        made = subscribe(session, here.settings, viewer, url=url, secret_name=secret, kinds=kind).id
    typer.echo(f"Webhook {made} tells {url} of {', '.join(kind)}.")


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the subscriptions, and whether their receivers answer."""
    from api.usecases.webhooks import list_webhooks

    with installation() as here, here.database.read() as session:
        rows = [row.model_dump(mode="json") for row in list_webhooks(session, None, limit=1000)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "disabled" if row["disabled_at"] else "failing" if row["failing_since"] else "well"
        typer.echo(f"{row['id']}  {state}  {row['url']}  {', '.join(row['kinds'])}")


@app.command("show")
def show_command(number: Number, *, as_json: Json = False) -> None:
    """Show what a subscription was or is to be told, newest first."""
    from api.usecases.webhooks import find_webhook, list_deliveries

    with installation() as here, here.database.read() as session:
        find_webhook(session, number)
        rows = [row.model_dump(mode="json") for row in list_deliveries(session, number)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        answer = row["last_status"] or row["last_error"] or "not sent yet"
        typer.echo(f"evt_{row['event_id']}  {row['state']}  {row['kind']}  {answer}")


@app.command("replay")
def replay_command(
    number: Number,
    *,
    since: Annotated[
        datetime | None, typer.Option(help="Also what was delivered since then (Brussels).")
    ] = None,
) -> None:
    """Have a subscription told again, at once; one that was disabled is enabled."""
    from zoneinfo import ZoneInfo

    from api.usecases.webhooks import change_webhook, find_webhook, replay

    moment = since.replace(tzinfo=ZoneInfo("Europe/Brussels")) if since else None
    with installation() as here, here.database.write(here.actor) as session:
        webhook = find_webhook(session, number)
        change_webhook(session, here.settings, webhook, enabled=True)
        count = replay(session, webhook, moment)
    typer.echo(f"{count} messages will be sent by the jobs process.")


@app.command("disable")
def disable_command(number: Number) -> None:
    """Send nothing for a while; what happens meanwhile waits: preau webhook replay."""
    from api.usecases.webhooks import change_webhook, find_webhook

    with installation() as here, here.database.write(here.actor) as session:
        change_webhook(session, here.settings, find_webhook(session, number), enabled=False)
    typer.echo(f"Webhook {number} is disabled.")


@app.command("remove")
def remove_command(number: Number) -> None:
    """End a subscription and forget what it was told."""
    from api.usecases.webhooks import end_webhook, find_webhook

    with installation() as here, here.database.write(here.actor) as session:
        end_webhook(session, find_webhook(session, number))
    typer.echo(f"Webhook {number} is ended.")
