"""`preau mail`: whether mail leaves, what waits, and writing or sending it by hand."""

from typing import Annotated

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Reminders by mail: the settings smtp_*, mail_from and public_url say how they leave.",
    no_args_is_help=True,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("test")
def test_command(to: Annotated[str, typer.Argument(help="An address of yours.")]) -> None:
    """Send one message now, to see whether mail leaves."""
    from api.mail.sending import send_test

    with installation() as here:
        send_test(here.database, here.vault, here.settings, to)
    typer.echo(f"The mail server took a message for {to}.")


@app.command("status")
def status_command(*, as_json: AsJson = False) -> None:
    """Say how many messages wait, were sent and were given up."""
    from api.mail.sending import mail_status

    with installation() as here, here.database.read() as session:
        counts = mail_status(session)
    if as_json:
        print_json(counts)
    else:
        typer.echo(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))


@app.command("remind")
def remind_command(*, as_json: AsJson = False) -> None:
    """Queue today's reminders, each once a day; `preau serve` does it by itself."""
    from api.mail.reminders import write_reminders

    with installation() as here:
        done = write_reminders(here.database, here.settings, actor=here.actor)
    print_json(done) if as_json else typer.echo(f"{done['queued']} messages queued.")


@app.command("send")
def send_command(*, as_json: AsJson = False) -> None:
    """Send what waits, now; `preau serve` does it every few minutes."""
    from api.mail.sending import send_waiting

    with installation() as here:
        done = send_waiting(here.database, here.vault, here.settings, actor=here.actor)
    if as_json:
        print_json(done)
    else:
        typer.echo(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in done.items()))
