"""`preau standard`: what configurations must and must not show, by role, family and tag."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Standards that configurations are judged by.", no_args_is_help=True, add_completion=False
)


@app.command("set")
def set_command(
    file: Annotated[Path, typer.Argument(help="TOML file (see docs/standards.md).")],
) -> None:
    """Keep a version of a standard; audits, acceptance and pushes judge by it from its day on."""
    from api.usecases.standards import keep_standard
    from inventory.errors import InvalidInput
    from inventory.standards.standard import read_standard

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the file cannot be read: {error}", where=str(file)) from error
    standard = read_standard(text, where=str(file))
    with installation() as here, here.database.write(here.actor) as session:
        new = keep_standard(session, standard, actor=here.actor)
    kept = "is kept" if new else "was kept already"
    typer.echo(f"Version {standard.version} of {standard.id} {kept}, from {standard.starts_on} on.")


@app.command("list")
def list_command(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List every version of every standard."""
    from api.usecases.standards import kept_standards

    with installation() as here, here.database.read() as session:
        found = kept_standards(session)
    if as_json:
        print_json([standard.model_dump(mode="json") for standard in found])
        return
    for standard in found:
        grace = f", before it until {standard.grace_until}" if standard.grace_until else ""
        typer.echo(
            f"{standard.id} {standard.version}: {standard.title}, {len(standard.checks)} checks, "
            f"from {standard.starts_on}{grace}"
        )


@app.command("check")
def check_command(
    *,
    site: Annotated[list[str] | None, typer.Option(help="FASE pair or name; none: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge the kept configurations now, and keep what is found; reads no device."""
    from api.usecases.audit import check_compliance
    from api.usecases.lookup import find_sites
    from api.usecases.selection import Selection, selected

    with installation() as here:
        with here.database.read() as session:
            site_ids = find_sites(session, site)
            chosen = Selection(site_ids=tuple(site_ids) if site_ids is not None else None)
            ids = [device.id for device in selected(session, chosen) if device.id is not None]
        result = check_compliance(here.database, here.settings, ids, actor=here.actor)
    if as_json:
        print_json(result.to_json())
    else:
        told = ", ".join(f"{count} {severity}" for severity, count in result.open.items() if count)
        typer.echo(f"{result.judged} devices judged: {told or 'all follow the standards'}.")
    if any(result.open.values()):
        raise typer.Exit(1)
