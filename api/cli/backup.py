"""`preau backup`: kept configurations: listed, shown, compared, brought back, exported."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from api.cli.context import installation, print_json
from api.usecases.lookup import find_device, find_site
from inventory.models import Device

app = typer.Typer(
    help="Kept configurations of devices; secrets stand in them by name only.",
    no_args_is_help=True,
    add_completion=False,
)

Name = Annotated[str, typer.Argument(metavar="DEVICE", help="Its name or its number.")]
Digest = Annotated[
    str | None, typer.Argument(metavar="[DIGEST]", help="Its first digits; none: the newest.")
]
SiteOption = Annotated[
    str | None, typer.Option("--site", help="FASE pair (95001/9501) or name of its site.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_command(
    name: Name,
    *,
    site: SiteOption = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
    as_json: Json = False,
) -> None:
    """List the configurations that a device had, newest first."""
    from api.usecases.backups import list_backups

    with installation() as here, here.database.read() as session:
        found = list_backups(session, _device(session, name, site).id or 0, limit=limit)
    if as_json:
        print_json([line.to_json() for line in found.lines])
        return
    for line in found.lines:
        read = f"{line.first_read_at:%Y-%m-%d %H:%M} - {line.last_read_at:%Y-%m-%d %H:%M}"
        typer.echo(f"{line.digest}  {read}  {line.by or ''}  {line.reason or ''}".rstrip())


@app.command("show")
def show_command(name: Name, digest: Digest = None, *, site: SiteOption = None) -> None:
    """Print a configuration, secrets by name."""
    from api.usecases.backups import find_backup

    with installation() as here, here.database.read() as session:
        device = _device(session, name, site)
        text = find_backup(session, device.id or 0, digest).scrubbed_text
    typer.echo(text, nl=False)


@app.command("diff")
def diff_command(
    name: Name,
    one: Annotated[str, typer.Argument(help="The older configuration's first digits.")],
    other: Digest = None,
    *,
    site: SiteOption = None,
    with_device: Annotated[
        str | None, typer.Option(help="The other configuration is of this device.")
    ] = None,
) -> None:
    """Show what differs between two configurations, of one device or of two; status 1: they do."""
    from api.usecases.backups import compare, find_backup

    with installation() as here, here.database.read() as session:
        device = _device(session, name, site)
        second = _device(session, with_device, site) if with_device else device
        told = compare(
            session,
            find_backup(session, device.id or 0, one),
            find_backup(session, second.id or 0, other),
        )
    for line in told.splitlines():
        typer.secho(line, fg={"+": "green", "-": "red"}.get(line[:1]))
    if told:
        raise typer.Exit(1)


@app.command("restore")
def restore_command(
    name: Name,
    digest: Annotated[str, typer.Argument(help="The configuration's first digits.")],
    *,
    site: SiteOption = None,
    reason: Annotated[str, typer.Option(help="Why, for reviewers and the record.")],
    as_json: Json = False,
) -> None:
    """Plan to bring a configuration back; it is reviewed, guarded and read back as any other."""
    from api.cli.progress import progress_bars
    from api.usecases.backups import find_backup
    from api.usecases.restoring import Restore, plan_restore

    with installation() as here:
        with here.database.read() as session:
            device_id = _device(session, name, site).id or 0
            backup = find_backup(session, device_id, digest)
        with progress_bars() as tell:
            summary = plan_restore(
                here.database,
                here.vault,
                here.settings,
                [Restore(device_id, backup.id or 0)],
                actor=here.actor,
                reason=reason,
                on_progress=tell,
            )
    if as_json:
        print_json(summary.to_json())
    else:
        counts = ", ".join(f"{count} {state}" for state, count in summary.states.items())
        typer.echo(f"Plan {summary.plan_id}: {counts}.")
        for push in summary.failures:
            typer.echo(f"  {push.label}: {push.error}")
        typer.echo(f"Review it: preau deploy show {summary.plan_id}")
    if summary.failures:
        raise typer.Exit(1)


@app.command("export")
def export_command(
    *,
    git: Annotated[Path, typer.Option(metavar="DIR", help="A folder: new, or exported before.")],
    site: SiteOption = None,
    as_json: Json = False,
) -> None:
    """Write the newest configuration of every device into a git repository, and commit it."""
    from api.usecases.backups import export_backups

    with installation() as here:
        with here.database.read() as session:
            site_id = find_site(session, site).id if site else None
        done = export_backups(here.database, git, site_id=site_id, actor=here.actor)
    if as_json:
        print_json({"files": done.files, "changed": done.changed, "commit": done.commit})
    else:
        what = f"commit {done.commit[:12]}" if done.commit else "nothing to commit"
        typer.echo(f"{done.files} configurations in {git}: {done.changed} changed, {what}.")


def _device(session: Session, name: str, site: str | None) -> Device:
    site_id = find_site(session, site).id if site else None
    return find_device(session, name, site_id=site_id)
